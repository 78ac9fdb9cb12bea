"""What is decided on before a publication, by its hashes, kept for as long as it is the same.

To know whether a decision still fits, the whole content with its redacted copies has to be made: for hundreds of
units that takes longer than anybody waits for a board, and boards are refreshed all day. What the content is made
of is known at once. What lies here may be removed at any time; who approves and who publishes makes it anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from db.models import CycleRow
from documents.redacted import version
from tasks.papers import replace_whole
from tasks.public_content import content_hash, content_hashes, content_of, made_of, unit_hashes
from tasks.settings import load_settings

# The packages that make it, whole: a list of modules would have to follow every new import.
_PROGRAM = ("selfeval", "documents", "db", "notifications", "tasks")


class KeptUnit(NamedTuple):
    """A unit of the content and the hash of its part."""

    code: str
    name: str
    digest: str


class KeptContent(NamedTuple):
    """The hash of the whole content and its units in their order."""

    digest: str
    units: tuple[KeptUnit, ...]


def content_by_now(session: Session, row: CycleRow) -> KeptContent:
    """The content as it stands, made anew only when what it is made of, or the program that makes it, is another."""
    key = hashlib.sha256(f"{made_of(session, row)} {version()} {_program_version()}".encode()).hexdigest()
    place = load_settings().home / "kept" / f"content-{row.year}.json"
    kept = _read(place)
    if kept.get("key") == key:
        return KeptContent(kept["digest"], tuple(KeptUnit(*unit) for unit in kept["units"]))
    content = content_of(session, row)
    hashes = content_hashes(content)
    parts = unit_hashes(hashes)
    found = KeptContent(
        content_hash(hashes),
        tuple(KeptUnit(unit.code, unit.name, parts[unit.code]) for unit in content.units),
    )
    _write(place, {"key": key, **found._asdict()})
    return found


def program_files() -> list[Path]:
    """The source of the program that makes the content which is decided on."""
    folders = (Path(find_spec(name).origin).parent for name in _PROGRAM)
    return [path for folder in folders for path in sorted(folder.rglob("*.py"))]


@cache
def _program_version() -> str:
    """A hash that changes with that program."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in program_files())).hexdigest()


def _read(place: Path) -> dict[str, Any]:
    try:
        return json.loads(place.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def _write(place: Path, answer: Mapping[str, Any]) -> None:
    replace_whole(place, json.dumps(answer, ensure_ascii=False).encode())
