"""The files of published units as readers may download them: redacted, from the archived originals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any, NamedTuple

from documents.grid import Unreadable
from documents.personal_search import text_when_clean
from documents.reading import MAX_BYTES
from documents.redacted import redacted_copy
from documents.redacted_text import RedactedCopy
from selfeval.publication import Copy, Publication, UnitEntry
from selfeval.published_page import names_within
from selfeval.redaction import Redaction, redact
from tasks.office import archive
from tasks.redacted_store import Kept, RedactedStore, key_of
from tasks.settings import load_settings


class PublicFile(NamedTuple):
    """A file that a unit filed and its copy for the public; `reason` says why there is none, `text` as kept."""

    name: str
    copy: RedactedCopy | None
    reason: str = ""
    text: str | None = None


def files_of(content: Publication, code: str) -> Iterator[PublicFile]:
    """The files of a unit that were judged, each with its copy: made once, then read from the store."""
    store = _store(content)
    for entry, key, names in _keys(content, code):
        kept = store.get(key)
        if kept is None:
            try:
                original = archive().get(entry["sha256"], MAX_BYTES + 1)
            except FileNotFoundError:  # to be looked for again: nothing is kept of it
                yield PublicFile(entry["file"], None, "存档中找不到原件")
                continue
            kept = _made(entry["file"], original, content.rules, names)
            store.put(key, kept)
        yield PublicFile(entry["file"], *kept)


def copies_of(content: Publication, unit: UnitEntry) -> Iterator[Copy]:
    """The downloads of a unit's page."""
    for file in files_of(content, unit.code):
        if file.copy is not None:
            path = PurePath(file.name)
            title = redact(path.stem, content.hidden, content.rules)
            yield Copy(title, _public_ending(path), file.copy.content, file.text)


def sweep_copies(content: Publication) -> int:
    """Remove the copies of this cycle that the content does not use; how many files that were."""
    used = {key for unit in content.units for _, key, _ in _keys(content, unit.code)}
    return _store(content).sweep(used)


def _store(content: Publication) -> RedactedStore:
    return RedactedStore(load_settings().archive, content.year)


def _keys(content: Publication, code: str) -> Iterator[tuple[Mapping[str, Any], str, frozenset[str]]]:
    """Every file of a unit with the key of its copy and the names to hide in it."""
    document = content.documents[code]
    names = names_within(document, content.hidden)
    for entry in document["files"]:
        ending = PurePath(entry["file"]).suffix.lower()
        yield entry, key_of(ending, entry["sha256"], content.rules, names), names


def _made(name: str, original: bytes, rules: Redaction, names: frozenset[str]) -> Kept:
    try:
        copy = redacted_copy(name, original, rules, names)
    except Unreadable as error:
        return Kept(None, str(error))
    ending = _public_ending(PurePath(name))
    return Kept(copy, text=text_when_clean(f"copy.{ending}", copy.content, rules))


def _public_ending(path: PurePath) -> str:
    """A workbook is one whatever its name says."""
    return "xlsx" if path.suffix.lower().startswith(".xls") else "docx"
