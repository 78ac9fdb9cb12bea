"""Score tables as they stand published beside the accounts of departments: what each column and line means."""

from __future__ import annotations

from selfeval.filing import FormKind
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.documents.drawn import BOTH, one
from tests.selfeval.build import filing

POINTS_BESIDE_EVERY_LEVEL = """
部门整体支出绩效评价指标表|<|<|<|<|<|<|<|<
一级指标|得分|二级指标|得分|三级指标|得分|评价标准|指标说明|得分
投入|20|预算配置|20|在职人员控制率|12|以100%为标准，每超过一个百分点扣0.5分|在职57人，编制60人|12
^|^|^|^|三公经费变动率|8|不增加计8分|比上年增加|3
过程|45|预算执行|45|预算完成率|25|100%计满分|全部完成|25
^|^|^|^|预算控制率|20|不追加计20分|追加较多|10
产出及效率|35|职责履行|35|重点工作完成率|35|按考核计分|全部完成|35
合计|100||100||100|||85
"""
REFERENCE_POINTS = """
沙原市本级部门项目支出绩效自评表|<|<|<|<|<|<|<
（2023年）|<|<|<|<|<|<|<
项目名称|馆舍公用经费|<|<|主管部门|沙原市文化局|<|<
自评得分|{head}|<|<|财政审核评分||<|<
项目资金（万元）||<|年初预算数|调整预算数（A）|全年执行数（B）|执行率（B/A）|<
^|年度资金总额|<|42.5|42.5|42.5|100%|<
一级指标|二级指标|三级指标|参考分值|年度指标值（A）|全年实际值（B）|得分|未完成原因分析及改进措施
项目产出（60分）|数量指标|开放天数|40|≥300天|312天|40|
^|质量指标|设备完好率|20|≥95%|96%|20|
项目效益（40分）|社会效益指标|改善阅读条件|30|改善|基本改善|27|部分设备待更新
^|满意度指标|读者满意度|10|≥90%|93%|10|
总分|<|<|100|||97|
"""


@BOTH
def test_points_beside_every_level_are_what_can_be_got_and_the_last_column_what_was_got(ending):
    form = one(POINTS_BESIDE_EVERY_LEVEL, ending)
    assert form.kind is FormKind.DEPARTMENT
    assert [(row.name, row.weight.number, row.score.number) for row in form.indicators] == [
        ("在职人员控制率", 12, 12),
        ("三公经费变动率", 8, 3),
        ("预算完成率", 25, 25),
        ("预算控制率", 20, 10),
        ("重点工作完成率", 35, 35),
    ]
    assert (form.total_weight.number, form.reported_score.number) == (100, 85)


@BOTH
def test_a_table_of_scores_is_a_form_of_the_department_by_its_title(ending):
    form = one(
        """
        2023年部门整体支出绩效评价得分表|<|<|<
        一级指标|二级指标|三级指标|得分
        部门决策（40分）|目标任务（40分）|明确性（40分）|38
        整体效益（60分）|履职（60分）|职责履行情况（60分）|55
        自评得分|<|<|93
        """,
        ending,
    )
    assert (form.kind, form.year, form.reported_score.number) == (FormKind.DEPARTMENT, 2023, 93)


@BOTH
def test_reference_points_are_weights_and_a_year_may_stand_alone_in_brackets(ending):
    form = one(REFERENCE_POINTS.format(head="97"), ending)
    assert form.year == 2023
    assert [row.weight.number for row in form.indicators] == [40, 20, 30, 10]
    assert (form.head_score.number, form.reported_score.number) == (97, 97)


@BOTH
def test_a_score_that_is_filed_twice_must_be_the_same(ending):
    def findings(head: str) -> list[tuple[str, str, str]]:
        form = one(REFERENCE_POINTS.format(head=head), ending)
        found = judge(filing(form), load_policy("national-2020")).findings
        return [(f.code, f.stated, f.expected) for f in found if f.code in ("D01", "D10")]

    assert findings("97") == []
    assert findings("79") == [("D10", "79", "97")]


@BOTH
def test_a_row_of_names_below_the_heading_is_no_indicator(ending):
    form = one(
        """
        某县2024年度转移支付项目绩效自评表|<|<|<|<|<
        一级指标|二级指标|三级指标|年度指标值|实际完成值|得分
        名称|名称|名称|^|^|^
        产出指标|数量指标|补助人数|≥420人|431人|50
        效益指标|社会效益指标|生活改善|改善|改善|50
        """,
        ending,
    )
    assert [row.name for row in form.indicators] == ["补助人数", "生活改善"]
