from __future__ import annotations

from decimal import Decimal

import pytest

from selfeval.labels import squash
from selfeval.policy import load_policy
from selfeval.rules import Expected, judge
from selfeval.statements import figures
from tests.selfeval.build import CODE, UNIT, YEAR
from tests.selfeval.rules.text_samples import alone, clean_filing

POLICY = load_policy("national-2020")


def codes(filing) -> list[str]:
    return [finding.code for finding in judge(filing, POLICY).findings]


def test_a_clean_report_beside_clean_forms_is_silent():
    assert judge(clean_filing(), POLICY, Expected(UNIT, CODE, YEAR)).findings == ()


@pytest.mark.parametrize(
    ("text", "label", "value", "unit"),
    [
        ("全市共完成储备土地7,500.50亩", "储备土地", "7500.50", "亩"),
        ("其中新增耕地2公顷", "新增耕地", "30", "亩"),
        ("2025年基本支出决算数为23693200元", "基本支出决算", "2369.32", "万元"),
        ("惠及群众1.2万人", "惠及群众", "12000", "人"),
        ("公用经费（含水电费）12.5万元", "公用经费", "12.5", "万元"),
        ("12份申请政府信息公开均已办结", "申请政府信息公开", "12", "份"),
    ],
)
def test_a_figure_is_read_with_label_and_common_unit(text, label, value, unit):
    (figure,) = figures(squash(text))
    assert (figure.label, figure.value, figure.unit) == (label, Decimal(value), unit)


@pytest.mark.parametrize(
    "text", ["2025年6月10日", "财绩〔2024〕46号", "1:500地形图", "第18次会议", "减少513.5,7万元"]
)
def test_dates_numbers_of_documents_and_broken_numbers_are_no_figures(text):
    assert figures(squash(text)) == ()


def test_the_whole_may_stand_in_the_sentence_before():
    assert codes(alone("基本支出决算数为100.00万元。", "其中人员经费60.00万元，公用经费41.00万元。")) == [
        "R01"
    ]


def test_classes_in_one_unit_are_held_against_a_budget_in_another():
    found = judge(
        alone(
            "经费下达：工资福利支出100.00万元，商品和服务支出50.00万元，对个人和家庭的补助20.00万元。",
            "全年预算数1750000元。",
        ),
        POLICY,
    ).findings
    assert [finding.code for finding in found if finding.severity == "error"] == ["R01"]
    assert "1750000元" in found[0].message and "170" in found[0].message


def test_a_percentage_cut_off_is_a_warning_and_a_wrong_one_an_error():
    cut, wrong = (
        judge(alone(f"消除隐患76处，超额{said}%完成省里70处任务。"), POLICY).findings
        for said in ("8.5", "9.5")
    )
    assert [(f.code, f.severity.value) for f in cut] == [("R02", "warning")]
    assert [(f.code, f.severity.value) for f in wrong] == [("R02", "error")]
