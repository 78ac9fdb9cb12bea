"""The board of any moment, from what had come in and been decided by then, and the bulletin made of it."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest

from apps import bulletin
from db import closing, cycles
from db.board import unit_statuses
from db.models import Unit
from documents.bulletin import bulletin_document, bulletin_workbook
from selfeval.cycle import Duty
from tasks.bulletin import write_status_bulletin
from tasks.extend import decide_extension
from tests.tasks.conftest import instant

UNIT, OTHER = "203002", "101003"


def _at(bureau, when: str, code: str = UNIT):
    with bureau.transaction() as session:
        return next((each for each in unit_statuses(session, 1, instant(when)) if each.code == code), None)


def test_a_board_of_a_moment_knows_only_what_had_happened_by_then(bureau, county):
    bureau.file("first", OTHER)
    bureau.collect("2026-04-13T10:00")
    bureau.round("2026-04-14T10:00")
    decide_extension.fn(
        2025, OTHER, "unit_due", date(2026, 4, 20), True, "系统升级", "局长", instant("2026-04-16T10:00")
    )
    bureau.file("corrected", OTHER)
    bureau.round("2026-04-21T10:00")
    seen = {
        "2026-03-02T08:59": None,
        "2026-04-13T09:59": ("missing", 0, None, None),
        "2026-04-13T10:00": ("received", 1, 1, None),
        "2026-04-14T10:00": ("returned", 1, 1, None),
        "2026-04-16T10:00": ("returned", 1, 0, "2026-04-10T17:30+08:00"),
        "2026-04-21T10:00": ("accepted", 2, 0, "2026-04-10T17:30+08:00"),
    }
    for when, expected in seen.items():
        status = _at(bureau, when, OTHER)
        found = status and (status.state, status.version, status.late_days, status.original_due)
        assert found == expected, when
    with bureau.transaction() as session:
        now = unit_statuses(session, 1)
        assert now == unit_statuses(session, 1, instant("2026-07-01T00:00"))


def test_duties_are_shown_as_they_were_with_the_reason_of_their_time(bureau, county):
    for when, duty, reason in (
        ("2026-03-10T10:00", Duty.EXEMPT, "当年无预算"),
        ("2026-03-20T10:00", Duty.REQUIRED, "核实后有预算"),
        ("2026-03-30T10:00", Duty.NIL, "没有支出"),
    ):
        with bureau.transaction() as session:
            row = cycles.cycle_of(session, 2025)
            cycles.change_duty(session, row, UNIT, duty, reason=reason, person="局长", at=instant(when))
    shown = [_at(bureau, f"2026-03-{day}T12:00") for day in ("05", "10", "20", "30")]
    assert [(each.state, each.exemption) for each in shown] == [
        ("missing", ""),
        ("exempt", "当年无预算（局长）"),
        ("missing", ""),
        ("nil", "没有支出（局长）"),
    ]


def test_the_bulletin_names_every_unit_with_its_calculation_in_word_and_excel(bureau, county, tmp_path):
    bureau.file("first", OTHER)
    bureau.collect("2026-04-08T10:00")
    bureau.file("first", UNIT)
    bureau.collect("2026-04-15T10:00")
    decide_extension.fn(
        2025, "305", "unit_due", date(2026, 4, 20), True, "负责人变动", "局长", instant("2026-04-09T10:00")
    )
    with bureau.transaction() as session:
        row = cycles.cycle_of(session, 2025)
        closing.close(session, row, person="局长", reason="结束", at=instant("2026-04-16T09:00"))
    moment = bulletin.board_asof(2025, bulletin.parse_instant("2026-04-16"))
    made, statuses = moment.paper, moment.statuses
    paper = docx.Document(io.BytesIO(bulletin_document(made)))
    body = "".join(paragraph.text for paragraph in paper.paragraphs)
    cells = "".join(cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    # 100.00% stays on one line, also in a face whose digits are wide.
    sides = paper.tables[0]._tbl.tblPr.xpath("./w:tblCellMar/*/@w:w")
    room = paper.tables[0].rows[-1].cells[-1].width.pt - sum(int(side) for side in sides) / 20
    assert len(sides) == 2 and room > len("100.00%") * 10.5 * 0.65
    owing = made.whole.tally.expected
    assert f"应报送自评材料的单位{owing}家，已报送2家" in body and "本周期已于2026-04-16 09:00关闭" in body
    assert "3个工作日，扣3分（计4月13日至15日，共3个工作日；4月11日至12日是休息日，不计）" in cells
    assert "2026-04-20 17:30（原2026-04-10 17:30；负责人变动）" in cells
    assert all(status.name in cells and status.code in cells for status in statuses)
    assert "{" not in body + cells
    book = openpyxl.load_workbook(io.BytesIO(bulletin_workbook(made)))
    assert book.sheetnames[0] == "各部门" and {"逾期报送的单位", "尚未报送的单位"} <= set(book.sheetnames)
    for sheet in book:
        assert sheet.freeze_panes and sheet.print_area and sheet.print_title_rows
    total = list(book["各部门"].iter_rows(values_only=True))[-1]
    assert total[:5] == ("合计", owing, 2, 1, 1) and float(total[7]) == pytest.approx(2 / owing)
    listed = sum(int(each.title.split("（")[1][:-2]) for each in made.sections if "顺延" not in each.title)
    assert listed == len(statuses) + sum(status.state == "returned" for status in statuses)


def test_the_bulletin_names_no_secret_unit_and_says_how_many_there_are(bureau, county):
    bureau.file("first", OTHER)
    bureau.collect("2026-04-08T10:00")
    with bureau.transaction() as session:
        for code in (UNIT, "305"):
            session.get_one(Unit, code).secret = True
        row = cycles.cycle_of(session, 2025)
        cycles.change_duty(
            session, row, "101002", Duty.MERGED, reason="机构改革", person="局长",
            at=instant("2026-04-08T12:00"), into=UNIT,
        )  # fmt: skip
    moment = bulletin.board_asof(2025, bulletin.parse_instant("2026-04-09"))
    hidden = [
        each for each in moment.statuses if each.code == UNIT or "305" in (each.code, each.department_code)
    ]
    paper = docx.Document(io.BytesIO(bulletin_document(moment.paper)))
    said = "".join(p.text for p in paper.paragraphs) + "".join(c.text for t in paper.tables for c in t._cells)
    book = openpyxl.load_workbook(io.BytesIO(bulletin_workbook(moment.paper)))
    cells = "".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    for text in (said, cells):
        assert f"另有涉密单位{len(hidden)}家，不列入本通报" in text
        assert not any(each.name in text or each.code in text for each in hidden)
        assert "机构改革（局长）" in text
    assert moment.whole.whole.tally.expected > moment.paper.whole.tally.expected
    assert any(UNIT in row for section in moment.whole.sections for row in section.rows)


def test_the_run_form_writes_the_bulletin_of_a_day_among_the_papers(bureau, county):
    bureau.file("first", OTHER)
    bureau.collect("2026-04-08T10:00")
    word, excel = (
        Path(path)
        for path in write_status_bulletin.fn(2025, instant("2026-04-09T23:59"), instant("2026-05-01T09:00"))
    )
    assert word.parent == bureau.home / "papers" and word.name.endswith("（截至2026-04-09 2359）.docx")
    body = "".join(paragraph.text for paragraph in docx.Document(word).paragraphs)
    assert "已报送1家" in body and openpyxl.load_workbook(excel).sheetnames[0] == "各部门"
    with pytest.raises(bulletin.NoSuchMoment, match="还没有到来"):
        write_status_bulletin.fn(2025, instant("2026-05-02T09:00"), instant("2026-05-01T09:00"))


def test_a_moment_without_a_board_is_refused_with_the_reason(bureau, county):
    for text, reason in (
        ("2026-03-01", "名单还没有固定"),
        ("2999-01-01", "还没有到来"),
        ("昨天", "不是时间"),
    ):
        with pytest.raises(bulletin.NoSuchMoment, match=reason):
            bulletin.board_asof(2025, bulletin.parse_instant(text))


def test_a_day_includes_its_last_moment_and_a_zone_is_respected():
    assert bulletin.parse_instant("2026-04-10").isoformat() == "2026-04-10T23:59:59.999999+08:00"
    assert bulletin.parse_instant("2026-04-10T16:00Z").isoformat() == "2026-04-11T00:00:00+08:00"
