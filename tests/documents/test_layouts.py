"""The layout families of other places, each as Word and as Excel."""

from __future__ import annotations

from decimal import Decimal

import pytest

from documents.reading import read_file
from selfeval.filing import Form, FormKind, FundingRole
from tests.documents import builders, layouts
from tests.documents.drawn import BOTH, one, one_of, read, rows

DRAWINGS = {name: value for name, value in vars(layouts).items() if name.isupper()}


def amounts(form: Form) -> list[tuple[object, ...]]:
    return [
        (
            f.label,
            f.role,
            *(None if c is None else c.number for c in (f.initial_budget, f.adjusted_budget, f.executed)),
        )
        for f in form.funding
    ]


@BOTH
@pytest.mark.parametrize(
    ("name", "points"),
    [("TWENTY_AND_EIGHTY", 80), ("NATURE_VALUE_UNIT", 90), ("HEADING_IN_TWO_ROWS", None)],
)
def test_the_points_of_all_indicators_stand_beside_them(name, points, ending):
    assert one(DRAWINGS[name], ending).indicator_points == points


REASONED = r"""
项目支出绩效自评表（2023年度）|<|<|<|<|<|<|<|<|<
项目名称|古桥修缮|<|<|<|<|<|<|<|<
预算执行情况（10分）|年度预算数（万元）|<|年初预算|调整后预算数|预算执行数|预算执行率|权重|得分|原因
^|总额|<|50|45|36|80%|10|8|结算审计未完成，尾款次年支付
^|其中：财政资金|<|50|45|36|80%|/|/|^
绩效指标（90分）|一级指标|二级指标|三级指标|指标性质|指标值|度量单位|完成值|权重|得分
^|产出指标|数量指标|修缮古桥|≥|3|座|3|60|60
^|效益指标|社会效益|受益村民|≥|900|人|950|30|30
合计|<|<|<|<|<|<|<|100|98
说明|年中压减5万元|<|<|<|<|<|<|<|<
备注：1.其他资金包括：社会投入资金、银行贷款。2.执行率低于90%的需说明原因（100字以内）。|<|<|<|<|<|<|<|<|<
"""


@BOTH
def test_reasons_of_the_form_as_a_whole_are_read_and_its_own_hints_are_not(ending):
    said = [(entry.label, entry.cell.text) for entry in one(REASONED, ending).reasons]
    assert said == [("原因", "结算审计未完成，尾款次年支付"), ("说明", "年中压减5万元")]


@BOTH
def test_a_row_for_reasons_is_there_also_when_it_says_none(ending):
    said = [(entry.label, entry.cell.text) for entry in one(layouts.TWENTY_AND_EIGHTY, ending).reasons]
    assert said == [("偏差大或目标未完成原因分析", "无")]


@pytest.mark.parametrize("name", DRAWINGS)
def test_word_and_excel_of_one_layout_are_read_alike(name):
    word, excel = read(DRAWINGS[name], "docx"), read(DRAWINGS[name], "xlsx")
    assert len(word) == len(excel) > 0
    for one_form, other in zip(word, excel, strict=True):
        assert rows(one_form) == rows(other) != []
        assert amounts(one_form) == amounts(other)
        assert (
            one_form.kind,
            one_form.title,
            one_form.project,
            one_form.unit,
            one_form.department,
            one_form.year,
        ) == (other.kind, other.title, other.project, other.unit, other.department, other.year)


@BOTH
def test_prefixes_filler_rows_and_repeated_headings_of_the_central_form(ending):
    form = one(layouts.CENTRAL, ending)
    assert (form.kind, form.project, form.unit, form.department, form.year) == (
        FormKind.PROJECT,
        "河道清淤",
        "河道所",
        "水务局",
        2023,
    )
    assert [i.name for i in form.indicators] == [
        "清淤长度",
        "验收合格率",
        "完成时间",
        "控制成本",
        "防洪能力",
        "群众满意度",
    ]
    assert form.indicators[0].deviation_note.text == "汛期停工"
    assert [i.level1 for i in form.indicators] == ["产出指标"] * 4 + ["效益指标", "满意度指标"]
    assert form.indicators[0].level1_weight == 50
    assert (form.total_weight.number, form.reported_score.number) == (100, 94)
    assert amounts(form)[0] == ("年度资金总额", FundingRole.TOTAL, 100, Decimal("120.5"), Decimal("96.4"))
    assert [f.part_of for f in form.funding] == [None] + [FundingRole.TOTAL] * 3
    assert [c.text for c in form.goals[0]] == ["清淤十公里", "清淤八公里"]


