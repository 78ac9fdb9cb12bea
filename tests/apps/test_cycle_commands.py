"""The commands around a cycle: calendar, extension, duty, the board of a moment, the close."""

from __future__ import annotations

import json
import shutil

import docx
import openpyxl
import pytest
from click.testing import CliRunner

from apps.cli import main
from tests.apps.test_cli import EXAMPLES, run  # noqa: F401
from tests.conftest import ROOT
from tests.tasks.conftest import bureau, bureau_url, county, kept_bureaus  # noqa: F401

UNIT = "203002"
SAID = ("--reason", "系统升级", "--person", "局长")


@pytest.fixture
def told(bureau, county):  # noqa: F811
    """The command line over the example county with its notice issued; answers as data or as the refusal."""

    def invoke(*arguments: str):
        result = CliRunner().invoke(main, ["cycle", *arguments, "--json"])
        return json.loads(result.output) if result.exit_code == 0 else result.output

    return invoke


def test_the_lists_of_a_cycle_file_correct_the_calendar_and_an_unpublished_year_is_said(run, tmp_path):  # noqa: F811
    shutil.copy(EXAMPLES / "county-policy.toml", tmp_path)
    text = (ROOT / "examples" / "cycle.toml").read_text(encoding="utf-8").replace("2025年度", "2097年度")
    text = text.replace("year = 2025", "year = 2097").replace("= 2026-", "= 2098-")
    file = tmp_path / "cycle.toml"
    run("roster", "import", EXAMPLES / "roster.xlsx")
    file.write_text(text.replace("[calendar]", "[calendar]\nordered_years = [2098]\ncolour = 1"), "utf-8")
    assert "[calendar] 不认识的项目“colour”" in run("cycle", "open", file).output
    file.write_text(text, "utf-8")
    assert "2098年的放假调休安排尚未公布" in run("cycle", "open", file).output
    assert "2098年的放假调休安排尚未公布" in run("cycle", "status").output
    assert json.loads(run("cycle", "status", "--json").output)["provisional"]


def test_an_extension_a_duty_and_their_refusals_are_told_in_sentences(told):
    assert told("extend", UNIT, "--until", "2026-04-20", *SAID)["original"] == "2026-04-10"
    assert "应晚于它" in told("extend", UNIT, "--until", "2026-04-15", *SAID)
    assert "没有预算编码 999" in told("extend", "999", "--until", "2026-04-20", *SAID)
    assert "写明由哪个单位报送" in told("duty", UNIT, "merged", *SAID)
    assert "应是本周期另一个应报的单位" in told("duty", UNIT, "merged", "--into", "101005", *SAID)
    assert "不填并入哪个单位" in told("duty", UNIT, "nil", "--into", "203001", *SAID)
    assert told("duty", UNIT, "merged", "--into", "203001", *SAID)["into"] == "203001"
    assert "还要为并入的" in told("duty", "203001", "closed", *SAID)
    for code, duty in (("203003", "nil"), ("203004", "exempt"), ("203005", "closed")):
        assert told("duty", code, duty, *SAID)["duty"] == duty
    units = {unit["code"]: unit for unit in told("status")["units"]}
    assert [units[code]["state"] for code in (UNIT, "203003", "203004", "203005")] == [
        "merged",
        "nil",
        "exempt",
        "closed",
    ]
    assert units[UNIT]["merged_into"] == "203001" and units[UNIT]["person"] == "局长"
    shown = CliRunner().invoke(main, ["cycle", "status"]).output
    assert f"由{units['203001']['name']}（203001）报送" in shown.replace("\n", "")
    assert "不需要报送" in told("extend", "203003", "--until", "2026-04-20", *SAID)


def test_the_board_of_a_moment_becomes_a_paper_and_a_workbook(told, tmp_path):
    word, excel = tmp_path / "通报.docx", tmp_path / "通报.xlsx"
    board = told("asof", "2026-04-16", "--word", str(word), "--excel", str(excel))
    assert board["asof"] == "2026-04-16T23:59:59+08:00"
    assert board["total"]["missing"] == board["total"]["expected"] > 0
    assert "报送情况的通报" in "".join(each.text for each in docx.Document(word).paragraphs)
    assert openpyxl.load_workbook(excel).sheetnames[0] == "各部门"
    assert "名单还没有固定" in told("asof", "2026-02-20")
    assert "不是时间" in told("asof", "上周")


