"""The bulletin of filing status (报送情况通报): a Word paper from templates/bulletin.docx, and a workbook.

A bureau edits the wording and the layout of the paper in Word; this module only fills its fields.
"""

from __future__ import annotations

import io
from decimal import Decimal
from importlib import resources

from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined
from openpyxl import Workbook

from documents.sheets import COUNT, RATE, Column, Table, write_table
from documents.typography import printable
from selfeval.bulletin import Bulletin, Section, Share, day_and_hour
from selfeval.figures import chinese_date, percent
from selfeval.numerals import numeral

_WIDTHS = {"预算编码": 11, "单位": 28, "主管部门": 24, "截止时间": 30, "改正截止时间": 30, "报送时间": 17}
_WIDE = 60


def bulletin_document(bulletin: Bulletin) -> bytes:
    """The paper as .docx bytes.

    Raises jinja2.UndefinedError when the edited template asks for a field that a bulletin does not have.
    """
    with resources.files("documents").joinpath("templates/bulletin.docx").open("rb") as file:
        template = DocxTemplate(file)
        template.init_docx()
    template.render(_fields(bulletin), Environment(undefined=StrictUndefined), autoescape=True)
    properties = template.docx.core_properties
    properties.title, properties.author = _title(bulletin), printable(bulletin.bureau)
    buffer = io.BytesIO()
    template.save(buffer)
    return buffer.getvalue()


def bulletin_workbook(bulletin: Bulletin) -> bytes:
    """The same as .xlsx bytes: the departments, then a sheet for each list that names a unit."""
    book = Workbook()
    book.remove(book.active)
    note = f"截至{day_and_hour(bulletin.asof)}（北京时间）　　{''.join(_remarks(bulletin))}"
    write_table(book.create_sheet("各部门"), _title(bulletin), note, _departments(bulletin))
    for section in bulletin.sections:
        if section.rows:
            sheet = book.create_sheet(section.title.partition("（")[0])
            write_table(sheet, f"{_title(bulletin)}：{section.title}", note, _units(section))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _departments(bulletin: Bulletin) -> Table:
    columns = (
        Column("主管部门", 34),
        *(Column(head, 10, COUNT) for head in ("应报", "已报", "按时", "逾期", "未报", "不需报送")),
        Column("报送率", 12, RATE),
        Column("按时率", 12, RATE),
    )

    def line(share: Share) -> tuple[object, ...]:
        return (share.name, *_counts(share), share.filed_rate, share.on_time_rate)

    return Table(columns, [line(share) for share in bulletin.departments], 1, line(bulletin.whole))


def _units(section: Section) -> Table:
    columns = [Column(head, _WIDTHS.get(head, _WIDE)) for head in section.head]
    return Table(columns, section.rows, 2)


def _counts(share: Share) -> tuple[int, ...]:
    tally = share.tally
    return (tally.expected, tally.received, share.on_time, tally.late, tally.missing, tally.exempt)


def _fields(bulletin: Bulletin) -> dict[str, object]:
    def line(share: Share) -> list[str]:
        counts = [str(count) for count in _counts(share)]
        return [printable(share.name), *counts, _percent(share.filed_rate), _percent(share.on_time_rate)]

    whole = bulletin.whole
    return {
        "bureau": printable(bulletin.bureau),
        "year": bulletin.year,
        "asof": day_and_hour(bulletin.asof),
        "day": chinese_date(bulletin.asof),
        "expected": whole.tally.expected,
        "received": whole.tally.received,
        "on_time": whole.on_time,
        "late": whole.tally.late,
        "missing": whole.tally.missing,
        "not_owing": bulletin.not_owing,
        "filed_rate": _percent(whole.filed_rate),
        "on_time_rate": _percent(whole.on_time_rate),
        "departments": [line(share) for share in (*bulletin.departments, whole)],
        "sections": [_section(numeral(at), section) for at, section in enumerate(bulletin.sections, 1)],
        "remarks": _remarks(bulletin),
    }


def _section(number: str, section: Section) -> dict[str, object]:
    """Three columns of the unit and one that joins what the list says of it, so that one table fits all."""
    rows = []
    for code, name, department, *rest in section.rows:
        said = [
            f"{head}：{cell}" if len(rest) > 1 else cell
            for head, cell in zip(section.head[3:], rest, strict=True)
        ]
        rows.append([printable(text) for text in (code, name, department, "；".join(said))])
    return {"number": number, "title": section.title, "head": "、".join(section.head[3:]), "rows": rows}


def _remarks(bulletin: Bulletin) -> list[str]:
    return [text for text in (bulletin.rule, bulletin.closed, bulletin.provisional, bulletin.secret) if text]


def _title(bulletin: Bulletin) -> str:
    return f"关于{bulletin.year}年度预算绩效自评材料报送情况的通报"


def _percent(rate: Decimal | None) -> str:
    return "—" if rate is None else percent(rate)
