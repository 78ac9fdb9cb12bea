"""Which decisions the publication lacks, kept for as long as nothing has changed.

To know whether a decision still fits, the whole content with its redacted copies has to be made, and a board is
refreshed all day. Every change of state is in the audit log: as long as its last entry is the same one, so is the
answer. What lies here may be removed at any time.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy.orm import Session

from db import audit
from db.models import CycleRow
from documents.redacted import version
from notifications.lists import Entry
from selfeval.rules import VERSION
from tasks.papers import replace_whole
from tasks.prepare_publication import Outlook, undecided
from tasks.settings import load_settings

_CODE = (
    "documents.site",
    "documents.site_data",
    "selfeval.publication",
    "selfeval.public_history",
    "tasks.public_content",
)


def undecided_by_now(session: Session, row: CycleRow, state: Outlook) -> list[Entry]:
    """The same as `undecided`, made anew only when something was recorded since, or by another version of the program."""
    made_of = [audit.last(session), version(), _content_code(), VERSION, row.year, state.waiting]
    key = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()
    place = load_settings().home / "kept" / f"undecided-{row.year}.json"
    kept = _read(place)
    if kept.get("key") == key:
        return [Entry(**entry) for entry in kept["entries"]]
    found = undecided(session, row, state)
    _write(place, {"key": key, "entries": [asdict(entry) for entry in found]})
    return found


def _content_code() -> str:
    """A hash that changes with the program that makes the content which is decided on."""
    specs = (find_spec(name) for name in _CODE)
    return hashlib.sha256(b"".join(spec.loader.get_data(spec.origin) for spec in specs)).hexdigest()


def _read(place: Path) -> dict:
    try:
        return json.loads(place.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def _write(place: Path, answer: dict) -> None:
    replace_whole(place, json.dumps(answer, ensure_ascii=False).encode())
