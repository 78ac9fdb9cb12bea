"""Where the levels of indicators are named: in headings with their points, and in rows above the headings."""

from __future__ import annotations

from decimal import Decimal

import pytest

from documents.reading import read_file
from tests.documents import builders
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


HEAD = """
项目名称|<|图书采购|实施单位|<|镇文化站
项目资金（万元）|年初预算数|全年预算数|全年执行数|分值|得分
年度资金总额|30|30|27|10|9
"""
OUTPUT = """
三级指标|年度指标值|完成值|分值|得分|说明
采购图书|≥3000册|3100册|30|30|
到馆时限|10月底前|9月|30|30|
"""
BENEFIT = """
三级指标|年度指标值|完成值|分值|得分|说明
读者满意度|≥90%|92%|30|30|
总分|<|<|100|99|
"""
TITLE, FIRST, SECOND = "2024年度项目支出绩效自评表", "一、产出指标（60分）", "二、满意度指标（30分）"


def over(text: str) -> str:
    return text + "|<" * 5


def levels(data: bytes, name: str) -> list[tuple[str, str, Decimal | None]]:
    (form,) = read_file(name, data).forms
    assert form.reported_score is not None and form.reported_score.text == "99"
    return [(row.level1, row.name, row.level1_weight) for row in form.indicators]


WHOLE = [
    ("产出指标", "采购图书", Decimal(60)),
    ("产出指标", "到馆时限", Decimal(60)),
    ("满意度指标", "读者满意度", Decimal(30)),
]


@BOTH
def test_a_level_named_in_a_row_above_the_headings_is_that_of_the_rows_below(ending):
    drawing = "\n".join(
        part.strip() for part in (over(TITLE), HEAD, over(FIRST), OUTPUT, over(SECOND), BENEFIT)
    )
    build = builders.word if ending == "docx" else builders.excel
    assert levels(build(drawing), f"自评.{ending}") == WHOLE


def test_a_level_named_between_the_tables_is_that_of_the_table_below():
    assert levels(builders.word(TITLE, HEAD, FIRST, OUTPUT, SECOND, BENEFIT), "自评.docx") == WHOLE


@pytest.mark.parametrize("word", ["二、绩效指标", "年度绩效指标（90分）", "三级指标"])
def test_a_heading_over_all_indicators_is_no_level(word):
    data = builders.word(TITLE, HEAD, word, OUTPUT, SECOND, BENEFIT)
    assert [level1 for level1, _, _ in levels(data, "自评.docx")] == ["", "", "满意度指标"]
