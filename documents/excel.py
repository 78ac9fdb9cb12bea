"""A workbook as a Document: every visible sheet a grid of what it displays.

.xlsx is read on lxml: the calamine library loses number formats ("95.60%" becomes 0.956) and lays a
sheet out as a full rectangle, which a single cell in the last corner turns into gigabytes.
The older .xls is read in excel_old.py.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from documents import display
from documents.grid import Document, Grid, Unreadable, address
from documents.package import Package, whole
from documents.review import SHEET_NAME
from documents.unseen import Hidden, visible_grid
from selfeval import identity
from selfeval.filing import Identity, Note, Position
from selfeval.pattern import Pattern

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_NAMESPACES = {"s": _S[1:-1]}
# A result that is empty text is stored as type str with nothing in it.
_UNCOMPUTED = etree.XPath(
    "s:sheetData/s:row/s:c[s:f and not(@t='str') and not(s:v/text())]", namespaces=_NAMESPACES
)
_MERGED = etree.XPath(".//s:mergeCell/@ref", namespaces=_NAMESPACES, smart_strings=False)
_F, _V, _IS, _T, _PHONETIC = (_S + name for name in ("f", "v", "is", "t", "rPh"))
_ADDRESS = Pattern(r"([A-Z]{1,3})([0-9]{1,7})")
_ROW = Pattern(r"[0-9]{1,7}")
_ESCAPE = Pattern(r"_x([0-9A-Fa-f]{4})_")

# A filing has some thousand cells.
MAX_CELLS = 300_000
TOO_MANY = f"的单元格超过 {MAX_CELLS} 个，不是自评表。请只报送自评材料本身。"
_MAX_FORMULA_NOTES = 20
_MOST_COLUMNS = 1000


class _Book(NamedTuple):
    shared: list[str]
    formats: list[str]  # format code by cell style
    epoch_1904: bool


def read(package: Package) -> Document:
    """Read a workbook package; raises Unreadable for damage, too many cells and sheets without content."""
    part = package.main
    workbook = package.xml(part)
    relations = package.relations(part)
    settings = workbook.find(f"{_S}workbookPr")
    book = _Book(
        shared=_shared(package, relations),
        formats=_formats(package, relations),
        epoch_1904=settings is not None and settings.get("date1904") in ("1", "true"),
    )
    grids: list[Grid] = []
    notes: list[Note] = []
    marked = ["".join(element.itertext()) for element in workbook.iter(f"{_S}definedName")]
    budget = MAX_CELLS
    for sheet in workbook.iter(f"{_S}sheet"):
        kind, target = relations.get(sheet.get(_RID, ""), ("", ""))
        name = sheet.get("name", "")
        if not kind.endswith("/worksheet") or name == SHEET_NAME:
            continue
        root = package.xml(target)
        contents = list(root.iter(_V, _IS))
        budget -= len(contents)
        if budget < 0:
            raise Unreadable(TOO_MANY)
        texts = _texts(root, contents, book)
        marked.extend("".join(footer.itertext()) for footer in root.iter(f"{_S}headerFooter"))
        # A hidden sheet is not what the unit sees; only the mark is looked for there.
        if sheet.get("state", "visible") != "visible":
            marked.extend(texts.values())
            continue
        hidden = Hidden(_hidden_rows(root), _hidden_columns(root))
        grid, unread = visible_grid(name, texts, _merged(root), hidden)
        grids.append(grid)
        notes.extend(unread)
        notes.extend(_uncomputed(root, name))
    return document_of(grids, marked, package.issued_to, notes)


def document_of(grids: list[Grid], marked: list[str], mark: Identity | None, notes: list[Note]) -> Document:
    """The sheets as a document. `marked`: hidden texts, where only the mark of a blank form is looked for."""
    said = [cell[3] for grid in grids for line in grid.lines for cell in line.filled]
    if not any(map(str.strip, said)):
        raise Unreadable("的工作表全是空白，没有可读的内容。请核对后重新报送。")
    return Document(tuple(grids), mark or identity.find("\n".join(marked + said)), tuple(notes))


def _address(root: etree._Element) -> None:
    """Addresses are optional: without them cells and rows stand one after the other."""
    number = 0
    for row in root.iter(f"{_S}row"):
        stated = row.get("r", "")
        number = int(stated) if _ROW.fullmatch(stated) else number + 1
        for column, cell in enumerate(row, start=1):
            if cell.get("r") is None:
                cell.set("r", address(number, column))


def _texts(root: etree._Element, contents: list[etree._Element], book: _Book) -> dict[tuple[int, int], str]:
    """(row, column) → what is displayed, of the cells of a sheet that hold one of the contents."""
    texts = {}
    formats, shared = book.formats, book.shared
    for content in contents:
        cell = content.getparent()
        stated = cell.get("r")
        if stated is None:
            _address(root)
            stated = cell.get("r", "")
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            text = _rich(content)
        else:
            raw = content.text or ""
            if kind == "s":
                index = whole(raw, -1)
                text = shared[index] if 0 <= index < len(shared) else ""
            elif kind == "n":
                style = whole(cell.get("s", "0"), len(formats))
                code = formats[style] if style < len(formats) else ""
                text = _figure(raw, code, book.epoch_1904)
            elif kind == "b":
                text = "TRUE" if raw == "1" else "FALSE"
            else:  # str, e, d
                text = _unescape(raw)
        if (text := text.strip()) and (place := _place(stated)):
            texts[place] = text
    return texts


# The same addresses, small figures and formats come in every sheet.
@lru_cache(maxsize=16_384)
def _place(stated: str) -> tuple[int, int] | None:
    match = _ADDRESS.fullmatch(stated)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


@lru_cache(maxsize=8192)
def _figure(raw: str, code: str, epoch_1904: bool) -> str:
    try:
        value = float(raw)
    except ValueError:
        return raw
    if value != value or value in (float("inf"), float("-inf")):
        return raw
    return display.show(value, code, epoch_1904) if code else display.general(value)


def _rich(element: etree._Element) -> str:
    if len(element) == 1 and element[0].tag == _T:
        return _unescape(element[0].text or "")
    for phonetic in list(element.iter(_PHONETIC)):
        phonetic.getparent().remove(phonetic)
    return _unescape("".join(element.itertext(_T, with_tail=False)))


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _shared(package: Package, relations: dict[str, tuple[str, str]]) -> list[str]:
    for kind, target in relations.values():
        if kind.endswith("/sharedStrings"):
            return [_rich(item) for item in package.xml(target).iter(f"{_S}si")]
    return []


def _formats(package: Package, relations: dict[str, tuple[str, str]]) -> list[str]:
    for kind, target in relations.values():
        if kind.endswith("/styles"):
            root = package.xml(target)
            codes = {f.get("numFmtId"): f.get("formatCode", "") for f in root.iter(f"{_S}numFmt")}
            styles = root.find(f"{_S}cellXfs")
            found = []
            for style in styles if styles is not None else ():
                number = style.get("numFmtId", "0")
                found.append(codes.get(number, display.BUILTIN.get(whole(number), "")))
            return found
    return []


def _hidden_rows(root: etree._Element) -> set[int]:
    """The rows that are hidden, also by a filter or a closed group."""
    found: set[int] = set()
    number = 0
    for row in root.iterfind(f"{_S}sheetData/{_S}row"):
        stated = row.get("r", "")
        number = int(stated) if _ROW.fullmatch(stated) else number + 1
        if row.get("hidden") in ("1", "true") or row.get("ht") == "0":
            found.add(number)
    return found


def _hidden_columns(root: etree._Element) -> set[int]:
    """The columns that are hidden, within those that a form has."""
    found: set[int] = set()
    for column in root.iter(f"{_S}col"):
        if column.get("hidden") in ("1", "true") or column.get("width") == "0":
            first, last = whole(column.get("min", ""), 1), whole(column.get("max", ""), 0)
            found.update(range(first, min(last, _MOST_COLUMNS) + 1))
    return found


def _merged(root: etree._Element) -> list[tuple[int, int, int, int]]:
    found = []
    for stated in _MERGED(root):
        first, _, last = stated.partition(":")
        if (start := _place(first)) and (end := _place(last)):
            found.append((*start, *end))
    return found


def _uncomputed(root: etree._Element, sheet: str) -> list[Note]:
    """Formulas saved without a result: the file was written by a program and never opened."""
    found: list[Note] = []
    if next(root.iter(_F), None) is None:
        return found
    for cell in _UNCOMPUTED(root)[:_MAX_FORMULA_NOTES]:
        place = _place(cell.get("r", ""))
        if place:
            formula = cell.findtext(_F) or ""
            found.append(
                Note(
                    at=Position(part=sheet, row=place[0], column=place[1], cell=address(*place)),
                    found=f"={formula}",
                    expected="计算结果",
                    message=f"公式 ={formula} 没有保存计算结果，读不到数值；请用 Excel 或 WPS 打开并保存后再报送。",
                )
            )
    return found
