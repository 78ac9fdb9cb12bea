"""A filing's Word file or workbook without personal data, for the public."""

from __future__ import annotations

from collections.abc import Iterable

from documents.grid import Unreadable
from documents.package import Package
from documents.redacted_text import RedactedCopy, Redactor
from selfeval.redaction import Redaction

ENDINGS = (".docx", ".docm", ".xlsx", ".xlsm")


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