def test_a_cycle_is_closed_and_opened_again_by_a_named_person(told):
    closed = told("close", *SAID)
    assert closed["person"] == "局长" and "未报送" in closed["open"]
    assert told("status")["closed_at"]
    assert "重新开启" in CliRunner().invoke(main, ["cycle", "reopen", *SAID]).output
    assert told("status")["closed_at"] is None
    assert "没有关闭" in told("reopen", *SAID)


def test_a_roster_sets_nil_and_merged_units_and_names_a_wrong_target(run, tmp_path):  # noqa: F811
    book = openpyxl.load_workbook(EXAMPLES / "roster.xlsx")
    sheet = book.active
    head = next(row for row in sheet.iter_rows() if any(cell.value == "预算编码" for cell in row))
    columns = {str(cell.value): cell.column for cell in head}
    rows = {str(sheet.cell(row, columns["预算编码"]).value): row for row in range(1, sheet.max_row + 1)}

    def put(code: str, **values: str) -> None:
        for name, value in values.items():
            sheet.cell(rows[code], columns[name]).value = value

    file = tmp_path / "名单.xlsx"
    put(UNIT, 状态="并入其他单位", 备注="机构改革", 并入单位编码="101005")
    put("203003", 状态="零报告", 备注="当年没有支出")
    book.save(file)
    refused = run("roster", "import", file).output
    assert f"第{rows[UNIT]}行 并入单位编码：“101005”" in refused and "自己不报送" in refused
    put(UNIT, 并入单位编码="203001")
    book.save(file)
    assert run("roster", "import", file).exit_code == 0
    states = {unit["code"]: unit["status"] for unit in json.loads(run("roster", "list", "--json").output)}
    assert (states[UNIT], states["203003"]) == ("并入其他单位", "零报告")
    assert "名单没有变化" in run("roster", "import", file).output


def test_a_correction_after_the_notice_tells_the_units_and_where_the_mails_stay(
    told,
    county,  # noqa: F811
    tmp_path,
    monkeypatch,
):
    monkeypatch.delenv("SELFEVAL_SMTP_HOST")
    (tmp_path / "county-policy.toml").write_text(county.policies["county-policy.toml"], "utf-8")
    file = tmp_path / "cycle.toml"
    text = (ROOT / "examples" / "cycle.toml").read_text(encoding="utf-8")
    file.write_text(text.replace("unit_due = 2026-04-10", "unit_due = 2026-04-17"), "utf-8")
    looked = told("amend", str(file))
    assert looked["told"] > 0 and "mails_kept_in" not in looked
    assert _corrections() == 0
    done = told("amend", str(file), "--by", "局长", "--reason", "考试周")
    assert done["told"] == looked["told"] and done["mails_kept_in"]
    assert _corrections() >= done["told"]


def _corrections() -> int:
    result = CliRunner().invoke(main, ["mail", "list", "--kind", "amended", "--json"])
    return len(json.loads(result.output))


def test_a_cycle_is_corrected_from_its_file_after_a_look_at_what_would_change(run, tmp_path):  # noqa: F811
    shutil.copy(EXAMPLES / "county-policy.toml", tmp_path)
    file = tmp_path / "cycle.toml"
    text = (ROOT / "examples" / "cycle.toml").read_text(encoding="utf-8")
    file.write_text(text, "utf-8")
    run("cycle", "open", file)
    file.write_text(text.replace("unit_due = 2026-04-10", "unit_due = 2026-04-17"), "utf-8")
    assert "selfeval cycle amend" in run("cycle", "open", file).output
    preview = run("cycle", "amend", file).output
    assert "单位报送截止：2026-04-10 → 2026-04-17" in preview and "没有改变任何东西" in preview
    assert "--reason" in run("cycle", "amend", file, "--by", "局长").output
    said = ("--by", "局长", "--reason", "考试周")
    assert json.loads(run("cycle", "amend", file, *said, "--json").output)["done"] is True
    refused = run("cycle", "amend", file, *said)
    assert refused.exit_code and "没有不同之处" in refused.output
