"""Processes that do one work over and over and are killed in the middle of it."""

from __future__ import annotations

import random
import subprocess
import sys
import time


class Victims:
    """So many processes of a script that prints a line and then works; started again whenever they end.

    `longest`: seconds into the work at which one is killed at the latest.
    """

    def __init__(self, script: str, environment: dict[str, str], count: int, longest: float):
        self._script, self._environment, self._longest = script, environment, longest
        self._processes = [self._start() for _ in range(count)]

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", self._script],
            env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def revive(self) -> None:
        """Start those again that have ended."""
        self._processes = [p if p.poll() is None else self._start() for p in self._processes]

    def kill_one(self, chance: random.Random) -> bool:
        """Kill one at a random moment of its work; False when it had ended by itself."""
        victim = chance.choice(self._processes)
        victim.stdout.readline()  # it is about to begin
        time.sleep(chance.uniform(0, self._longest))
        alive = victim.poll() is None
        victim.kill()
        victim.wait()
        return alive

    def stop(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
