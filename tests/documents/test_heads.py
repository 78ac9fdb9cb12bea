"""Who a form is about, its year and its score, where they stand otherwise than beside a label of their own."""

from __future__ import annotations

import pytest

from selfeval.filing import FundingRole
from tests.documents import layouts_counties, tagged
from tests.documents.drawn import BOTH, one

_ROWS = """
项目资金（万元）|年初预算数|全年预算数|全年执行数|分值|得分
年度资金总额|40|40|38|10|9.5
一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
产出指标|数量指标|培训人数|≥60人|62人|50|50
效益指标|社会效益|就业人数|≥20人|21人|40|40
"""


def form(*heads: str, ending: str = "docx"):
    width = "|<" * 6
    return one("\n".join(f"{head}{width[2 * head.count('|') :]}" for head in heads) + _ROWS, ending)


@BOTH
def test_a_unit_named_together_with_a_person_is_the_unit_alone(ending):
    drawing = tagged.drawing(layouts_counties.TIERS_OF_DEPARTMENTS_AND_NUMBERED_NAMES)
    assert one(drawing, ending).unit == "戈岭县草原站"


@BOTH
def test_the_department_of_the_lowest_tier_is_that_of_the_unit(ending):
    said = "中央主管部门|卫生主管部门", "省级主管部门|省卫生厅", "县级主管部门|澄县卫生局"
    assert form("项目支出绩效自评表", *said, ending=ending).department == "澄县卫生局"
    assert form("项目支出绩效自评表", *reversed(said), ending=ending).department == "澄县卫生局"


@BOTH
@pytest.mark.parametrize("label", ["部门", "主管部门"])
def test_a_department_that_files_its_own_form_is_its_unit(label, ending):
    read = form("部门整体支出绩效自评表", "（2024年度）", f"{label}|澄县档案馆", ending=ending)
    assert read.unit == "澄县档案馆"


@BOTH
@pytest.mark.parametrize(
    ("line", "year"),
    [
        ("2024年渠道清淤资金使用情况", 2024),
        ("（2024年）", 2024),
        ("(2024 年)", 2024),
        ("2024年", 2024),
        ("2025年3月10日填报", None),
    ],
)
def test_a_year_in_a_line_of_its_own_is_that_of_the_form(line, year, ending):
    assert form("项目支出绩效自评表", line, "项目名称|渠道清淤", ending=ending).year == year


@BOTH
def test_a_year_beside_the_score_is_that_of_the_form(ending):
    read = form("项目支出绩效自评表", "（2024年度）|项目总得分|99.5分", "项目名称|渠道清淤", ending=ending)
    assert (read.year, read.reported_score.text) == (2024, "99.5分")


@BOTH
@pytest.mark.parametrize("space", [" ", "  ", "　"])
def test_a_total_written_with_its_figure_above_the_form_is_the_score(space, ending):
    said = f"填报日期：2025.3.5{space}总分：99.5分"
    read = form("项目支出绩效自评表", said, "项目名称|渠道清淤", ending=ending)
    assert read.reported_score.text == "99.5分"
    within = form("项目支出绩效自评表", "填报日期：2025.3.5|总分：99.5分", "项目名称|渠道清淤", ending=ending)
    assert within.reported_score.text == "99.5分"
    # In a cell of its own it may head what can be got.
    apart = form("项目支出绩效自评表", "项目名称|渠道清淤|总分|100", ending=ending)
    assert not apart.reported_score


@BOTH
def test_a_row_of_amounts_under_their_sources_is_the_total(ending):
    read = one(
        """
        项目支出绩效自评表|<|<|<|<|<|<|<
        项目名称|渠道清淤|<|<|<|<|<|<
        项目资金来源|中央（万元）|省级（万元）|本级（万元）|其他（万元）|合计（万元）|执行数（万元）|执行率
        ^|150||84||234|230.1|98.33%
        一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|备注
        产出指标|数量指标|清淤长度|≥6公里|6.2公里|100|100|
        """,
        ending,
    )
    (line,) = read.funding
    assert (line.label, line.role) == ("合计", FundingRole.TOTAL)
    assert (line.adjusted_budget.text, line.executed.text) == ("234", "230.1")


