"""Totals of the example county: from named versions, kept once, listed when they change, made again alike."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from apps.cli import main
from db import cycles, rollups
from db.models import OutboxRow, RollUp, RollUpPart
from selfeval.cycle import Assignment
from selfeval.cycle_file import cycle_text
from selfeval.rollup.record import content_from
from tasks.boards import refresh_board
from tasks.totals import take_totals
from tests.tasks.conftest import at

FIRST = ("101", "101001", "101003", "203")


@pytest.fixture
def bureau_url(database_url) -> str:
    return database_url


@pytest.fixture
def filed(bureau):
    """The county after its first filings: three passed, 101003 sent back."""
    return bureau.filed("2026-04-09T09:00", *FIRST)


def kept(bureau) -> list[RollUp]:
    with bureau.transaction() as session:
        return session.query(RollUp).order_by(RollUp.number).all()


def rollup(*arguments: str):
    result = CliRunner().invoke(main, ["rollup", *arguments])
    return json.loads(result.output) if "--json" in arguments else result.output


def test_every_total_names_the_versions_that_it_was_made_from_and_the_same_versions_are_kept_once(filed):
    first = take_totals.fn(2025, at("2026-04-20T09:00"))
    again = take_totals.fn(2025, at("2026-04-21T09:00"))
    assert (first["number"], first["new"], again["number"], again["new"]) == (1, True, 1, False)
    (row,) = kept(filed)
    with filed.transaction() as session:
        content = content_from(rollups.parts_of(session, row))
    versions = {unit["code"]: unit["version"] for unit in content["units"] if unit["version"]}
    assert set(versions) == set(FIRST)
    assert all(each["number"] == 1 and len(each["content"]) == 64 for each in versions.values())
    whole = content["totals"][-1]
    assert (whole["counted"], whole["expected"]) == (3, 12)
    assert ["清禾县特殊教育学校", "退回修改"] in whole["left_out"]
    # What was sent back has said its budget: the range it may move the total by is known.
    total, low = (
        float(text) for text in (whole["figures"]["executed"][0], whole["ranges"]["executed"]["low"])
    )
    assert low > total


def test_a_new_version_lists_which_unit_and_which_figure_changed_from_what_to_what(filed):
    take_totals.fn(2025, at("2026-04-20T09:00"))
    filed.file("corrected", "101003")
    filed.round("2026-04-22T09:00")
    changes = take_totals.fn(2025, at("2026-04-23T09:00"))["changes"]
    assert "清禾县特殊教育学校（101003）报送版本：第1次 → 第2次" in changes
    assert "清禾县特殊教育学校（101003）状态：退回修改 → 审核通过" in changes
    assert any(text.startswith("全局合计（—）全年执行数：") for text in changes)
    assert not any("麦田中学" in text for text in changes)
    assert {change["code"] for change in rollup("changes", "--json")} == {"101003", "101", "—"}


def test_a_kept_roll_up_is_made_again_from_its_versions_and_a_changed_one_is_found_out(filed):
    take_totals.fn(2025, at("2026-04-20T09:00"))
    filed.file("corrected", "101003")
    filed.round("2026-04-22T09:00")
    take_totals.fn(2025, at("2026-04-23T09:00"))
    assert "第1次汇总按所列版本重算一致" in rollup("verify", "--number", "1")
    assert "第2次汇总按所列版本重算一致" in rollup("verify")
    with filed.transaction() as session:
        row = session.query(RollUp).filter_by(number=1).one()
        session.query(RollUpPart).filter_by(rollup_id=row.id, section="policy").one().value = "别的政策 1"
    assert "被改动过" in rollup("verify", "--number", "1")


def test_a_roll_up_killed_before_its_end_leaves_nothing_and_the_next_one_is_whole(filed, monkeypatch):
    def killed(*_args, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("db.rollups.audit.append", killed)
        take_totals.fn(2025, at("2026-04-20T09:00"))
    assert kept(filed) == []
    assert take_totals.fn(2025, at("2026-04-20T10:00"))["number"] == 1
    assert len(kept(filed)) == 1


def test_a_department_that_disagrees_with_its_units_is_told_once_and_the_board_shows_it(filed, monkeypatch):
    def told() -> list[str]:
        with filed.transaction() as session:
            return [
                mail.text_body
                for mail in session.query(OutboxRow).filter_by(kind="totals_differ", unit_code="101")
            ]

    assert take_totals.fn(2025, at("2026-04-20T09:00"))["told"] == 0
    with filed.transaction() as session:
        # The department's form is said to speak for all, and its staff are fewer than those of its unit.
        row = cycles.cycle_of(session)
        cycle = replace(cycles.value_of(row), assignments={"101": Assignment(scope="汇总")})
        cycles.define(row, cycle_text(cycle), row.policies)
    assert take_totals.fn(2025, at("2026-04-20T10:00"))["told"] == 1
    assert take_totals.fn(2025, at("2026-04-20T11:00"))["told"] == 0
    [text] = set(told())  # the same to each of its addresses
    assert "清禾县麦田中学" in text and "多出" in text and "X28 错误" in text
    boards = []
    monkeypatch.setattr(
        "tasks.boards.create_markdown_artifact", lambda **said: boards.append(said["markdown"])
    )
    refresh_board.fn(2025, at("2026-04-20T12:00"))
    assert "部门汇总数与所属单位不一致（" in boards[0] and "X28 错误" in boards[0]


def test_the_command_shows_who_is_counted_and_from_which_version(filed):
    assert "请先运行 selfeval run roll-up" in rollup("show")
    take_totals.fn(2025, at("2026-04-20T09:00"))
    data = rollup("show", "--department", "101", "--json")
    assert [unit["code"] for unit in data["units"] if not unit["left_out"]] == ["101", "101001"]
    shown = rollup("show", "--department", "101")
    assert "2/5" in shown and "第1次" in shown and "清禾县双塘小学（未报送）" in shown
    assert "没有编码为“777”的部门" in rollup("show", "--department", "777")
