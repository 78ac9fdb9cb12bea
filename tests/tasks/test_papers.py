"""The bureau's papers of the example county, written by command: what stands in them, twice the same."""

from __future__ import annotations

import io
import json
import re
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from docx.oxml.ns import qn

from apps.cli import main
from db import cycles, rollups
from documents.reading import read_file
from selfeval.filing import FormKind
from selfeval.findings import Severity
from selfeval.paper_blocks import BLANK
from selfeval.policy import load_policy
from selfeval.rollup import AMOUNTS
from selfeval.rules import judge
from tasks.totals import take_totals
from tests.tasks.conftest import at


@pytest.fixture
def filed(bureau):
    """The county after its first filings: three passed, 101003 sent back."""
    return bureau.filed("2026-04-09T09:00", "101", "101001", "101003", "203")


def papers(*arguments: str) -> dict:
    result = CliRunner().invoke(main, ["papers", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def refused(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["papers", *arguments])
    assert result.exit_code == 1
    return result.output


def test_a_department_gets_a_deduction_statement_per_unit_and_is_told_who_has_none(filed):
    made = papers("deductions", "--department", "101")
    assert sorted(made["papers"]) == ["101", "101001", "101003"]
    assert any("没有审核过的材料" in sentence for sentence in made["without"])
    path = Path(made["papers"]["101"])
    assert path.name == "101 清禾县教育局2025年度绩效自评扣分明细.docx"
    texts = [cell.text for table in docx.Document(path).tables for row in table.rows for cell in row.cells]
    assert any(text.startswith("规则D04：年度指标值 120次，实际完成值 96次") for text in texts)
    assert papers("deductions", "101")["papers"] == {"101": str(path)}
    assert not list(path.parent.glob(".*"))


def test_a_unit_that_the_cycle_does_not_have_is_refused(filed):
    assert "没有要报送的单位“999”" in refused("deductions", "999")


@pytest.fixture
def totalled(filed):
    take_totals.fn(2025, at("2026-04-20T09:00"))
    return filed


def filled(path: Path) -> bytes:
    """The report as a person hands it in who writes the same neutral words into every marked place."""
    document = docx.Document(path)
    marked = [
        run
        for run in document.element.body.iter(qn("w:r"))
        if run.find(f".//{qn('w:highlight')}") is not None
    ]
    assert marked and all(BLANK.fullmatch(run.text) for run in marked)
    for run in marked:
        first, *rest = run.iter(qn("w:t"))
        first.text = "见附件"
        for other in rest:
            other.text = ""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("code", ["101", "203"])
def test_a_report_with_its_marked_places_filled_is_read_without_an_error_and_its_text_agrees_with_its_tables(
    totalled, code
):
    path = Path(papers("report", "--department", code)["papers"][code])
    content = filled(path)
    assert "待填写" not in docx.Document(io.BytesIO(content)).element.xml
    filing = read_file(path.name, content)
    cover, report = filing.forms
    assert (cover.kind, report.kind) == (FormKind.COVER, FormKind.REPORT)
    assert filing.year == 2025 and report.unit == cover.unit
    assert (
        len([heading for heading in report.headings if re.match("[一二三四五六七八九十]+、", heading)]) == 11
    )
    with totalled.transaction() as session:
        policy = cycles.policy_of(cycles.cycle_of(session, 2025), "county-policy.toml")
        kept = rollups.entries_of(session, rollups.latest(session, 1), "totals")
        totals = {total["code"]: total for total in kept}
    (line,) = report.funding
    stated = (line.initial_budget, line.adjusted_budget, line.executed)
    for cell, key in zip(stated, AMOUNTS, strict=True):
        assert cell.number == Decimal(totals[code]["figures"][key][0])
    found = judge(filing, policy).findings
    assert [finding.message for finding in found if finding.severity is Severity.ERROR] == []


def test_a_report_whose_text_was_changed_against_its_tables_is_caught(totalled):
    """The proof above can fail: the same reading finds a figure that somebody typed over."""
    path = Path(papers("report", "--department", "203")["papers"]["203"])
    document = docx.Document(io.BytesIO(filled(path)))
    (sentence,) = [p for p in document.paragraphs if "执行率" in p.text and "年初预算数" in p.text]
    sentence.runs[0].text = re.sub(r"执行率[\d.]+%", "执行率61.00%", sentence.text)
    buffer = io.BytesIO()
    document.save(buffer)
    found = judge(read_file(path.name, buffer.getvalue()), load_policy("national-2020")).findings
    assert any("61.00%" in finding.message for finding in found)


def test_a_department_of_which_nothing_passed_gets_no_report_and_is_named(totalled):
    made = papers("report")
    assert sorted(made["papers"]) == ["101", "203"]
    assert made["notes"] == ["清禾县档案馆还没有审核通过的单位，没有可写的内容，不成文"]


def test_a_report_names_the_roll_up_that_it_stands_on_and_says_when_that_is_old(totalled):
    papers("report", "--department", "101")
    totalled.file("corrected", "101003")
    totalled.round("2026-04-22T09:00")
    old = papers("report", "--department", "101")
    assert old["papers"] == {} and "先“汇总”（命令 selfeval run roll-up）" in old["notes"][0]
    take_totals.fn(2025, at("2026-04-23T09:00"))
    made = papers("report", "--department", "101")
    assert made["papers"]["101"].endswith("清禾县教育局2025年度部门整体支出绩效自评报告（第2次汇总）.docx")
    assert made["notes"] == []


def test_without_a_roll_up_there_is_nothing_to_write_from(filed):
    assert "还没有汇总，请先“汇总”（命令 selfeval run roll-up）" in refused("report")


def test_the_report_of_a_department_is_drafted_once_per_roll_up_and_never_written_over(totalled):
    made = papers("report", "--department", "203")
    path = Path(made["papers"]["203"])
    path.write_bytes(b"a person wrote here")
    again = papers("report", "--department", "203")
    assert again["papers"] == {} and again["kept"] == {"203": str(path)}
    assert path.read_bytes() == b"a person wrote here"
