"""What a report tells of several projects in one sentence, each held against its own form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from selfeval.filing import Position, Sentence
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.selfeval.build import filing, project_form, second_project_form, with_row
from tests.selfeval.rules.text_samples import report

POLICY = load_policy("national-2020")
MONEY = (
    "馆藏图书采购项目全年预算156万元，实际支出148.20万元，执行率95%；"
    "阅读推广项目年初预算132.40万元，调整后141.50万元，实际支出134万元，执行率94.7%。"
)
SCORES = "馆藏图书采购、阅读推广两个项目自评得分分别为99.5分和99.47分，等级均为优。"

LISTED = "两个项目自评得分分别为：馆藏图书采购99.5分，阅读推广99.47分，等级均为优。"


def found(*texts: str, section: str = "二、自评情况") -> list[tuple[str, str]]:
    sentences = tuple(Sentence(t, Position(section, n, sentence=True)) for n, t in enumerate(texts, 1))
    told = replace(report(), sentences=sentences, reported_score=None, title="2025年度项目支出绩效自评报告")
    judged = judge(filing(project_form(), second_project_form(), told), POLICY).findings
    return [(f.code, f.message) for f in judged if f.severity in ("error", "warning") and f.code != "A18"]


def test_a_report_that_tells_of_each_project_what_its_form_says_is_let_pass():
    assert found(MONEY, SCORES) == []
    assert found(MONEY, LISTED) == []
    assert found("馆藏图书采购项目得分99.5分；阅读推广项目得分99.47分。") == []


@pytest.mark.parametrize(
    ("text", "wrong", "code", "quoted"),
    [
        (MONEY, "实际支出134万元|实际支出143万元", "X32", ("143万元", "134.00", "阅读推广")),
        (MONEY, "预算156万元|预算165万元", "X32", ("165万元", "156.00", "馆藏图书采购")),
        (LISTED, "99.47分|94.97分", "X33", ("94.97", "99.47", "阅读推广")),
        (SCORES, "99.47分|94.97分", "X33", ("94.97", "99.47", "阅读推广")),
    ],
)
def test_the_figure_of_one_of_several_projects_is_held_against_its_form(text, wrong, code, quoted):
    messages = [message for said, message in found(text.replace(*wrong.split("|"))) if said == code]
    assert len(messages) == 1 and all(figure in messages[0] for figure in quoted)


RESULTS = "采购中文图书6000册；流动书车下乡任务92次；惠及受益读者2.1万人次，完成年度目标的105%。"


def test_without_a_form_of_the_whole_the_results_are_those_of_the_projects_forms():
    section = "三、绩效目标实现情况"
    assert found(RESULTS, SCORES, section=section) == []
    said = found(RESULTS.replace("6000册", "6200册"), SCORES, section=section)
    assert [code for code, _ in said] == ["X21"] and "6200册" in said[0][1] and "6000册" in said[0][1]
    said = found("受益读者2.1万人次，完成年度目标的115%。", SCORES, section=section)
    assert [code for code, _ in said] == ["X31"] and "105.00%" in said[0][1]


def test_a_name_that_two_projects_bear_is_held_against_neither():
    section = "三、绩效目标实现情况"
    second = with_row(
        second_project_form(), "流动书车下乡", name="采购中文图书", target="90册", actual="92册"
    )
    sentence = Sentence("采购中文图书6092册。", Position(section, 1, sentence=True))
    told = replace(report(), sentences=(sentence,), title="2025年度项目支出绩效自评报告")
    judged = judge(filing(project_form(), second, told), POLICY).findings
    assert not [f for f in judged if f.code in ("X21", "X22", "X31")]


def test_a_rate_that_is_an_indicators_own_result_needs_no_denominator():
    said = "整治渠道面积12.5亩，绿化面积3.2亩，补种面积1.4亩，良种覆盖率97.1%。"
    assert [code for code, _ in found(said, SCORES)] == ["R10"]
    rate = with_row(project_form(), "图书验收合格率", name="良种覆盖率", target="≥96%", actual="97.1%")
    sentences = tuple(
        Sentence(t, Position("二、自评情况", n, sentence=True)) for n, t in enumerate((said, SCORES), 1)
    )
    told = replace(report(), sentences=sentences, reported_score=None, title="2025年度项目支出绩效自评报告")
    judged = judge(filing(rate, second_project_form(), told), POLICY).findings
    assert not [f for f in judged if f.code == "R10"]
