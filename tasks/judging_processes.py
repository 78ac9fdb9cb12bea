"""Judge on several processes of this machine; a filing that kills its process harms no other.

A pool of several processes breaks as a whole when one of them dies, and what lay open in the others would
count as deadly too. So each process stands alone and is handed one unit at a time.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import TypeVar

from db.judging import MAX_ATTEMPTS
from tasks.judging_process import hear, tell

T = TypeVar("T")


class JudgingFault(RuntimeError):
    """What went wrong in another process, as its traceback says it."""


class ProcessDied(RuntimeError):
    """A process ended in the middle of a work."""


class Processes:
    """So many processes; each works for one caller at a time."""

    def __init__(self, count: int):
        self._all = [OneProcess() for _ in range(count)]
        self._free: SimpleQueue[OneProcess] = SimpleQueue()
        for process in self._all:
            self._free.put(process)

    @contextmanager
    def one(self) -> Iterator[OneProcess]:
        """A process for the caller alone, as soon as one is free."""
        mine = self._free.get()
        try:
            yield mine
        finally:
            self._free.put(mine)

    def end(self) -> None:
        """To be called when nobody works any more."""
        for process in self._all:
            process.end()


class OneProcess:
    """A process that is started again when its work has killed it."""

    def __init__(self) -> None:
        self._python = _started()

    def do(self, work: Callable[..., T], *arguments: object) -> T:
        """The result of the work there; raises JudgingFault with what it raised.

        Work that kills the process is given to a new one as often as an attempt is allowed, and once more to
        be refused. After that it is the process that cannot work: ProcessDied.
        """
        for _ in range(MAX_ATTEMPTS):
            try:
                return self._once(work, arguments)
            except ProcessDied:
                continue
        return self._once(work, arguments)

    def end(self) -> None:
        """Let the process go; it must have no work."""
        with self._python:
            self._python.stdin.close()

    def _once(self, work: Callable[..., T], arguments: tuple) -> T:
        try:
            tell(self._python.stdin, work, arguments)
            done = hear(self._python.stdout)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            ended = _gone(self._python)
            self._python = _started()
            raise ProcessDied(f"审核进程中断（{ended}）") from error
        if done.error:
            raise JudgingFault(done.error)
        return done.result


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


def _started() -> subprocess.Popen[bytes]:
    # It finds the packages where this one does; a variable would tell the programs that it starts, too.
    begin = f"import sys; sys.path[:] = {sys.path!r}; from tasks.judging_process import main; main()"
    return subprocess.Popen([sys.executable, "-c", begin], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _gone(python: subprocess.Popen[bytes]) -> int:
    """The exit code of a process that answers no more."""
    python.kill()
    python.stdout.close()
    with suppress(BrokenPipeError):  # what it was told last may still be in the buffer
        python.stdin.close()
    return python.wait()
