"""What every benchmark does: time fairly, print a table, write bench/results/<name>.json."""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

RESULTS = Path(__file__).parent / "results"
SHARED = Path(__file__).parents[2] / "shared" / "filings"


def quick_wanted(description: str) -> bool:
    """Whether the benchmark was called with --quick: under a minute, fewer rounds."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="under a minute, fewer rounds")
    return parser.parse_args().quick


def filings() -> list[Path]:
    """The shared filings; a SystemExit with a sentence when they are not there."""
    if not SHARED.is_dir():
        raise SystemExit(f"no filings: {SHARED.parent.name}/{SHARED.name} is expected beside the repository")
    return sorted(SHARED.iterdir())


def best(
    works: dict[str, Callable[[], object]], rounds: int, prepare: Callable[[], object] = lambda: None
) -> dict[str, float]:
    """The least processor seconds of each work, each time after `prepare`, which is not timed.

    They take turns, so that a busy machine is busy for all.
    """
    least = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            prepare()
            started = time.process_time()
            work()
            least[name] = min(least[name], time.process_time() - started)
    return least


def table(rows: list[tuple[object, ...]]) -> None:
    """Rows of equal length in columns; the first row is the heading."""
    texts = [[f"{value:.2f}" if isinstance(value, float) else str(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for row in texts:
        said = [row[0].ljust(widths[0])]
        said += [text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join(said))  # noqa: T201 the table is what the benchmark is for


def write(name: str, measures: dict[str, Any]) -> None:
    """Print the measures and keep them in bench/results/<name>.json."""
    machine = {
        "python": platform.python_version(),
        "system": platform.system(),
        "processor": platform.machine(),
    }
    taken = datetime.now(ZoneInfo("Asia/Shanghai")).isoformat(timespec="seconds")
    result = {"machine": machine, "taken": taken, "measures": measures}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(
        json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    table([("measure", "value"), *measures.items()])
