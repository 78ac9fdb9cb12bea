from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from selfeval.filing import Cell, FundingLine, FundingRole
from selfeval.findings import Severity
from selfeval.labels import squash
from selfeval.policy import load_policy
from selfeval.rules import Expected, judge
from selfeval.statements import figures
from tests.selfeval.build import CODE, UNIT, YEAR, department_form, filing
from tests.selfeval.rules.text_samples import alone, clean_filing, report, told

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
        ("2025年基本支出决算数为24185600元", "基本支出决算", "2418.56", "万元"),
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


SOUND = (
    "项目总投资5000万元，已到位3000万元，到位率60%，支付2400万元，支付率80%，完成投资4500万元，占总投资的90%。",
    "全年下达资金860万元，支付820万元，支付率95.35%，其中中央资金600万元、支付590万元，支付率98.33%。",
    "非常满意150人，满意30人，基本满意15人，不满意5人，满意度96.25%。",
    "2025年完成投资12亿元，同比增长8.5%，占年度计划的102%。",
    "抽检食品420批次，合格415批次，不合格5批次，合格率98.81%，处置率100%。",
    "粮食总产量15.6万吨，增长2.1%，其中水稻9.8万吨，增长1.8%，占比62.82%。",
    "收入预算1000万元，比上年900万元增加100万元，增长11.11%，主要是人员增加80万元、项目增加20万元。",
    "全县低保对象3200户5600人，较上年3350户5900人分别减少150户、300人。",
    "共有党员86人，占职工总数的45.3%；35岁以下42人，占22.1%。",
    "城镇新增就业3200人，完成目标任务的106.67%，失业率控制在4%以内。",
    "年初预算200万元，执行中追加50万元，其中财政追加30万元、上级补助20万元，调整后预算250万元。",
    "一季度支出10万元，二季度支出20万元，三季度支出20万元，全年支出80万元，四季度占37.5%。",
    "由于项目延期，资金结转30万元，占预算的10%。",
    "累计建成120公里，其中2025年新建20公里，完成率100%。",
    "合计到位资金500万元，其中省级300万元，市级200万元，合计支出450万元，支出率90%。",
    "2025年度部门预算收入1250.36万元，其中：一般公共预算拨款收入1100.36万元，其他收入150万元。",
    "全年支出合计1200万元，其中基本支出800万元，占66.67%；项目支出400万元，占33.33%。",
    "年初结转结余50万元，本年收入1200万元，本年支出1180万元，年末结转70万元。",
    "部门年初预算1000万元，其中基本支出600万元，项目支出400万元；年中追加200万元，全年预算1200万元，实际支出1150万元，执行率95.83%。",
    "三公经费决算数35.2万元，较上年减少3.1万元，下降8.09%，其中：公务接待费2.1万元，较上年减少0.5万元；公务用车运行维护费33.1万元，较上年减少2.6万元。",
    "下达资金5000万元（其中中央资金3000万元，省级资金1500万元），到位4500万元，到位率90%。",
    "全市共有学校120所（小学80所、初中30所）。",
    "收到建议5件，提案10件，已办结12件，未办结3件。",
    "收入1200万元，支出1180万元，其中：财政拨款收入1000万元，其他收入200万元。",
    "下达资金600万元，到位资金500万元，支付400万元，资金支付率80%。",
    "计划培训500人，实际培训520人，完成率100%。",
    "购置书架12组，完成率100%；建成书库1650平方米，完成目标1600平方米的103.13%；采购周期84天。",
    "人员经费454万元，较上年增加5万元，占基本支出84.07%；基本支出540万元。",
    "其中公务接待费2万元，三公经费总体较上年减少3万元，下降8%。",
    "共有编制50名，其中行政编制20名，事业编制25名。",
    "收入、支出分别为100万元、90万元，总资产500万元。",
    "2025年末资产总额5600万元，较年初增加600万元，增长12%，其中流动资产2000万元，固定资产3000万元，其他资产600万元。",
    "基本支出100万元：人员经费60万元，公用经费20万元，对个人和家庭的补助20万元。",
    "发放问卷200份，收回有效问卷190份，回收率95%，满意度96.3%。",
    "全县建成高标准农田2.5万亩，其中新建1.5万亩、改造提升1万亩，完成任务的125%。",
    "新建公路35公里，完成年度计划30公里的116.67%。",
    "2024年完成造林500亩，2025年完成造林800亩。",
    "项目总投资3000万元，其中：中央预算内投资1800万元，地方配套1200万元，2025年到位2000万元，支付1500万元，支付率75%。",
    "政府采购预算100万元，实际采购90万元，节约10万元，节约率10%。",
    "全年接待群众来访120批次300人次，办结118批次，办结率98.33%。",
    "我局下设8个科室，3个二级单位，编制65人，其中行政编制30人，事业编制35人，实有人员60人，其中行政28人，事业32人，退休人员20人。",
)


