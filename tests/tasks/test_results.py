"""The bulletin of results as a file: of one roll-up, never over what a person wrote, whole or not at all."""

from __future__ import annotations

import os
import time
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.enum.text import WD_COLOR_INDEX

from db.models import Unit
from selfeval.paper_blocks import BLANK
from selfeval.refusal import Refusal
from selfeval.rules import VERSION
from tasks.papers import replace_whole
from tasks.results import write_results
from tasks.roll_up import roll_up
from tasks.totals import take_totals
from tests.tasks.conftest import at

WHEN = at("2026-04-20T09:00")


@pytest.fixture
def filed(bureau):
    return bureau.filed("2026-04-09T09:00", "101", "101003")


def test_a_draft_is_written_once_per_roll_up_and_what_a_person_wrote_in_it_stays(filed):
    with pytest.raises(Refusal, match="还没有汇总"):
        write_results.fn(2025, WHEN)
    take_totals.fn(2025, WHEN)
    first = write_results.fn(2025, WHEN)
    path = Path(first["path"])
    assert first["written"] and path.name == "2025年度预算绩效自评结果通报（第1次汇总）.docx"
    paper = docx.Document(path)
    paper.add_paragraph("某人写的话")
    paper.save(path)
    again = write_results.fn(2025, WHEN)
    assert not again["written"] and docx.Document(path).paragraphs[-1].text == "某人写的话"
    filed.file("corrected", "101003")
    filed.round("2026-04-22T09:00")
    with pytest.raises(Refusal, match="第1次汇总以后又有变化"):
        write_results.fn(2025, WHEN)
    take_totals.fn(2025, WHEN)
    assert write_results.fn(2025, WHEN)["path"].endswith("（第2次汇总）.docx")


def test_bulletin_and_workbook_name_the_roll_up_that_they_were_made_from(filed):
    taken = take_totals.fn(2025, WHEN)
    source = f"第1次汇总，政策 qinghe-2025 1，规则集 {VERSION}，内容指纹 {taken['content_hash'][:12]}"
    paper = docx.Document(write_results.fn(2025, WHEN)["path"])
    end = paper.paragraphs[-4:]
    assert end[0].text == f"数据来源：{source}。"
    assert [bool(each.paragraph_format.keep_with_next) for each in end] == [True, True, True, False]
    rolled = roll_up.fn(2025, WHEN)
    assert rolled["number"] == 1 and not rolled["new"]
    book = openpyxl.load_workbook(rolled["path"])
    assert book["总览"]["A2"].value.endswith(f"数据来源：{source}")
    projects = list(book["项目清单"].iter_rows(min_row=4, values_only=True))
    goals = list(book["绩效目标"].iter_rows(min_row=4, values_only=True))
    assert projects and all(row[7].startswith("=IF(COUNT(F") for row in projects)
    assert {row[0] for row in goals} >= {row[0] for row in projects} and all(row[4] for row in goals)
    filed.file("corrected", "101003")
    filed.round("2026-04-22T09:00")
    rolled = roll_up.fn(2025, WHEN)
    source = f"第2次汇总，政策 qinghe-2025 1，规则集 {VERSION}，内容指纹 {rolled['content_hash'][:12]}"
    assert openpyxl.load_workbook(rolled["path"])["总览"]["A2"].value.endswith(f"数据来源：{source}")


def test_a_secret_unit_is_counted_and_nowhere_named(filed):
    with filed.transaction() as session:
        session.get_one(Unit, "101003").secret = True
    take_totals.fn(2025, WHEN)
    paper = docx.Document(write_results.fn(2025, WHEN)["path"])
    said = "".join(p.text for p in paper.paragraphs) + "".join(c.text for t in paper.tables for c in t._cells)
    assert "应报送自评材料的单位11家，已报送1家" in said and "另有涉密单位1家" in said
    assert "特殊教育学校" not in said and "清禾县双塘小学" in said


def test_every_marked_place_is_highlighted_and_every_table_repeats_its_heading(filed):
    take_totals.fn(2025, WHEN)
    paper = docx.Document(write_results.fn(2025, WHEN)["path"])
    runs = [run for paragraph in paper.paragraphs for run in paragraph.runs]
    marked = [run for run in runs if run.font.highlight_color == WD_COLOR_INDEX.YELLOW]
    assert len(marked) >= 6 and all(BLANK.fullmatch(run.text) for run in marked)
    assert len(marked) == sum(len(BLANK.findall(paragraph.text)) for paragraph in paper.paragraphs)
    assert paper.tables
    for table in paper.tables:
        assert table.rows[0]._tr.xpath("./w:trPr/w:tblHeader")
    assert "清禾县双塘小学" in "".join(cell.text for table in paper.tables for cell in table._cells)


def test_a_run_that_is_killed_while_it_writes_leaves_no_half_paper(filed, monkeypatch):
    take_totals.fn(2025, WHEN)

    def killed(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Path, "replace", killed)
        write_results.fn(2025, WHEN)
    made = write_results.fn(2025, WHEN)
    assert made["written"] and docx.Document(made["path"]).tables


def test_what_a_killed_run_left_half_written_is_cleared_away_when_nobody_can_be_at_it_any_more(tmp_path):
    left, at_work = tmp_path / ".left.part", tmp_path / ".at-work.part"
    for partial in (left, at_work):
        partial.write_bytes(b"half")
    hours_ago = time.time() - 2 * 3600
    os.utime(left, (hours_ago, hours_ago))
    replace_whole(tmp_path / "通报.docx", b"whole")
    assert {path.name for path in tmp_path.iterdir()} == {"通报.docx", at_work.name}