@BOTH
def test_a_weight_column_before_the_target_is_still_the_weight(ending):
    form = one(layouts.WEIGHT_BEFORE_TARGET, ending)
    assert rows(form)[0] == ("产出指标", "数量指标", "★扶持户数", "≥300户", "310户", "25", "25")
    # An unscored 其中 row is a row of its own without weight and score.
    assert rows(form)[1] == ("产出指标", "数量指标", "其中：脱贫户", "≥100户", "90户", "", "")
    total = form.total
    assert total.initial_budget is None
    # 100.00 without a percent sign is 100%, as its own amounts say.
    assert (total.execution_rate.text, total.execution_rate.number) == ("100.00", 1)


@BOTH
def test_nature_value_and_unit_stand_in_columns_of_their_own(ending):
    form = one(layouts.NATURE_VALUE_UNIT, ending)
    assert [(i.nature, i.target.text, i.unit, i.actual.number) for i in form.indicators] == [
        ("≥", "500", "人", 500),
        ("≥", "95", "%", Decimal("0.97")),
        ("定性", "提升", "", None),
        ("≥", "90", "%", Decimal("0.95")),
    ]
    assert [f.role for f in form.funding] == [
        FundingRole.TOTAL,
        FundingRole.APPROPRIATION,
        FundingRole.SPECIAL_ACCOUNT,
        FundingRole.OTHER_FUNDS,
        FundingRole.OTHER_FUNDS,
    ]
    assert form.total.weight.number == 10
    assert (form.reported_score.number, form.total_weight.number) == (Decimal("97.8"), 100)


@BOTH
def test_a_form_without_weights_takes_the_execution_weight_from_its_heading(ending):
    form = one(layouts.TWENTY_AND_EIGHTY, ending)
    assert form.total.weight.number == 20 and form.total.score.number == 19
    assert [i.weight for i in form.indicators] == [None] * 4
    # One score merged over two rows counts once.
    assert [i.score.number for i in form.indicators] == [30, None, 40, 10]
    assert form.total_weight is None and form.reported_score.number == 99


@BOTH
def test_a_heading_in_two_rows_and_a_remark_before_the_total(ending):
    form = one(layouts.HEADING_IN_TWO_ROWS, ending)
    assert form.amount_unit == "元" and form.total.executed.number == 480000
    assert [(i.nature, i.target.text, i.unit) for i in form.indicators][:2] == [
        (">=", "120", "株"),
        (">=", "95", "%"),
    ]
    assert (form.total_weight.text, form.reported_score.text, form.reported_grade.text) == (
        "100",
        "95.6",
        "优",
    )


@BOTH
def test_a_flat_list_takes_the_adjusted_target_where_there_is_one(ending):
    form = one(layouts.FLAT_LIST, ending)
    assert rows(form) == [
        ("", "", "演出场次", "18", "18", "45", "45"),
        ("", "", "观众满意度", "90", "88", "45", "43.5"),
    ]
    assert form.reported_score.number == Decimal("98.5")


@BOTH
def test_self_score_and_recheck_score_are_kept_apart(ending):
    form = one(layouts.RECHECK, ending)
    assert [(i.score.number, i.recheck_score.number) for i in form.indicators] == [(20, 19), (20, 20)]
    assert (form.reported_score.number, form.recheck_total.number) == (40, 39)


