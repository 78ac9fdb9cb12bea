"""Two processes that do the same at the same instant, and what they counted between them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.conftest import ROOT

# `{imports}` and `{counted}` are what each runs; `said` is the line that it was given.
_PROGRAM = """
import json, sys
from prefect.logging import disable_run_logger
{imports}

print("ready", flush=True)
for said in map(str.strip, sys.stdin):
    with disable_run_logger():
        print(json.dumps({counted}), flush=True)
"""


@contextmanager
def two_that_run(imports: str, counted: str) -> Iterator[list[subprocess.Popen[str]]]:
    """Both have imported what they need, wait for a line, and answer each with the dict of the expression `counted`."""
    program = _PROGRAM.format(imports=imports, counted=counted)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program], cwd=ROOT, env=os.environ,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in started:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
    yield started
    for process in started:
        _, complaint = process.communicate(timeout=600)
        assert process.returncode == 0, complaint


def at_once(processes: list[subprocess.Popen[str]], said: str = "go") -> Counter[str]:
    """Give both this line; what they counted between them."""
    for process in processes:
        process.stdin.write(f"{said}\n")
        process.stdin.flush()
    counts: Counter[str] = Counter()
    for process in processes:
        answer = process.stdout.readline()
        assert answer, process.stderr.read()
        counts.update(json.loads(answer))
    return counts
