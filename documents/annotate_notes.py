"""The notes of one sheet: its comments part and the drawing that shows them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from lxml import etree

from documents.package import whole
from documents.parts import Parts, required
from documents.review import AUTHOR, NOTE_HEAD
from documents.typography import TABLE, printable
from selfeval.pattern import Pattern

_URI = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_S = f"{{{_URI}}}"
_RID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_V, _X = "{urn:schemas-microsoft-com:vml}", "{urn:schemas-microsoft-com:office:excel}"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_EMPTY_COMMENTS = f'<comments xmlns="{_URI}"><authors/><commentList/></comments>'
_SPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_EMPTY_DRAWING = (
    f'<xml {_SPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
)
_ADDRESS = Pattern(r"([A-Z]{1,3})([0-9]{1,7})")
# Elements of a sheet that stand behind its legacyDrawing.
_BEHIND = {
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
}  # fmt: skip
_WIDE, _LETTERS, _LINE = 320, 25, 17  # pixels across, Chinese characters per line, pixels per line


def write(parts: Parts, sheet: str, notes: Mapping[str, str]) -> None:
    """Replace the notes of an earlier round by these (A1 address → text); the unit's own notes stay."""
    part = parts.related(sheet, "comments")
    if part is None:
        if not notes:
            return
        part = parts.free("xl/comments{}.xml")
        parts.put(part, _EMPTY_COMMENTS.encode(), _COMMENTS_TYPE)
        parts.relate(sheet, "comments", part)
    elif not notes and NOTE_HEAD.encode() not in parts.package.read(part):
        return
    comments = parts.tree(part)
    drawing = _drawing(parts, sheet)
    listed = required(comments, f"{_S}commentList")
    _clear(listed, drawing)
    if not notes:
        return
    authors = required(comments, f"{_S}authors")
    names = ["".join(author.itertext()) for author in authors]
    if AUTHOR not in names:
        etree.SubElement(authors, f"{_S}author").text = AUTHOR
        names.append(AUTHOR)
    existing = {entry.get("ref"): entry for entry in listed}
    columns = _columns(parts.tree(sheet))
    for address, text in notes.items():
        entry = existing.get(address)
        if entry is None:
            entry = etree.SubElement(
                listed, f"{_S}comment", {"ref": address, "authorId": str(names.index(AUTHOR))}
            )
            etree.SubElement(entry, f"{_S}text")
            drawing.append(_shape(drawing, address, text, columns))
        else:
            text = f"\n{text}"
        required(entry, f"{_S}text").append(_run(text))


def _drawing(parts: Parts, sheet: str) -> etree._Element:
    """The drawing that holds the sheet's note boxes, new when it has none."""
    root = parts.tree(sheet)
    own = root.find(f"{_S}legacyDrawing")
    if own is not None:
        _, part = parts.package.relations(sheet).get(own.get(_RID, ""), ("", ""))
        return parts.tree(part)
    part = parts.free("xl/drawings/vmlDrawing{}.vml")
    parts.put(part, _EMPTY_DRAWING.encode(), _DRAWING_TYPE)
    element = etree.Element(f"{_S}legacyDrawing", {_RID: parts.relate(sheet, "vmlDrawing", part)})
    for child in root:
        name = etree.QName(child)
        if name.localname in _BEHIND or name.localname == "AlternateContent":
            child.addprevious(element)
            break
    else:
        root.append(element)
    return parts.tree(part)


def _clear(listed: etree._Element, drawing: etree._Element) -> None:
    """Cut our words off every note; a note of which nothing is left goes with its box."""
    for entry in list(listed):
        texts = list(entry.iter(f"{_S}t"))
        cut = "".join(text.text or "" for text in texts).find(NOTE_HEAD)
        if cut < 0:
            continue
        for text in texts:
            said = text.text or ""
            text.text = said[: max(cut, 0)]
            cut -= len(said)
        kept = [text for text in texts if text.text]
        if kept:
            kept[-1].text = kept[-1].text.rstrip("\n")
            continue
        listed.remove(entry)
        row, column = _place(entry.get("ref", ""))
        for shape in list(drawing.iter(f"{_V}shape")):
            data = shape.find(f"{_X}ClientData")
            if data is not None and data.get("ObjectType") == "Note" and (
                data.findtext(f"{_X}Row"), data.findtext(f"{_X}Column")
            ) == (str(row), str(column)):  # fmt: skip
                shape.getparent().remove(shape)


def _run(text: str) -> etree._Element:
    run = etree.Element(f"{_S}r")
    properties = etree.SubElement(run, f"{_S}rPr")
    etree.SubElement(properties, f"{_S}sz", {"val": "9"})
    etree.SubElement(properties, f"{_S}rFont", {"val": TABLE})
    said = etree.SubElement(run, f"{_S}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    said.text = printable(text)
    return run


def _shape(drawing: etree._Element, address: str, text: str, columns: Mapping[int, int]) -> etree._Element:
    """The box of a note: hidden until the cell is pointed at, beside it, as large as its text."""
    row, column = _place(address)
    taken = [int(m[1]) for s in drawing.iter(f"{_V}shape") if (m := re.search(r"_s(\d+)$", s.get("id", "")))]
    right, room = column + 1, _WIDE
    while room > columns.get(right + 1, _COLUMN) and right < column + 40:
        room -= columns.get(right + 1, _COLUMN)
        right += 1
    height = 12 + _LINE * sum(-(-_width(line) // (2 * _LETTERS)) or 1 for line in text.split("\n"))
    down, rest = divmod(height, 20)
    anchor = f"{column + 1}, 12, {max(row - 1, 0)}, 8, {right}, {room}, {max(row - 1, 0) + down}, {rest}"
    return etree.fromstring(
        f'<xml {_SPACES}><v:shape id="_x0000_s{max([1024, *taken]) + 1}" type="#_x0000_t202"'
        f' style="position:absolute;width:{_WIDE * 3 // 4}pt;height:{height * 3 // 4}pt;z-index:1;visibility:hidden"'
        ' fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row>"
        f"<x:Column>{column}</x:Column></x:ClientData></v:shape></xml>"
    )[0]


_COLUMN = 72  # pixels of a column without a width of its own


def _columns(root: etree._Element) -> dict[int, int]:
    """Pixels of the columns that have a width of their own, 1-based."""
    found = {}
    for column in root.iter(f"{_S}col"):
        first, last = whole(column.get("min")), whole(column.get("max"))
        width = 7 * whole(column.get("width", "9").partition(".")[0]) + 5  # 7 pixels a digit
        found.update(dict.fromkeys(range(first, min(last, first + 200) + 1), width))
    return found


def _place(address: str) -> tuple[int, int]:
    """0-based row and column."""
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return -1, -1
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line)
