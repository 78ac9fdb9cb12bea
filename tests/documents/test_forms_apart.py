"""Where one form ends and the next begins: several in one table, one over two tables."""

from __future__ import annotations

from documents.reading import read_file
from tests.documents import builders, layouts
from tests.documents.drawn import BOTH, one_of


@BOTH
def test_several_forms_in_one_table_or_sheet_are_several_forms(ending):
    data = (
        builders.word(layouts.TWO_ON_A_SHEET) if ending == "docx" else builders.excel(layouts.TWO_ON_A_SHEET)
    )
    filing = read_file(f"自评.{ending}", data)
    assert [(f.id, f.project, f.amount_unit) for f in filing.forms] == [
        ("1", "甲项目", "万元"),
        ("2", "乙项目", "元"),
    ]
    # Text where a number belongs is noted with its form, its place and what was expected.
    assert [(n.form, n.found, n.expected) for n in filing.notes] == [
        ("2", "一万", "金额（元）"),
        ("2", "九十", "分数"),
    ]
    assert all(n.found in n.message for n in filing.notes)


def test_a_title_that_calls_a_table_a_result_opens_a_form_of_its_own():
    # In one sheet, or in a PDF whose tables touch, nothing else parts the two.
    both = "\n".join(drawing.strip("\n") for drawing in (layouts.LEVELS_OF_MONEY, layouts.PAIRS))
    filing = read_file("自评表.xlsx", builders.excel(both))
    assert [(f.project, len(f.funding), len(f.indicators)) for f in filing.forms] == [
        ("灌区改造", 4, 4),
        ("村级集体经济扶持", 1, 5),
    ]


def test_one_form_over_two_tables_is_one_form():
    head, _, tail = layouts.CENTRAL.partition("绩效指标|一级指标")
    form = one_of(builders.word(head, "续表", "绩效指标|一级指标" + tail))
    assert len(form.funding) == 4 and len(form.indicators) == 6
    assert form.indicators[0].at.part == "表2"


def test_the_sum_of_the_funds_does_not_end_a_form_that_goes_on_in_a_second_table():
    head, _, tail = layouts.CENTRAL.replace("年度资金总额", "合计").partition("绩效指标|一级指标")
    form = one_of(builders.word(head, "绩效指标|一级指标" + tail))
    assert form.total.label.startswith("合计")
    assert len(form.funding) == 4 and len(form.indicators) == 6
