"""Reading and judging a filing beside the least that any reader must do, and `selfeval check` from a cold start.

Ratios within one run, in processor time, the best of several rounds that take turns:

- floor of a .docx: unzip it and parse every XML part with lxml (`docx_over_floor`, goal 3);
- floor of a .xlsx: python-calamine loads it and hands over all sheets (`xlsx_over_floor`, goal 3). It parses
  in Rust and knows neither number formats nor blank cells of a form;
- a plain walk over all cells with python-docx or openpyxl (`speedup_over_walk`, goal 10);
- what one round has read is forgotten before the next: a file that comes once is read once;
- cold start, from bytecode as an installation has it: `selfeval check` on one filing over a Python that only imports the modules, standard
  library and others, which that command has loaded in the end (`cold_over_imports`, goal 2).

For the ratios over a floor the worst file counts, for the walk the least speed-up of files with tables.
"""

from __future__ import annotations

import functools
import gc
import io
import os
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import openpyxl
import python_calamine
from lxml import etree

from bench import measure
from documents.reading import read_file
from selfeval.policy import Policy, load_policy
from selfeval.rules import judge

OWN = ("selfeval", "documents", "apps", "db", "notifications", "tasks", "flows")
# Runs the command and prints the modules that it has loaded.
_LOADED = """
import contextlib, io, sys
from apps.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main(["check", sys.argv[1], "--json"], standalone_mode=False)
print(*sys.modules)
"""


def read_and_judge(name: str, data: bytes, policy: Policy) -> None:
    judge(read_file(name, data), policy)


def parse_parts(data: bytes) -> None:
    """The floor of a .docx."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(package.read(name))


def take_sheets(data: bytes) -> None:
    """The floor of a .xlsx."""
    book = python_calamine.load_workbook(io.BytesIO(data))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


def walk(name: str, data: bytes) -> int:
    """Every cell's text by the usual libraries."""
    if name.endswith(".docx"):
        tables = docx.Document(io.BytesIO(data)).tables
        return sum(len(cell.text) for table in tables for row in table.rows for cell in row.cells)
    book = openpyxl.load_workbook(io.BytesIO(data))
    return sum(len(str(cell.value)) for sheet in book for row in sheet.iter_rows() for cell in row)


def caches() -> list[functools._lru_cache_wrapper]:
    """The caches of the project's functions."""
    every = [thing for thing in gc.get_objects() if isinstance(thing, functools._lru_cache_wrapper)]
    return [cache for cache in every if cache.__module__.partition(".")[0] in OWN]


def forget(kept: list[functools._lru_cache_wrapper]) -> None:
    for cache in kept:
        cache.cache_clear()


def spent(command: list[str]) -> float:
    """Processor seconds of a program from its start to its end."""
    # Python keeps bytecode unless it is told not to.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = _of_programs()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False, env=kept)
    return _of_programs() - before


def _of_programs() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cold_start(path: Path, rounds: int) -> tuple[float, float]:
    """Processor seconds of the command and of the imports alone."""
    loaded = subprocess.run(
        [sys.executable, "-c", _LOADED, str(path)], capture_output=True, text=True, check=True
    ).stdout.split()
    foreign = [name for name in loaded if name.partition(".")[0] not in OWN and name != "__main__"]
    # One statement per module: what cannot be imported under its own name was loaded by its package.
    imports = (
        "import importlib\nfor name in %r:\n try: importlib.import_module(name)\n except ImportError: pass"
    )
    check = [sys.executable, "-c", "from apps.cli import main; main()", "check", str(path), "--json"]
    bare = [sys.executable, "-c", imports % foreign]
    spent(check)  # writes the bytecode
    times = [(spent(check), spent(bare)) for _ in range(rounds)]
    return min(one for one, _ in times), min(other for _, other in times)


def main() -> None:
    quick = measure.quick_wanted(__doc__)
    policy = load_policy("national-2020")
    for path in measure.filings():
        read_and_judge(path.name, path.read_bytes(), policy)  # a reader is imported when its first file comes
    kept = caches()
    rows: list[tuple[object, ...]] = [("file", "read+judge ms", "floor ms", "ratio", "walk ms", "speedup")]
    over: dict[str, list[float]] = {"docx": [], "xlsx": []}
    speedups = []
    for path in measure.filings():
        data, name = path.read_bytes(), path.name
        floor = parse_parts if path.suffix == ".docx" else take_sheets
        works = {
            "ours": lambda name=name, data=data: read_and_judge(name, data, policy),
            "floor": lambda floor=floor, data=data: floor(data),
        }
        taken = measure.best(works, 10 if quick else 40, lambda: forget(kept))
        taken |= measure.best({"walk": lambda name=name, data=data: walk(name, data)}, 1 if quick else 3)
        ratio, speedup = taken["ours"] / taken["floor"], taken["walk"] / taken["ours"]
        over[path.suffix[1:]].append(ratio)
        if path.suffix == ".xlsx" or docx.Document(io.BytesIO(data)).tables:
            speedups.append(speedup)
        rows.append((name, *(taken[k] * 1e3 for k in ("ours", "floor")), ratio, taken["walk"] * 1e3, speedup))
    measure.table(rows)
    smallest = min(measure.filings(), key=lambda path: path.stat().st_size)
    check, bare = cold_start(smallest, 5 if quick else 20)
    measure.write(
        "check",
        {
            "docx_over_floor": round(max(over["docx"]), 2),
            "xlsx_over_floor": round(max(over["xlsx"]), 2),
            "speedup_over_walk": round(min(speedups), 1),
            "cold_over_imports": round(check / bare, 2),
            "cold_check_ms": round(check * 1e3),
            "cold_imports_ms": round(bare * 1e3),
        },
    )


if __name__ == "__main__":
    main()
