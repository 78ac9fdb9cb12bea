"""Work for another process: a module of its own, since whoever does the work imports it first."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_until_the_third_time(counter: str) -> str:
    with Path(counter).open("a+", encoding="ascii") as kept:
        kept.write("x")
        kept.flush()
        kept.seek(0)
        if len(kept.read()) < 3:
            die()
    return "set aside"


def fail() -> None:
    raise ValueError("卷内有一页读不了")
