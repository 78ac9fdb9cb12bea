from __future__ import annotations

from selfeval.deduction_statement import loses_points, statement
from selfeval.policy import load_policy, parse_policy
from selfeval.result import check_document, check_entry
from selfeval.rules import judge
from tests.selfeval.build import department_form, filing, with_row

NATIONAL = load_policy("national-2020")
HEAD = 'name = "here"\ntitle = "本地"\nsource = "本地"\nversion = "1"\nextends = "national-2020"\n'


def made(form, policy=NATIONAL):
    sample = filing(form)
    document = check_document(policy.name, [check_entry(sample, judge(sample, policy))])
    return document, statement(document)


def rows(form, policy=NATIONAL):
    (single,) = made(form, policy)[1]
    return {row[0].partition("\n")[0]: row for row in single.grid.rows}, single


def test_every_scored_line_stands_there_with_both_scores_and_only_lost_points_are_explained():
    lines, form = rows(department_form())
    assert (str(form.stated), form.lost) == ("99.23", 2)
    _name, weight, stated, due, lost, due_lost, said = lines["举办阅读活动"]
    assert (weight, stated, due, lost, due_lost) == ("10", "9.5", "9.5", "0.5", "0.5")
    assert said.startswith("规则D04：年度指标值") and "单位说明：汛期停办" in said
    assert lines["新增馆藏图书"][4:] == ["0", "0", ""]
    assert lines["年度资金总额执行率"][6].startswith("规则D03：全年执行数 823.35 ÷ 全年预算数 846.20")


def test_the_losses_of_the_lines_add_up_to_the_loss_of_the_total():
    lines, _ = rows(department_form())
    *parts, total = lines.values()
    for column in (1, 2, 3, 4, 5):
        assert sum(float(row[column]) for row in parts) == float(total[column])


def test_what_the_policy_does_not_compute_keeps_the_stated_score_and_says_so():
    lines, _form = rows(with_row(department_form(), "全民阅读服务网络", actual="尚有两镇未通", score="12"))
    row = lines["全民阅读服务网络"]
    assert row[3] == "沿用自评" and row[5] == "—" and "政策没有规定计算办法" in row[6]
    assert row[6].endswith("单位没有说明扣分的原因。")
    assert "规则" not in row[6]


def test_the_cap_of_the_total_has_a_line_of_its_own():
    strict = parse_policy(HEAD + "[execution]\ncaps = [{ below = 0.98, maximum = 90 }]\n", source_name="here")
    lines, _form = rows(department_form(), strict)
    assert "规则D07" in lines["总分上限"][6] and lines["总分上限"][3] == "90"
    assert lines["合计"][3] == "90"


def test_a_document_without_scores_has_no_statement_and_loses_nothing():
    document, _ = made(department_form())
    bare = {**document, "files": [{**document["files"][0], "forms": []}]}
    assert statement(bare) == () and not loses_points(bare)
    assert loses_points(document)


def test_a_form_that_came_as_word_and_as_excel_alike_has_one_statement_and_two_that_differ_have_two():
    document, once = made(department_form())
    (entry,) = document["files"]
    (form,) = entry["forms"]
    padded = {**form, "indicators": [{**row, "weight": f"{row['weight']}.00"} for row in form["indicators"]]}
    copy = {**document, "files": [entry, {**entry, "file": "表.xlsx", "forms": [padded]}]}
    assert statement(copy) == once
    other = {**form, "indicators": [{**row, "score": "1"} for row in form["indicators"]]}
    assert len(statement({**document, "files": [entry, {**entry, "forms": [other]}]})) == 2
