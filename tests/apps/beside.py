"""The program of `Served.do`: it imports Prefect and the stages once, and is forked for each script.

Each line that it reads is a script with its arguments and what is added to its environment, as JSON; the
answer is a line with the exit code, the output and the errors.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
from typing import IO, Any

import tests.tasks.killed  # noqa: F401
from apps.registration import register_all  # noqa: F401


def main() -> None:
    gc.freeze()  # none of it ends before the program does
    for line in sys.stdin:
        with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as warned:
            script = os.fork()
            if not script:
                _become(json.loads(line), said, warned)
                return
            code = os.waitstatus_to_exitcode(os.waitpid(script, 0)[1])
            print(json.dumps([code, _text(said), _text(warned)]), flush=True)  # noqa: T201


def _become(asked: dict[str, Any], said: IO[bytes], warned: IO[bytes]) -> None:
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(said.fileno(), 1)
    os.dup2(warned.fileno(), 2)
    os.environ.update(asked["environment"])
    sys.argv[1:] = asked["arguments"]
    exec(asked["script"], {"__name__": "__main__"})


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


if __name__ == "__main__":
    main()