@BOTH
def test_a_label_beside_its_amount_under_one_wide_heading(ending):
    form = one(layouts.LABEL_BESIDE_AMOUNT, ending)
    assert amounts(form) == [
        ("预算数", FundingRole.TOTAL, None, 400, 380),
        ("其中：财政资金", FundingRole.APPROPRIATION, None, 400, 380),
    ]
    assert form.reported_score.number == 89


@BOTH
def test_columns_of_other_years_and_of_method_are_not_taken_for_the_actual_value(ending):
    form = one(layouts.WIDEST, ending)
    assert [(i.target.text, i.actual.text) for i in form.indicators] == [
        (">=5", "5"),
        (">=95", "95"),
        ("提升", "达成预期指标"),
    ]
    assert form.reported_score.number == 100


@BOTH
def test_tasks_of_a_department_form_are_its_funding_lines(ending):
    form = one(layouts.TASKS, ending)
    assert form.kind is FormKind.DEPARTMENT
    assert [f.label for f in form.funding] == ["档案整理", "馆舍修缮", "金额合计"]
    assert form.total.executed.number == 48
    assert len(form.footer) == 1


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_funds_stated_pair_by_pair_without_a_table_are_one_line(ending):
    form = one(layouts.PAIRS, ending)
    line = form.total
    assert (line.initial_budget.number, line.adjusted_budget.number, line.executed.number) == (
        1050,
        1100,
        1045,
    )
    assert (line.execution_rate.number, line.weight.number) == (Decimal("0.95"), 10)
    assert (line.score.text, form.reported_score.text, form.reported_grade.text) == ("9.5", "98", "优")


@pytest.mark.parametrize("word", ["性质", "类别"])
def test_a_two_column_text_layout_says_its_amounts_inside_the_labels(word):
    form = one_of(
        builders.word(
            """
            附件2
            2023年度部门整体支出绩效自评表
            """,
            f"""
            县级预算部门名称|<|<|石桥县档案馆|<|<|<|<|<
            年度预算申请（万元）||<|年初预算数|全年预算数|全年执行数|分值|执行率|得分
            ^|年度资金总额|<|300|320|310|10|96.88%|9.69
            ^|按收入{word}分：320|<|<|按支出{word}分：320|<|<|<|<
            ^|其中：  一般公共预算：300.5|<|<|其中：基本支出：200|<|<|<|<
            ^|政府性基金拨款：|<|<|项目支出：1 20.x|<|<|<|<
            ^|其他资金：1,9.50|<|<||<|<|<|<
            绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析及改进措施
            ^|产出指标|数量指标|整理卷数|3000卷|3000卷|90|90|
            总分|<|<|<|<|<|100|99.69|
            """,
        )
    )
    assert form.unit == "石桥县档案馆" and form.year == 2023
    said = [(f.label, f.role, f.part_of, f.amount.number) for f in form.funding if f.amount is not None]
    assert said == [
        (f"按收入{word}分", FundingRole.BY_SOURCE, None, 320),
        (f"按支出{word}分", FundingRole.BY_NATURE, None, 320),
        ("其中：一般公共预算", FundingRole.GENERAL_BUDGET, FundingRole.BY_SOURCE, Decimal("300.5")),
        ("其中：基本支出", FundingRole.BASIC_EXPENDITURE, FundingRole.BY_NATURE, 200),
        ("政府性基金拨款", FundingRole.FUND_BUDGET, FundingRole.BY_SOURCE, None),
        ("项目支出", FundingRole.PROJECT_EXPENDITURE, FundingRole.BY_NATURE, None),
        ("其他资金", FundingRole.OTHER_FUNDS, FundingRole.BY_SOURCE, Decimal("19.50")),
    ]


@BOTH
def test_a_blank_form_is_a_template(ending):
    blank = """
    项目支出绩效自评表|<|<|<|<|<|<|<
    （    年度）|<|<|<|<|<|<|<
    项目名称|||||||
    项目资金（万元）||年初预算数|全年预算数|全年执行数|分值|执行率|得分
    ^|年度资金总额||||10||
    绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
    ^|产出指标（50分）|数量指标|……||||
    ^|^|质量指标|指标1：||||
    总分|<|<|<|<|<|100|
    """
    assert [f.kind for f in read(blank, ending)] == [FormKind.TEMPLATE]


