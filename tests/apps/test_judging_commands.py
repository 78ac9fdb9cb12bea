"""annotate, rules and policy at the command line; what a terminal of 80 columns shows."""

from __future__ import annotations

import io
import json

import docx
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from apps.cli import main
from apps.terminal import wrapped
from documents.review import AUTHOR
from selfeval.rules import CATALOGUE
from tests.conftest import ROOT

EXAMPLES = ROOT / "examples"
POLICY = EXAMPLES / "county-policy.toml"


def run(*arguments: object):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def faulty():
    return next((EXAMPLES / "filings" / "first" / "101003").glob("*.docx"))


def test_no_line_of_the_check_is_wider_than_80_columns_and_errors_come_first(faulty, shared_filings):
    for file in (faulty, shared_filings / "xiangxi-2022.docx"):
        text = run("check", file, "--policy", POLICY).output
        assert max(map(cell_len, text.splitlines())) <= 80
        order = [text.find(f"\n  {label} ") for label in ("错误", "疑点", "提示", "说明")]
        assert "\n  扣分清单（" in text
        assert order[0] > 0 and [at for at in order if at > 0] == sorted(at for at in order if at > 0)


def test_a_line_breaks_neither_inside_a_figure_nor_before_a_closing_sign():
    text = "全年预算数 123456.78 万元，执行数 98765.43 万元（执行率 80.00%）。" * 4
    for width in range(20, 81):
        lines = wrapped(text, "说明：", width=width).splitlines()
        assert max(map(cell_len, lines)) <= width
        assert not any(line.strip()[0] in "，。）%" for line in lines)
        assert sum(line.count("123456.78") + line.count("80.00%）。") for line in lines) == 8


def test_annotate_writes_a_commented_copy_and_never_over_the_original(faulty, tmp_path):
    original = faulty.read_bytes()
    out = tmp_path / "批注.docx"
    result = run("annotate", faulty, "-o", out, "--policy", POLICY, "--json")
    assert result.exit_code == 0
    counts = json.loads(result.output)
    assert counts["error"] == 2 and counts["output"] == str(out)
    comments = list(docx.Document(io.BytesIO(out.read_bytes())).comments)
    assert {comment.author for comment in comments} == {AUTHOR} and len(comments) >= 2
    refused = run("annotate", out, "-o", out)
    assert refused.exit_code == 1 and "不能覆盖" in refused.output
    assert faulty.read_bytes() == original


def test_annotate_says_why_a_file_carries_no_comments(tmp_path):
    file = tmp_path / "旧表.xls"
    file.write_bytes(b"\xd0\xcf\x11\xe0")
    result = run("annotate", file, "-o", tmp_path / "批注.xls")
    assert result.exit_code == 1 and "“旧表.xls”不是 .docx 或 .xlsx 文件" in result.output
    assert not (tmp_path / "批注.xls").exists()


def test_the_catalogue_lists_every_rule_with_its_source():
    listed = json.loads(run("rules", "list", "--json").output)
    assert [entry["code"] for entry in listed] == [rule.code for rule in CATALOGUE]
    assert all(entry["sentence"] and entry["source"] and entry["section"] for entry in listed)
    text = run("rules", "list").output
    assert all(f"{rule.code} {rule.severity.label}" in text for rule in CATALOGUE)


def test_a_policy_is_shown_with_its_source():
    shown = run("policy", "show", "huaihua-2023")
    assert "出处：怀财绩〔2024〕46号" in shown.output and "分母：年初预算数" in shown.output
    data = json.loads(run("policy", "show", POLICY, "--json").output)
    assert data["execution"]["places"] == 2 and isinstance(data["weights"]["execution"], str)
    unknown = run("policy", "show", "no-such-policy")
    assert unknown.exit_code == 1 and "没有名为“no-such-policy”的内置政策" in unknown.output


def test_policy_diff_names_the_scores_and_findings_that_would_change(shared_filings):
    file = shared_filings / "junshan-2024.docx"
    data = json.loads(run("policy", "diff", "national-2020", "huaihua-2023", file, "--json").output)
    assert data["policies"] == ["national-2020", "huaihua-2023"]
    assert "execution.denominator" in {setting["path"] for setting in data["settings"]}
    [result] = data["files"]
    [form] = result["forms"]
    first, second = (
        json.loads(run("check", file, "--policy", name, "--json").output)["files"][0]
        for name in ("national-2020", "huaihua-2023")
    )
    for key in ("recomputed_score", "recomputed_grade"):
        assert form[key] == [first["forms"][0][key], second["forms"][0][key]]
    assert form["recomputed_score"][0] != form["recomputed_score"][1]
    kept = len(first["findings"]) - len(result["findings"]["gone"])
    assert kept == len(second["findings"]) - len(result["findings"]["new"])
    text = run("policy", "diff", "national-2020", "huaihua-2023", file).output
    assert "复算得分" in text and "分母：全年（调整后）预算数 → 年初预算数" in text
    assert max(map(cell_len, text.splitlines())) <= 80


def test_the_same_policy_twice_changes_nothing(faulty):
    result = run("policy", "diff", POLICY, POLICY, faulty)
    assert result.exit_code == 0 and "两份政策的规定相同" in result.output and "结果不变" in result.output


def test_a_table_of_points_is_shown_item_by_item_and_a_rule_that_does_not_exist_is_told(tmp_path):
    shown = run("policy", "show", POLICY).output
    assert "计分办法：按逾期的工作日计分" in shown and "较全面 15—24分" in shown
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(POLICY.read_text(encoding="utf-8").replace('"C02"]', '"C99"]'), encoding="utf-8")
    told = run("policy", "check", wrong)
    assert told.exit_code == 1 and "“分值合规”的 rules 里没有编号为 C99 的规则" in told.output
