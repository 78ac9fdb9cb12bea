"""A process of `selfeval serve` that does not outlive it: its output in the log, its end with that of serve.

Run as `python -m apps.offspring PARENT ARGUMENTS…` it becomes `python ARGUMENTS…`. On Linux the kernel then
ends it when its parent dies, however that died; elsewhere only a stop in good order ends it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, prctl(2)


class Offspring:
    """A child that runs Python with these arguments; each line that it prints goes to `log`."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        log: Callable[[str], None],
    ):
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "apps.offspring", str(os.getpid()), "-P", *arguments],
            env=dict(environment),
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is for serve, which stops its children in their order
        )
        self._reader = threading.Thread(target=self._read, args=(log,), daemon=True)
        self._reader.start()

    def _read(self, log: Callable[[str], None]) -> None:
        for line in self.process.stdout:
            log(line.decode("utf-8", "replace").rstrip())

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def wait(self, seconds: float | None = None) -> int | None:
        """The exit code; None while it still runs after so many seconds."""
        with suppress(subprocess.TimeoutExpired):
            code = self.process.wait(seconds)
            self._reader.join(timeout=2)
            return code
        return None

    def freeze(self) -> None:
        """Stop it in its tracks where the system can; its own children go on."""
        self._signal("SIGSTOP")

    def stop(self, patience: float = 15) -> None:
        """Ask it to end; after `patience` seconds end it with all of its process group."""
        if self.running:
            self.process.terminate()
            self._signal("SIGCONT")
        if self.wait(patience) is None:
            if os.name == "posix":
                os.killpg(self.pid, signal.SIGKILL)
            else:
                self.process.kill()
            self.wait()

    def _signal(self, name: str) -> None:
        if (number := getattr(signal, name, None)) is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)


def _become() -> None:
    parent, *arguments = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_SET_DEATH_SIGNAL, signal.SIGTERM)
        if os.getppid() != int(parent):
            sys.exit("serve 已经结束")
    if os.name == "posix":
        os.execv(sys.executable, [sys.executable, *arguments])
    # Windows has no exec that keeps the process.
    sys.exit(subprocess.call([sys.executable, *arguments]))


if __name__ == "__main__":
    _become()
