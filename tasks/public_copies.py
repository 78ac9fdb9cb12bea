"""The files of published units as readers may download them: redacted, from the archived originals."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePath
from typing import NamedTuple

from documents.grid import Unreadable
from documents.reading import MAX_BYTES
from documents.redacted import redacted_copy
from documents.redacted_text import RedactedCopy
from selfeval.publication import Copy, Publication, UnitEntry
from selfeval.published_page import names_within
from selfeval.redaction import Redaction, redact
from tasks.office import archive


class PublicFile(NamedTuple):
    """A file that a unit filed and its copy for the public; `reason` says why there is none."""

    name: str
    copy: RedactedCopy | None
    reason: str = ""


def files_of(content: Publication, code: str) -> Iterator[PublicFile]:
    """The files of a unit that were judged, each with its copy."""
    document = content.documents[code]
    names = names_within(document, content.hidden)
    for entry in document["files"]:
        try:
            copy = _copy(entry["file"], entry["sha256"], content.rules, names)
        except (Unreadable, FileNotFoundError) as error:
            yield PublicFile(entry["file"], None, str(error))
        else:
            yield PublicFile(entry["file"], copy)


def copies_of(content: Publication, unit: UnitEntry) -> Iterator[Copy]:
    """The downloads of a unit's page."""
    for file in files_of(content, unit.code):
        if file.copy is not None:
            path = PurePath(file.name)
            # A workbook is one whatever its name says.
            ending = "xlsx" if path.suffix.lower().startswith(".xls") else "docx"
            yield Copy(redact(path.stem, content.hidden, content.rules), ending, file.copy.content)


# Listed, confirmed, approved and published in turn: a process makes the copy of a file once.
@lru_cache(maxsize=128)
def _copy(name: str, sha256: str, rules: Redaction, names: frozenset[str]) -> RedactedCopy:
    return redacted_copy(name, archive().get(sha256, MAX_BYTES + 1), rules, names)