@BOTH
def test_a_part_joined_to_its_word_by_a_dash_is_a_source(ending):
    read = one(
        """
        项目绩效目标完成情况表|<|<|<|<|<
        （2023年度）|<|<|<|<|<
        项目名称|<|敬老院锅炉更换|<|<|<
        预算执行情况（万元）|预算数：|<|86|执行数：|86
        ^|其中-财政拨款：|<|80|其中-财政拨款：|80
        ^|其它资金：|<|6|其它资金：|6
        绩效指标完成情况|一级指标|二级指标|三级指标|预期指标值（包含数字及文字描述）|实际完成指标值（包含数字及文字描述）
        ^|项目完成指标|数量指标|更换锅炉|3台|3台
        """,
        ending,
    )
    assert [line.role for line in read.funding] == [
        FundingRole.TOTAL,
        FundingRole.APPROPRIATION,
        FundingRole.OTHER_FUNDS,
    ]
    assert [line.executed.text for line in read.funding] == ["86", "80", "6"]


@BOTH
@pytest.mark.parametrize("heading", ["实施进度", "完成进度", "单项指标实际完成值", "年终完成值"])
def test_a_result_may_be_headed_by_how_far_the_work_has_come(heading, ending):
    read = one(
        f"""
        项目绩效目标完成情况表|<|<|<|<
        （2023年度）|<|<|<|<
        项目名称|渠道清淤|<|<|<
        一级指标|二级指标|三级指标|指标值|{heading}
        产出指标|数量指标|清淤长度|≥12公里|12.4公里
        """,
        ending,
    )
    assert [row.actual.text for row in read.indicators] == ["12.4公里"]


@BOTH
def test_a_row_of_totals_says_the_score_below_and_none_at_the_head(ending):
    read = one(f"项目支出绩效自评表{'|<' * 5}{_ROWS}自评总分|<|<|<|100|99.5", ending)
    assert (read.reported_score.text, read.head_score) == ("99.5", None)


@BOTH
def test_a_score_beside_its_label_is_the_one_at_the_head_though_more_follows(ending):
    read = form("项目支出绩效自评表", "自评得分|98|复核得分|97", ending=ending)
    assert read.head_score.text == "98"


@BOTH
def test_personnel_and_operating_cost_below_the_basic_expenditure_are_its_parts(ending):
    form = one(
        """
        2023年度部门整体支出绩效自评表
        部门名称|<|<|石桥县档案馆|<|<|<|<|<
        预算资金（万元）||<|年初预算数|全年预算数|全年执行数|分值|执行率|得分
        ^|年度资金总额|<|300|320|310|10|96.88%|9.69
        ^|其中：基本支出|<|200|200|195||97.5%|
        ^|人员经费|<|160|160|157||98.13%|
        ^|公用经费|<|40|40|38||95%|
        ^|项目支出|<|100|120|115||95.83%|
        绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析及改进措施
        ^|产出指标|数量指标|整理卷数|3000卷|3000卷|90|90|
        总分|<|<|<|<|<|100|99.69|
        """,
        ending,
    )
    basic, total = FundingRole.BASIC_EXPENDITURE, FundingRole.TOTAL
    assert [f.part_of for f in form.funding] == [None, total, basic, basic, total]


@BOTH
def test_a_total_below_its_parts_holds_them(ending):
    read = one(
        """
        2023年度项目支出绩效自评表|<|<|<|<|<
        项目名称|渠道清淤|<|<|<|<
        资金来源|全年预算数|全年执行数|执行率|<|<
        中央资金|150|148|98.67%|<|<
        省级资金|84|80|95.24%|<|<
        合计|234|228|97.44%|<|<
        一级指标|二级指标|三级指标|年度指标值|实际完成值|分值
        产出指标|数量指标|清淤长度|≥6公里|6.2公里|100
        """,
        ending,
    )
    total = FundingRole.TOTAL
    assert [(line.role is total, line.part_of) for line in read.funding] == [
        (False, total),
        (False, total),
        (True, None),
    ]
