"""Judge on several processes of this machine; a filing that kills its process harms no other.

One pool of several processes breaks as a whole when one of them dies, and what lay open in the others would
count as deadly too. So each is a pool of its own that is handed one unit at a time.
"""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from queue import SimpleQueue
from typing import TypeVar

from db.submissions import MAX_ATTEMPTS

T = TypeVar("T")


class JudgingFault(RuntimeError):
    """What went wrong in another process, with its traceback as text: not every error can travel."""


class Processes:
    """So many processes; each works for one caller at a time."""

    def __init__(self, count: int):
        self._free: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()
        for _ in range(count):
            self._free.put(_process())

    @contextmanager
    def one(self) -> Iterator[OneProcess]:
        """A process for the caller alone, as soon as one is free."""
        mine = OneProcess(self._free.get())
        try:
            yield mine
        finally:
            self._free.put(mine.pool)

    def end(self) -> None:
        """To be called when nobody works any more."""
        while not self._free.empty():
            self._free.get().shutdown()


class OneProcess:
    """A process that is started again when its work has killed it."""

    def __init__(self, pool: ProcessPoolExecutor):
        self.pool = pool

    def do(self, work: Callable[..., T], *arguments: object) -> T:
        """The result of the work there; raises JudgingFault with what it raised.

        Work that kills the process is given to a new one as often as an attempt is allowed, and once more to
        be refused. After that it is the process that cannot work: BrokenProcessPool.
        """
        for _ in range(MAX_ATTEMPTS):
            try:
                return self._once(work, *arguments)
            except BrokenProcessPool:
                continue
        return self._once(work, *arguments)

    def _once(self, work: Callable[..., T], *arguments: object) -> T:
        try:
            return self.pool.submit(_done, work, *arguments).result()
        except BrokenProcessPool:
            self.pool.shutdown()
            self.pool = _process()
            raise


@contextmanager
def processes(count: int) -> Iterator[Processes | None]:
    """So many processes until the end of the context; None for less than two: this one does it all."""
    if count < 2:
        yield None
        return
    started = Processes(count)
    try:
        yield started
    finally:
        started.end()


def _process() -> ProcessPoolExecutor:
    # Not forked: this process has threads, and connections to the database.
    return ProcessPoolExecutor(1, get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    """A killed run must not leave processes behind that wait for work for ever."""
    parent = parent_process()

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _done(work: Callable[..., T], *arguments: object) -> T:
    try:
        return work(*arguments)
    except Exception as error:  # noqa: BLE001 - told to the caller in another process
        raise JudgingFault("".join(traceback.format_exception(error)).rstrip()) from None
