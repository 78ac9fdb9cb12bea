"""Two cycles in one database: the command and the workbook compare them, a single one is silent."""

from __future__ import annotations

import json

import openpyxl
import pytest
from click.testing import CliRunner

from apps.cli import main
from db import cycles
from db.models import Evaluation, Submission
from db.submissions import effective
from tasks.roll_up import roll_up
from tests.db.county import DEFINITION
from tests.tasks.conftest import at

FILED = ("101", "101003", "203002")


@pytest.fixture
def bureau_url(database_url) -> str:
    return database_url


@pytest.fixture
def two_years(bureau):
    """2025 as three units filed it, and 2024 with what two of them and nobody else had filed."""
    bureau.filed("2026-04-09T09:00", *FILED)
    with bureau.transaction() as session:
        now = cycles.cycle_of(session, 2025)
        filed = effective(session, now.id)
        before = DEFINITION.replace("2025", "2024").replace("2026", "2025")
        then = cycles.open_cycle(session, before, {}, at=at("2025-02-02T09:00"), actor="管理员")
        cycles.freeze_roster(session, then, at=at("2025-03-02T09:00"), actor="管理员")
        for code in ("101", "101003"):
            of_now = filed[code]
            of_then = Submission(
                cycle_id=then.id, unit_code=code, version=1, received_at=at("2025-04-01T09:00"),
                late_days=0, state=of_now.state,
            )  # fmt: skip
            judged = of_now.evaluation
            summary = dict(judged.summary) | {"adjusted_budget": "1000", "grade": "良"}
            of_then.evaluation = Evaluation(
                policy=judged.policy, rule_set=judged.rule_set, document=judged.document, summary=summary,
                judged_at=at("2025-04-02T09:00"),
            )  # fmt: skip
            session.add(of_then)
    return bureau


def test_the_command_prints_both_years_and_the_problems_that_came_again(two_years):
    asked = CliRunner().invoke(main, ["rollup", "compare", "--year", "2025", "--json"])
    data = json.loads(asked.output)
    units = {unit["code"]: unit for unit in data["units"]}
    assert data["years"] == [2024, 2025]
    assert units["101"]["adjusted_budget"][0] == "1000" and units["101"]["grade"] == ["良", "优"]
    assert units["203002"]["adjusted_budget"][0] is None
    assert "2024年度未报送，没有可比的数" in units["203002"]["notes"]
    assert {"B05", "D01"} <= {problem["rule"] for problem in units["101003"]["repeated"]}
    assert data["total"]["units"] == 1
    shown = CliRunner().invoke(main, ["rollup", "compare", "--year", "2025"]).output
    assert "重复的问题：101003 清禾县特殊教育学校，B05" in shown


def test_the_workbook_of_a_second_year_has_the_comparison_and_that_of_the_first_has_not(two_years):
    sheets = openpyxl.load_workbook(roll_up.fn(2025, at("2026-05-20T09:00"))["path"]).sheetnames
    assert {"与上年比较", "单位与上年比较", "重复的问题"} <= set(sheets)
    sheets = openpyxl.load_workbook(roll_up.fn(2024, at("2025-05-20T09:00"))["path"]).sheetnames
    assert not [name for name in sheets if "上年" in name or "重复" in name]
    asked = CliRunner().invoke(main, ["rollup", "compare", "--year", "2024"])
    assert asked.exit_code == 1 and "没有2023年度的周期" in asked.output
