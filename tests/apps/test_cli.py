"""The command line as a person uses it: sentences, exit codes, JSON."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal

import click
import openpyxl
import pytest
from click.testing import CliRunner

from apps.cli import main
from apps.prefect_server import use_running_server
from tests.conftest import ROOT

EXAMPLES = ROOT / "examples"
FIRST = EXAMPLES / "filings" / "first"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("SELFEVAL_HOME", str(tmp_path / "data"))

    def invoke(*arguments: str):
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return invoke


def _one(code: str):
    return sorted((FIRST / code).iterdir())[-1]


def test_help_tells_the_story_in_the_order_of_the_cycle(run):
    text = run("--help").output
    places = [
        text.index(word)
        for word in ("roster import", "cycle open", "run notice", "publication approve", "run publish")
    ]
    assert places == sorted(places)


def test_check_ends_with_0_for_a_sound_filing_1_for_errors_2_for_what_cannot_be_read(run, tmp_path):
    policy = EXAMPLES / "county-policy.toml"
    assert run("check", _one("101001"), "--policy", policy).exit_code == 0
    assert run("check", _one("101003"), "--policy", policy).exit_code == 1
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04")
    for files in ([broken], [_one("101001"), broken], [tmp_path / "没有这个文件.docx"]):
        result = run("check", *files, "--policy", policy, "--json")
        assert result.exit_code == 2
        entry = json.loads(result.output)["files"][-1]
        assert not entry["readable"] and entry["forms"] == []
        assert len(entry["findings"]) == 1 and files[-1].name in entry["findings"][0]["message"]
    assert run("check", _one("101001"), "--policy", "no-such-policy").exit_code != 0


def test_the_json_of_check_keeps_the_contract(run):
    document = json.loads(
        run("check", _one("101003"), "--policy", EXAMPLES / "county-policy.toml", "--json").output
    )
    assert set(document) == {"policy", "files"}
    entry = document["files"][0]
    assert {"file", "sha256", "readable", "unit", "year", "forms", "findings"} <= set(entry)
    form = next(form for form in entry["forms"] if form["kind"] == "department_form")
    assert {
        "id", "kind", "title", "project", "amount_unit", "funding", "indicators", "reported_score", "summed_score",
        "recomputed_score", "reported_grade", "recomputed_grade",
    } <= set(form)  # fmt: skip
    line = {
        "label",
        "initial_budget",
        "adjusted_budget",
        "executed",
        "weight",
        "execution_rate",
        "score",
        "recomputed_score",
    }
    row = {
        "level1",
        "level2",
        "name",
        "target",
        "actual",
        "weight",
        "score",
        "recomputed_score",
        "deviation_note",
        "where",
    }
    assert line <= set(form["funding"][0]) and row <= set(form["indicators"][0])
    assert Decimal(form["summed_score"]) and isinstance(form["summed_score"], str)
    finding = {"code", "severity", "form", "where", "sentence", "stated", "expected", "message"}
    assert all(set(f) == finding for f in entry["findings"])
    assert '": 9' not in json.dumps(form["funding"])  # figures are strings


def test_without_json_check_shows_forms_findings_and_counts(run):
    text = run("check", _one("101003"), "--policy", EXAMPLES / "county-policy.toml").output
    assert "错误 D01" in text and "自评" in text and "错误 2" in text.splitlines()[-1]


def test_a_roster_with_wrong_rows_names_them_and_imports_nothing(run, tmp_path):
    broken = tmp_path / "名单.xlsx"
    shutil.copy(EXAMPLES / "roster.xlsx", broken)
    book = openpyxl.load_workbook(broken)
    sheet = book.active
    head = {
        cell.value: cell.column
        for row in sheet.iter_rows()
        for cell in row
        if cell.value in ("预算编码", "电子邮箱")
    }
    row = next(r for r in range(1, sheet.max_row) if str(sheet.cell(r, head["预算编码"]).value) == "101001")
    sheet.cell(row, head["电子邮箱"]).value = "不是邮箱"
    book.save(broken)
    result = run("roster", "import", broken)
    assert result.exit_code == 1 and f"第{row}行 电子邮箱：“不是邮箱”" in result.output
    assert "Traceback" not in result.output
    assert json.loads(run("roster", "list", "--json").output) == []
    notebook = tmp_path / "名单2.xlsx"
    notebook.write_text("no workbook", encoding="utf-8")
    assert "不是可读的 Excel 文件" in run("roster", "import", notebook).output


def test_roster_cycle_status_and_audit_from_the_command_line(run, tmp_path):
    assert "还没有开启任何周期" in run("cycle", "status").output
    added = json.loads(run("roster", "import", EXAMPLES / "roster.xlsx", "--json").output)
    assert len(added) == 14 and {change["kind"] for change in added} == {"added"}
    assert "名单没有变化" in run("roster", "import", EXAMPLES / "roster.xlsx").output
    assert "清禾县2025年度预算绩效自评" in run("cycle", "open", EXAMPLES / "cycle.toml").output
    wrong = tmp_path / "cycle.toml"
    text = (EXAMPLES / "cycle.toml").read_text(encoding="utf-8")
    wrong.write_text(text.replace("2026-04-10", "2026-07-10"), encoding="utf-8")
    shutil.copy(EXAMPLES / "county-policy.toml", tmp_path)
    refused = run("cycle", "open", wrong)
    assert (
        refused.exit_code == 1
        and "主管部门汇总截止（2026-04-24）应不早于单位报送截止（2026-07-10）" in refused.output
    )
    status = json.loads(run("cycle", "status", "--json").output)
    assert status["year"] == 2025 and status["units"] == []
    assert "通知尚未印发" in run("cycle", "status").output
    assert json.loads(run("audit", "verify", "--json").output) == {"entries": 2, "intact": True}


def test_a_policy_file_is_explained_mistake_by_mistake(run, tmp_path):
    assert run("policy", "check", EXAMPLES / "county-policy.toml").exit_code == 0
    wrong = tmp_path / "policy.toml"
    text = (EXAMPLES / "county-policy.toml").read_text(encoding="utf-8")
    wrong.write_text(f"colour = 1\n{text}", encoding="utf-8")
    result = run("policy", "check", wrong)
    assert result.exit_code == 1 and "colour" in result.output and "Traceback" not in result.output
    names = [entry["name"] for entry in json.loads(run("policy", "list", "--json").output)]
    assert {
        "national-2020",
        "national-2021-cost",
        "xiangxi-2022",
        "yueyang-2023",
        "huaihua-2023",
        "qiannan-2022",
        "junshan-2024",
    } == set(names)


def test_a_wrong_setting_is_named(run, monkeypatch):
    monkeypatch.setenv("SELFEVAL_SMTP_HOST", "mail.example.org")
    monkeypatch.setenv("SELFEVAL_MAIL_FROM", "selfeval@bureau.example")
    monkeypatch.setenv("SELFEVAL_SMTP_PORT", "二十五")
    result = run("cycle", "status")
    assert result.exit_code == 1 and "SELFEVAL_SMTP_PORT 应为 1 到 65535 的整数" in result.output


def test_a_database_out_of_reach_is_a_sentence_without_the_password(run, monkeypatch):
    monkeypatch.setenv("SELFEVAL_DATABASE_URL", "postgresql+psycopg://bureau:secret@127.0.0.1:1/selfeval")
    result = run("cycle", "status")
    assert result.exit_code == 1 and "127.0.0.1:1/selfeval 用不了" in result.output
    assert "secret" not in result.output and "Traceback" not in result.output


def test_mails_are_listed_and_a_number_that_does_not_exist_is_a_sentence(run):
    run("roster", "import", EXAMPLES / "roster.xlsx")
    run("cycle", "open", EXAMPLES / "cycle.toml")
    assert json.loads(run("mail", "list", "--json").output) == []
    assert "没有第 7 号邮件" in run("mail", "show", "7").output
    assert "没有第 7 号邮件" in run("mail", "resolve", "7", "--delivered", "--person", "李某").output


def test_a_rehearsal_lists_every_mail_and_its_approval_stands_in_the_next_one(run, tmp_path):
    run("roster", "import", EXAMPLES / "roster.xlsx")
    run("cycle", "open", EXAMPLES / "cycle.toml")
    assert "--by 姓名" in run("rehearse", "--approve").output
    plan = json.loads(run("rehearse", "--from", "2026-02-20", "--until", "2026-04-13", "--json").output)
    assert {mail["what"] for mail in plan["steps"]} >= {"通知", "催报", "逾期", "逾期通报", "单位报送截止"}
    notices = [mail for mail in plan["mails"] if mail["kind"] == "通知"]
    assert len(notices) == 14 and all("@" in mail["recipient"] for mail in notices)
    assert any("还没有审批" in sentence for sentence in plan["assumptions"])
    book = tmp_path / "计划.xlsx"
    done = run("rehearse", "--from", "2026-02-20", "--approve", "--by", "王局", "--excel", book)
    assert done.exit_code == 0 and "王局同意这个邮件计划" in done.output
    sheets = openpyxl.load_workbook(book)
    assert sheets.sheetnames == ["说明", "步骤", "邮件"] and sheets["邮件"].freeze_panes == "A2"
    assert "邮件计划已由王局于" in run("rehearse", "--from", "2026-02-20").output
    assert run("rehearse", "--from", "2026-05-01", "--until", "2026-04-01").exit_code == 2


def test_a_command_that_finds_no_server_tells_no_other_host_of_itself(tmp_path, monkeypatch):
    names = ("PREFECT_SERVER_ANALYTICS_ENABLED", "DO_NOT_TRACK")
    for name in (*names, "PREFECT_API_URL"):
        monkeypatch.setenv(name, "")  # so that what was there comes back at the end
        monkeypatch.delenv(name)
    use_running_server(tmp_path)
    assert [os.environ[name] for name in names] == ["false", "1"] and "PREFECT_API_URL" not in os.environ


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("roster", "import"), "缺少参数 'FILE'"),
        (("roster", "import", "no such file.xlsx"), "没有文件“no such file.xlsx”"),
        (("roster", "imprt"), "没有“imprt”这个命令"),
        (("check", "--polcy", "x"), "没有“--polcy”这个选项"),
        (("serve", "--port", "many"), "“many”不是数字"),
        (("run", "everything"), "“everything”不是 'notice'"),
        (("cycle", "extend", "101", "--until", "4月20日"), "“4月20日”写法不对，应如 '%Y-%m-%d'"),
        (("cycle", "status", "2025", "2026"), "多写了：2025 2026"),
    ],
)
def test_a_mistake_in_a_command_is_told_in_chinese(run, words, said):
    done = run(*words)
    assert done.exit_code == 2 and said in done.output and "说明：" in done.output
    assert not {"Usage", "Error", "Try", "Missing", "Invalid", "such"} & set(
        re.findall(r"\w+", done.output)
    ) - {*re.findall(r"\w+", " ".join(words))}


def test_the_help_of_every_command_is_in_chinese(run):
    def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
        for name, command in group.commands.items():
            yield (*path, name)
            if isinstance(command, click.Group):
                yield from commands(command, *path, name)

    for path in commands(main):
        said = run(*path, "--help").output
        assert said.startswith("用法：") and "选项:" in said and "显示这些说明。" in said, path
