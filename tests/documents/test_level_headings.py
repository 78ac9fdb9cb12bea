"""Where the levels of indicators are named: in headings with their points, and in rows above the headings."""

from __future__ import annotations

import pytest

from tests.documents.drawn import BOTH, one


@BOTH
@pytest.mark.parametrize("joint", ["及", "和", "、", "/"])
def test_a_heading_that_names_its_level_together_with_the_points_is_that_of_the_level(joint, ending):
    form = one(
        f"""
        项目支出绩效自评表|<|<|<|<|<|<
        （2024年度）|<|<|<|<|<|<
        项目名称|乡道养护|<|<|<|<|<
        一级指标{joint}分值|二级指标{joint}分值|三级指标|年度指标值|实际完成值|分值|得分
        产出指标（60分）|数量指标（60分）|养护里程|≥60公里|62公里|60|60
        效益指标（40分）|社会效益（40分）|缩短通行时间|≥10%|12%|40|40
        总分|<|<|<|<|100|100
        """,
        ending,
    )
    assert [(row.level1, row.level2, row.level1_weight) for row in form.indicators] == [
        ("产出指标", "数量指标", 60),
        ("效益指标", "社会效益", 40),
    ]
