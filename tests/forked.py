"""Processes of their own, forked from one that has imported the flows: an interpreter takes seconds of processor time to come that far.

That one keeps the environment with which it began, so each is given its own.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.warm"])


class Forked:
    """A process that does one kind of work, given to it call by call; `work` is a function of a module."""

    def __init__(self, work: Callable[..., Any], environment: Mapping[str, str] = os.environ):
        self._here, there = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(work, dict(environment), there), daemon=True)
        self._process.start()
        there.close()
        assert self._here.recv() == "ready"

    @property
    def lives(self) -> bool:
        return self._process.is_alive()

    @property
    def done(self) -> bool:
        """Whether its work has a result, or it has died of it."""
        return self._here.closed or self._here.poll()

    def begin(self, *arguments: Any) -> None:
        """Let it do its work; it waits until then, so that several begin at the same instant."""
        self._here.send(arguments)

    def result(self) -> Any:
        """What the work returned. Raises EOFError when the process died of it."""
        return self._here.recv()

    def do(self, *arguments: Any) -> Any:
        self.begin(*arguments)
        return self.result()

    def kill(self) -> None:
        self._process.kill()
        self.end()

    def end(self) -> int:
        """Let it go when its work is done; its exit code, or minus the signal that it died of."""
        self._here.close()
        self._process.join()
        return self._process.exitcode


def run(work: Callable[..., Any], *arguments: Any) -> int:
    """The exit code of a process that did this work, or minus the signal that it died of."""
    process = Forked(work)
    with suppress(EOFError):
        process.do(*arguments)
    return process.end()


def _serve(work: Callable[..., Any], environment: dict[str, str], there: Any) -> None:
    from prefect.logging import disable_run_logger

    os.environ.clear()
    os.environ.update(environment)
    there.send("ready")
    with disable_run_logger():
        while (arguments := _received(there)) is not None:
            there.send(work(*arguments))


def _received(there: Any) -> tuple | None:
    try:
        return there.recv()
    except EOFError:
        return None
