"""Notes and a first sheet in a workbook, written into its XML.

Own writer instead of openpyxl: that one drops charts, pictures, shapes, slicers and whatever else it does
not know when it saves a workbook that it loaded.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from documents import annotate_notes, annotate_sheet
from documents.package import whole
from documents.parts import Parts, required
from documents.review import NOTE_HEAD, SHEET_NAME
from documents.review_text import note_lines
from selfeval.repairs import Repair

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


def comment(parts: Parts, name: str, repairs: Sequence[Repair]) -> None:
    """Write a note at every cell that a finding names and the list as the first sheet."""
    workbook = parts.tree(parts.main)
    relations = parts.package.relations(parts.main)
    sheets = {
        sheet.get("name", ""): target
        for sheet in workbook.iter(f"{_S}sheet")
        if (target := relations.get(sheet.get(_RID, ""), ("", ""))[1]) in parts.package
        and relations[sheet.get(_RID)][0].endswith("/worksheet")
    }
    notes: dict[str, dict[str, list[str]]] = {}
    for repair in repairs:
        for place in dict.fromkeys(repair.finding.places):
            if place.cell and place.part in sheets:
                cell = notes.setdefault(place.part, {}).setdefault(place.cell, [])
                cell.append("\n".join(note_lines(repair)))
    for sheet, part in sheets.items():
        if sheet != SHEET_NAME:
            texts = {cell: "\n\n".join([NOTE_HEAD, *said]) for cell, said in notes.get(sheet, {}).items()}
            annotate_notes.write(parts, part, texts)
    content = annotate_sheet.content(parts, name, repairs)
    parts.put(sheets.get(SHEET_NAME) or _first(parts, workbook, list(sheets.values())), content, _SHEET_TYPE)


def _first(parts: Parts, workbook: etree._Element, others: Sequence[str]) -> str:
    """Enter a new sheet before the others; what counts sheets by their place is moved on by one."""
    part = parts.free("xl/worksheets/sheet{}.xml")
    listing = required(workbook, f"{_S}sheets")
    number = max((whole(sheet.get("sheetId")) for sheet in listing), default=0) + 1
    entry = etree.Element(f"{_S}sheet", {"name": SHEET_NAME, "sheetId": str(number)})
    entry.set(_RID, parts.relate(parts.main, "worksheet", part))
    listing.insert(0, entry)
    for defined in workbook.iter(f"{_S}definedName"):
        if (local := defined.get("localSheetId")) is not None:
            defined.set("localSheetId", str(whole(local) + 1))
    for view in workbook.iter(f"{_S}workbookView"):
        for key in ("activeTab", "firstSheet"):
            view.attrib.pop(key, None)
    # Two selected sheets are edited together: only the first stays selected.
    for other in others:
        if b"tabSelected" in parts.package.read(other):
            for view in parts.tree(other).iter(f"{_S}sheetView"):
                view.attrib.pop("tabSelected", None)
    return part