def test_a_rate_without_a_percent_sign_means_what_its_amounts_say():
    for text, number in [("79.27", "0.7927"), ("1", "1"), ("100", "1"), ("0.95", "0.95")]:
        spent = Decimal(number) * 200
        form = one_of(
            builders.word(
                f"""
                项目名称|甲||||||
                项目资金（万元）||年初预算数|全年预算数|全年执行数|分值|执行率|得分
                ^|年度资金总额|200|200|{spent}|10|{text}|8
                绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
                ^|产出指标|数量指标|次数|3次|3次|90|90
                """
            )
        )
        assert form.total.execution_rate.number == Decimal(number), text


@BOTH
def test_a_printed_scoring_method_is_no_score_and_a_weight_may_be_broken(ending):
    form = one(layouts.METHOD_PRINTED, ending)
    assert [(i.weight.number, i.score.number) for i in form.indicators] == [
        (Decimal("12.5"), Decimal("12.5")),
        (Decimal("12.5"), Decimal("12.5")),
        (Decimal("12.5"), 10),
        (Decimal("12.5"), Decimal("12.5")),
        (30, 28),
        (10, 10),
    ]
    assert form.indicators[2].deviation_note.text == "施工延期"
    total = form.total
    assert (total.initial_budget.number, total.adjusted_budget, total.executed.number) == (80, None, 72)
    assert total.weight.number == 10 and form.year == 2016


@BOTH
def test_statements_about_the_management_of_funds_are_skipped_and_not_misread(ending):
    form = one(layouts.TRANSFER, ending)
    assert [f.label for f in form.funding] == ["年度资金总额", "其中：中央财政资金", "地方资金", "其他资金"]
    assert [c.text for c in form.goals[0]] == ["保护湿地", "已保护"]
    assert [i.name for i in form.indicators] == ["湿地面积", "完好率", "湿地生态", "群众满意度"]
    assert form.indicators[0].deviation_note.text == "资金到位晚"
    assert all(i.weight is None and i.score is None for i in form.indicators)
    assert (form.project, form.department, form.unit) == ("湿地保护补助", "林业局", "湿地中心")


@BOTH
def test_weights_in_percent_and_a_budget_after_integrated_funds(ending):
    form = one(layouts.PERCENT_WEIGHTS, ending)
    assert amounts(form)[0] == ("资金总额", FundingRole.TOTAL, 500, 400, 380)
    assert form.total.weight.number == 20
    assert [i.weight.number for i in form.indicators] == [20, 15, 25, 20]
    assert (form.total_weight.number, form.reported_score.number) == (80, 77)


@BOTH
def test_a_form_without_any_points_keeps_targets_and_results(ending):
    form = one(layouts.COUNTY_PLAN, ending)
    assert [(i.name, i.target.text, i.actual.text) for i in form.indicators] == [
        ("加固校舍", "2栋", "2栋"),
        ("完工时间", "8月底前", "8月20日"),
        ("受益学生", "≥800人", "856人"),
    ]
    assert amounts(form) == [("年度资金总额", FundingRole.TOTAL, 120, 120, Decimal("118.8"))]
    assert form.reported_score is None and form.indicators[0].score is None


@BOTH
def test_a_total_row_that_slipped_a_column_keeps_weight_score_and_grade(ending):
    form = one(layouts.TOTAL_WITH_GRADE, ending)
    assert (form.total_weight.number, form.reported_score.number, form.reported_grade.text) == (100, 96, "优")
    assert form.total.executed.number == Decimal("80533.80") and form.amount_unit == "元"


