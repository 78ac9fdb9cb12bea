"""The bureau's papers of the example county, written by command: what stands in them, twice the same."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner

from apps.cli import main


@pytest.fixture
def filed(bureau, county):
    """The county after its first filings: three passed, 101003 sent back."""
    for code in ("101", "101001", "101003", "203"):
        bureau.file("first", code)
    bureau.round("2026-04-09T09:00")
    return bureau


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
