"""Footnotes and endnotes of a Word file that stand for the text of a table cell.

A narrow cell for a reason often holds a mark only, or "见脚注", and the reason stands at the foot of the page.
A note to a sentence explains it and changes nothing of what it says; it is not read.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from documents.package import Package
from selfeval.pattern import Pattern

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FOOTNOTE, ENDNOTE = _W + "footnoteReference", _W + "endnoteReference"
_TC, _P, _T, _ID = (_W + name for name in ("tc", "p", "t", "id"))
_PARTS = {FOOTNOTE: "/footnotes", ENDNOTE: "/endnotes"}
_POINTER = Pattern(
    r"[\s(（\[【]*(?:原因)?(?:详?见|参见)?(?:本?[表页]?下?方?)?(?:脚注|尾注|附注|注释|注)?[\d①-⑳]*[\s)）\]】。：:]*"
)


def put_into_cells(references: Iterable[etree._Element], package: Package) -> None:
    """Give a cell that says nothing but where its note stands the text of the note."""
    notes: dict[str, dict[str, str]] = {}
    for reference in references:
        cell = next(reference.iterancestors(_TC), None)
        if cell is None or not _POINTER.fullmatch("".join(cell.itertext(_T, with_tail=False))):
            continue
        if reference.tag not in notes:
            notes[reference.tag] = _texts(package, _PARTS[reference.tag])
        if text := notes[reference.tag].get(reference.get(_ID, ""), ""):
            etree.SubElement(reference.getparent(), _T).text = text


def _texts(package: Package, kind: str) -> dict[str, str]:
    """The notes of a kind by their number."""
    parts = (
        target for relation, target in package.relations(package.main).values() if relation.endswith(kind)
    )
    found: dict[str, str] = {}
    for part in parts:
        for note in package.xml(part):
            paragraphs = ("".join(p.itertext(_T, with_tail=False)).strip() for p in note.iter(_P))
            found[note.get(_ID, "")] = "\n".join(text for text in paragraphs if text)
    return found