@BOTH
def test_five_numbered_blocks_take_the_converted_score(ending):
    form = one(layouts.FIVE_BLOCKS, ending)
    assert [
        (i.target.text, i.unit, i.actual.number, i.weight.number, i.score.number) for i in form.indicators
    ] == [
        ("20", "万页", 21, 30, 30),
        ("98", "%", Decimal("0.99"), 20, 20),
        ("提升", "提升", None, 40, 36),
        ("100", "%", Decimal("0.9"), 10, 9),
    ]
    # One rate merged over the sources is that of the whole.
    assert [(f.role, f.executed.number, f.execution_rate.number) for f in form.funding] == [
        (FundingRole.TOTAL, 81, Decimal("0.9")),
        (FundingRole.APPROPRIATION, 81, None),
        (FundingRole.OTHER_FUNDS, 0, None),
    ]
    assert form.reported_score.number == 95


@BOTH
def test_levels_that_are_decision_management_and_performance_with_a_recheck_score(ending):
    form = one(layouts.LEVELS_OF_MONEY, ending)
    assert [(i.level1, i.level1_weight) for i in form.indicators] == [
        ("决策", 2),
        ("管理", 13),
        ("绩效", 85),
        ("绩效", 85),
    ]
    assert [i.recheck_score.number for i in form.indicators] == [2, 11, 40, 44]
    assert [f.label for f in form.funding] == [
        "年度资金总额",
        "其中：中央、省资金",
        "市、本级资金",
        "其他资金",
    ]


@BOTH
def test_a_year_in_chinese_numerals_is_a_year(ending):
    drawing = layouts.CENTRAL.replace("（2023年度）", "（二〇二三年度）")
    assert one(drawing, ending).year == 2023


@pytest.mark.parametrize("build", [builders.word, builders.excel])
def test_a_column_of_arrived_money_is_neither_budget_nor_spending(build):
    drawing = """2025年度项目支出绩效自评表|<|<|<|<|<|<|<
项目名称|村道养护|<|<|<|<|<|<
项目资金（万元）|资金来源|预算安排|资金到位|资金执行|分值|执行率|得分
^|年度资金总额|120|110|96|10|80%|8
一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析及改进措施
产出指标|数量指标|养护里程|≥20公里|21公里|50|50|
效益指标|社会效益|道路完好率|≥90%|92%|30|30|
满意度指标|满意度|群众满意度|≥90%|93%|10|10|
总分|<|<|<|<|100|98|"""
    (form,) = read_file("自评表.docx", build(drawing)).forms
    total = form.total
    assert (total.adjusted_budget.text, total.executed.text) == ("120", "96")


@BOTH
def test_the_second_look_at_the_execution_stands_beside_its_score(ending):
    form = one(
        r"""
        项目支出绩效自评表（2023年度）|<|<|<|<|<|<|<|<
        项目名称|<|渠道清淤|<|<|<|<|<|<
        项目资金（万元）||年初预算数|全年预算数|全年执行数|分值|执行率|自评分|复核分
        ^|年度资金总额|20|20|18|10|90%|9|8.5
        一级指标|二级指标|三级指标|年度指标值|全年实际值|分值|自评分|复核分|未完成原因
        产出|数量|清淤长度|30公里|30公里|90|90|88|
        合计|<|<|<|<|100|99|96.5|
        """,
        ending,
    )
    assert [form.funding[0].recheck_score.number, form.recheck_total.number] == [
        Decimal("8.5"),
        Decimal("96.5"),
    ]


@BOTH
def test_the_execution_between_the_indicators_is_of_no_level(ending):
    form = one(
        r"""
        项目支出绩效自评表（2023年度）|<|<|<|<|<|<
        项目名称|<|渠系巡护|<|<|<|<
        一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
        产出指标（80分）|数量指标|巡护长度|30公里|30公里|80|80
        满意度指标（10分）|满意度|村民满意度|≥90%|95%|10|10
        预算执行率（10分）|<|<||97.5%|10|9.75
        总分|<|<|<|<|100|99.75
        """,
        ending,
    )
    assert rows(form)[-1] == ("", "", "预算执行率（10分）", "", "97.5%", "10", "9.75")
    assert form.indicators[-1].level1_weight is None
