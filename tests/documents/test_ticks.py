"""Grades that are ticked among boxes, in the rows of a form and below it."""

from __future__ import annotations

import pytest

from documents.reading import read_file
from documents.ticks import graded, ticked_grade
from tests.documents import builders


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("□优   ☑良   □中   □差", "良"),
        ("☑优秀 □良好 □合格 □不合格", "优秀"),
        ("优（√）  良（  ）  中（  ）  差（  ）", "优"),
        ("（ ）优 （√）良 （ ）中 （ ）差", "良"),
        ("优□ 良■ 中□ 差□", "良"),
        ("优√  良  中  差", "优"),
        ("√优 □良 □中 □差", "优"),
        ("□优 □良 □中 □差", None),
        ("☑优 ☑良 □中", None),
        ("优 √良 中", None),  # before or behind?
        ("√优", None),  # no choice
    ],
)
def test_the_one_ticked_grade_is_found(text, grade):
    assert ticked_grade(text) == grade


def test_a_line_says_what_its_boxes_are():
    assert graded("评价等级（在括号内打√）：优（√）良（ ）中（ ）差（ ）") == "优"
    assert graded("项目属性：□优抚 ☑良种补贴") is None


FORM = """
项目支出绩效自评表（2023年度）|<|<|<|<|<|<
项目名称|村史馆布展|<|<|<|<|<
一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分
产出指标|数量指标|布展面积|300平方米|300平方米|90|90
效益指标|社会效益|参观人次|≥2000人次|2100人次|10|10
{total}
"""


@pytest.mark.parametrize("build", [builders.word, builders.excel])
@pytest.mark.parametrize(
    "total",
    [
        "总分|<|<|<|<|100|100\n自评等级|<|☑优   □良   □中   □差|<|<|<|<",
        "总分|<|<|<|<|100|100\n自评等级：优（√）  良（ ）  中（ ）  差（ ）|<|<|<|<|<|<",
        "总分|<|<|100|☑优  □良  □中  □差|<|100",
    ],
)
def test_a_ticked_grade_of_a_form_is_read(build, total):
    (form,) = read_file("自评表", build(FORM.format(total=total))).forms
    assert form.reported_grade.text == "优"
    assert form.reported_score.number == 100


@pytest.mark.parametrize(
    "below", ["填表人：某某    自评等级：□优 ☑良 □中 □差", "自评等级：□优 ☑良 □中 □差", "自评等级：良"]
)
def test_a_grade_below_the_form_is_read(below):
    form = FORM.format(total="总分|<|<|<|<|100|100")
    data = builders.word(form, below)
    (form,) = read_file("自评表.docx", data).forms
    assert form.reported_grade.text == "良"
