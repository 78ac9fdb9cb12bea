"""Filings for the benchmarks of growth: the fictional forms of examples/, varied by seed, made once and kept.

A Word filing takes seconds to make: a seed varies the amounts of every example (its sums and rates hold), and
each unit gets one of these papers with its own name in it, so that no two units file the same bytes.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from examples import forms, make_examples
from selfeval.roster import RosterContact, RosterUnit

MADE = Path(__file__).parent / "made"
COUNTY = make_examples.HERE / "county"
SEEDS = 4
IN_DEPARTMENT = 40
_MONEY = (
    "personnel", "operating", "special_account", "appropriation", "carry_over", "other_funds", "before",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """What one example unit files: its name as it stands in the files, and (file name, bytes)."""

    name: str
    files: tuple[tuple[str, bytes], ...]


@lru_cache(maxsize=1)
def _units() -> dict[str, Mapping]:
    return {unit["code"]: unit for unit in make_examples.load(COUNTY / "roster.toml")["units"]}


@lru_cache(maxsize=1)
def _sources() -> list[Path]:
    return sorted(COUNTY.glob("[0-9]*.toml"))


@cache
def paper(number: int) -> Paper:
    """What one example unit files by one seed: Word, Excel or both; two of eleven with mistakes."""
    seed, place = divmod(number, len(_sources()))
    source = _sources()[place]
    folder = MADE / str(seed) / source.stem
    if not folder.is_dir():
        _make(source, _units(), seed, folder)
    files = tuple((file.name, file.read_bytes()) for file in sorted(folder.iterdir()))
    return Paper(_units()[source.stem]["name"], files)


def roster(size: int) -> list[RosterUnit]:
    """So many units, in departments of forty."""
    return [unit(number) for number in range(size)]


def filing(number: int) -> Iterator[tuple[str, bytes]]:
    """(file name, bytes) of what the unit of this number files, with its own name in it."""
    paper, own = _paper(number), _name(number)
    for name, data in paper.files:
        yield name.replace(paper.name, own), _renamed(data, paper.name.encode(), own.encode())


def unit(number: int) -> RosterUnit:
    department, place = divmod(number, IN_DEPARTMENT)
    head = f"{department + 100:03d}"
    contacts = (RosterContact(f"u{number}@units.example"),)
    if place:
        return RosterUnit(f"{head}{place:03d}", _name(number), 2, head, "active", contacts)
    return RosterUnit(head, _name(number), 1, None, "active", contacts)


def _paper(number: int) -> Paper:
    return paper(number % (SEEDS * len(_sources())))


def _name(number: int) -> str:
    return f"{_paper(number).name}{number:05d}"


def _renamed(data: bytes, name: bytes, own: bytes) -> bytes:
    """The office file with another name of the unit in every part."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for member in source.infolist():
            content = source.read(member).replace(name, own)
            target.writestr(member, content, zipfile.ZIP_DEFLATED, 1)
    return stream.getvalue()


def _make(source: Path, units: Mapping[str, Mapping], seed: int, folder: Path) -> None:
    # Without a mark: the number in it would be the example's, and it is the folder that says who files.
    data = {
        key: value for key, value in make_examples.load(source).items() if key not in ("marked", "corrected")
    }
    factor = random.Random(f"{seed} {source.stem}").randint(2, 9) if seed else 1
    unit = units[source.stem]
    department = units[unit.get("department", source.stem)]["name"]
    made = forms.compute(_varied(data, factor), unit, department, make_examples.YEAR)
    partial = folder.with_suffix(".part")
    partial.mkdir(parents=True, exist_ok=True)
    for name, content in make_examples.filed(data, made):
        (partial / Path(name).name).write_bytes(content)
    partial.rename(folder)


def _varied(data: Mapping[str, Any], factor: int) -> dict[str, Any]:
    """The data of a unit with every amount this many times as large."""

    def times(value: Any) -> Any:
        return [each * factor for each in value] if isinstance(value, list) else value * factor

    varied = {key: times(value) if key in _MONEY else value for key, value in data.items()}
    base = {key: value if isinstance(value, str) else times(value) for key, value in data["base"].items()}
    projects = [
        {key: times(value) if key in _MONEY else value for key, value in project.items()}
        for project in data["projects"]
    ]
    return varied | {"base": base, "projects": projects}