@pytest.mark.parametrize("text", SOUND)
def test_sound_sentences_raise_no_error(text):
    assert [f.message for f in judge(alone(text), POLICY).findings if f.severity == "error"] == []


def test_sound_sentences_in_one_section_raise_no_error():
    assert [f.message for f in judge(alone(*SOUND), POLICY).findings if f.severity == "error"] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("全年支出合计1200万元，其中基本支出800万元、项目支出300万元。", "R01"),
        ("2025年末编制40人，在职38人，控制率105%。", "R02"),
        ("年初预算1000万元，全年预算1200万元，全年执行数1100万元，预算执行率95.83%。", "R02"),
        ("公务接待费8万元，较上年减少2万元，下降25%。", "R02"),
        ("计划培训500人，实际培训450人，完成率95%。", "R02"),
        ("一般公共预算支出500万元，其中人员经费300万元，公用经费150万元，项目支出150万元。", "R01"),
        ("基本支出500万元，其中人员经费300万元，占基本支出70%。", "R02"),
        ("三公经费支出10万元，其中公务接待费4万元，公务用车运行维护费7万元。", "R01"),
        ("资金到位800万元（中央500万元、省级200万元、县级200万元）。", "R01"),
    ],
)
def test_figures_that_cannot_both_hold_are_an_error(text, code):
    assert [f.code for f in judge(alone(text), POLICY).findings if f.severity == "error"] == [code]


@pytest.mark.parametrize(
    "text",
    [
        "上半年举办阅读推广活动21场。",
        "截至2025年6月底，举办阅读推广活动21场。",
        "累计举办阅读推广活动380场，当年举办阅读推广活动57场。",
    ],
)
def test_a_part_of_the_year_and_many_years_are_no_contradiction_of_the_year(text):
    whole = alone("全年举办阅读推广活动57场。", text, section="（一）产出情况")
    assert [c for c in codes(whole) if c.startswith("X2")] == []


def test_the_spending_beside_a_budget_is_held_against_the_base_data():
    found = [f for f in judge(told("支出7.46万元|支出6.47万元"), POLICY).findings if f.code == "X20"]
    assert [f.severity.value for f in found] == ["error"]
    assert "6.47" in found[0].message and "7.46" in found[0].message


@pytest.mark.parametrize(
    ("amounts", "severity"),
    [
        (("812.40", "846.20", "803.35"), Severity.ERROR),
        (("812.40", "846.20", "823.35"), None),
        # 一般公共预算 alone: another scope, said as such.
        (("812.40", "846.20", "796.35"), Severity.INFO),
        (("700.00", "710.00", "705.00"), Severity.WARNING),
    ],
)
def test_what_a_report_tells_of_the_whole_money_is_held_against_the_department_form(amounts, severity):
    columns = ("initial_budget", "adjusted_budget", "executed")
    at = report().sentences[0].at
    cells = {column: Cell(said, Decimal(said), at) for column, said in zip(columns, amounts, strict=True)}
    line = FundingLine("年度资金总额", FundingRole.TOTAL, at, **cells)
    told_of = filing(department_form(), replace(report(), funding=(line,)))
    found = [f.severity for f in judge(told_of, POLICY).findings if f.code == "X32"]
    assert set(found) == ({severity} if severity else set())
