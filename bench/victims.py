"""Processes that do one work over and over and are killed in the middle of it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from tests.forked import Forked


class Victims:
    """So many processes that do a work each; started again whenever they end.

    `longest`: seconds into the work at which one is killed at the latest.
    """

    def __init__(self, work: Callable[[], object], environment: dict[str, str], count: int, longest: float):
        self._work, self._environment, self._longest = work, environment, longest
        self._processes = [self._start() for _ in range(count)]

    def _start(self) -> Forked:
        process = Forked(self._work, self._environment)
        process.begin()
        return process

    def revive(self) -> None:
        """Start those again that have ended."""
        for place, process in enumerate(self._processes):
            if process.done:
                process.kill()
                self._processes[place] = self._start()

    def kill_one(self, chance: random.Random) -> bool:
        """Kill one at a random moment of its work; False when it had ended by itself."""
        victim = chance.choice(self._processes)
        time.sleep(chance.uniform(0, self._longest))
        working = not victim.done
        victim.kill()
        return working

    def stop(self) -> None:
        for process in self._processes:
            process.kill()
