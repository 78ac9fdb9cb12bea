"""A filing's Word file or workbook without personal data, for the public."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version as installed
from importlib.util import find_spec

from documents.grid import Unreadable
from documents.package import Package
from documents.redacted_text import RedactedCopy, Redactor
from selfeval.redaction import Redaction

ENDINGS = (".docx", ".docm", ".xlsx", ".xlsm")
# What a copy, and what is known of its text, depends on besides the file, the rules and the names;
# a test finds what is missing here.
SOURCES = (
    *(f"documents.{name}" for name in ("grid", "package", "redacted", "redacted_clean", "redacted_excel")),
    *(f"documents.{name}" for name in ("redacted_text", "redacted_word", "personal_search")),
    *(f"selfeval.{name}" for name in ("filing", "identity", "labels", "names", "pattern")),
    *(f"selfeval.{name}" for name in ("personal_numbers", "redaction")),
)
_LIBRARIES = ("lxml", "openpyxl")


def redacted_copy(name: str, data: bytes, rules: Redaction, names: Iterable[str]) -> RedactedCopy:
    """The file without what `rules` name and without `names`, and the list of what was hidden.

    Names that the file itself gives beside a label are hidden in all of it. Comments, tracked changes,
    hidden text, sheets, rows and columns, properties, links, macros, embedded files and pictures (which
    cannot be searched) are left out; formulas become values. The same file gives the same bytes.
    Raises Unreadable for a damaged file and for other kinds of files, whose text nobody could publish
    without looking at it.
    """
    if not name.lower().endswith(ENDINGS):
        raise Unreadable("不是 .docx 或 .xlsx 文件，不能制作脱敏副本；请另存为这两种格式之一。")
    # The content decides, not the name: a workbook may be called .docx.
    package = Package(data)
    redactor = Redactor(rules, names)
    if package.main.startswith("xl/"):
        from documents.redacted_excel import redact_excel

        content = redact_excel(data, redactor)
    else:
        from documents.redacted_word import redact_word

        content = redact_word(package, redactor)
    return RedactedCopy(content, tuple(redactor.hidden))


@cache
def version() -> str:
    """A hash that changes with the program and the libraries that make copies: an older copy is not theirs."""
    digest = hashlib.sha256()
    for name in SOURCES:
        spec = find_spec(name)
        digest.update(spec.loader.get_data(spec.origin))
    for name in _LIBRARIES:
        digest.update(f"{name} {installed(name)}\n".encode())
    return digest.hexdigest()
