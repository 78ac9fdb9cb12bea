"""Indicators in two halves side by side, and results that stand with their label in one cell."""

from __future__ import annotations

import pytest

from tests.documents.drawn import BOTH, one

SIDE_BY_SIDE = r"""
2024年度项目支出绩效自评表|<|<|<|<|<|<|<|<|<|<|<|<|<
项目名称|<|河道管护|<|<|<|<|实施单位|<|青苇县河道所|<|<|<|<
项目资金（万元）|<||年初预算数|<|全年预算数|<|全年执行数|<|分值|<|执行率|<|得分
^|<|年度资金总额|86|<|90|<|85.5|<|10|<|95.00%|<|9.5
一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
产出指标|数量指标|管护河道|≥42公里|43公里|20|20|效益指标|社会效益指标|受益行政村|≥8个|8个|20|20
^|^|清理垃圾|≥600吨|630吨|10|10|^|可持续影响指标|管护制度|健全|健全|10|10
^|质量指标|水质达标率|≥90%|93%|10|10|满意度指标|满意度指标|沿河村民满意度|≥90%|94%|10|10
^|成本指标|每公里成本|≤2万元|1.99万元|10|10|总分|<|<|<|<|100|99.5
填表人：某甲|<|<|<|<|<|<|<|<|<|<|<|<|<
"""


@BOTH
def test_the_left_half_is_read_to_its_end_and_then_the_right_one(ending):
    form = one(SIDE_BY_SIDE, ending)
    assert [
        (row.level1, row.level2, row.name, row.actual.text, row.score.text) for row in form.indicators
    ] == [
        ("产出指标", "数量指标", "管护河道", "43公里", "20"),
        ("产出指标", "数量指标", "清理垃圾", "630吨", "10"),
        ("产出指标", "质量指标", "水质达标率", "93%", "10"),
        ("产出指标", "成本指标", "每公里成本", "1.99万元", "10"),
        ("效益指标", "社会效益指标", "受益行政村", "8个", "20"),
        ("效益指标", "可持续影响指标", "管护制度", "健全", "10"),
        ("满意度指标", "满意度指标", "沿河村民满意度", "94%", "10"),
    ]
    assert (form.total_weight.text, form.reported_score.text) == ("100", "99.5")


@BOTH
@pytest.mark.parametrize(
    "row", ["总分|<|<|<|<|<|100|99.5|等级：优", "总分|<|<|<|<|<|100|99.5|\n自评等级：优|<|<|<|<|<|<|<|<"]
)
def test_a_grade_with_its_label_in_one_cell_is_the_grade(row, ending):
    form = one(
        "项目支出绩效自评表|<|<|<|<|<|<|<|<\n（2024年度）|<|<|<|<|<|<|<|<\n项目名称|<|河道管护|<|<|<|<|<|<\n"
        "绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析及改进措施\n"
        "^|产出指标|数量指标|管护河道|≥42公里|43公里|100|99.5|\n" + row,
        ending,
    )
    assert form.reported_grade is not None and form.reported_grade.text == "优"
    assert form.reported_score.text == "99.5"
