"""The running text of a filing by text, section and form."""

from __future__ import annotations

from dataclasses import replace

from selfeval.filing import Cell, Form, FormKind, Position, Sentence
from selfeval.narration import Narration
from selfeval.statements import passages
from tests.selfeval.build import department_form, filing

FIRST, SECOND = "（一）馆藏情况", "（二）读者情况"
SPENT = "基本支出541.15万元。"


def report(**sections: tuple[str, ...]) -> Form:
    sentences = tuple(
        Sentence(text, Position(part, number, sentence=True))
        for part, texts in sections.items()
        for number, text in enumerate(texts, 1)
    )
    return Form("9", FormKind.REPORT, "自评报告", Position("正文"), sentences=sentences)


def told(*forms: Form) -> Narration:
    return Narration(passages(filing(*forms)))


def test_a_sentence_that_form_and_report_share_is_asked_once_where_it_stands_first():
    goal = Cell(SPENT, None, Position("表1", 9, 2))
    form = replace(department_form(), goals=((Cell("", None, goal.at), goal),))
    narration = told(form, report(**{FIRST: (SPENT, "没有数字。")}))
    assert [(p.text, p.at) for p in narration.figured if p.text == SPENT] == [
        (SPENT, goal.at),
        (SPENT, Position(FIRST, 1, sentence=True)),
    ]
    assert [p.at for p in narration.distinct if p.text == SPENT] == [goal.at]
    assert all(p.figures for p in narration.distinct)


def test_a_section_belongs_to_its_form_and_leaves_out_what_states_no_figure():
    one = report(**{FIRST: (SPENT, "没有数字。", "藏书8120册。"), SECOND: ("读者57人。",)})
    other = replace(one, id="10")
    narration = told(one, other)
    section = narration.section(narration.of(other)[0])
    assert [p.text for p in section] == [SPENT, "藏书8120册。"]
    assert {p.form.id for p in section} == {"10"}
    assert len(narration.of(one)) == 4


def test_the_sentence_before_is_at_most_one_heading_away_and_in_the_same_section():
    said = told(report(**{FIRST: (SPENT, "其中：", "人员454.75万元。", "藏书。", "读者。", "册8120册。")}))
    rows = [p.at.row for p in said if p.figures]
    assert rows == [1, 3, 6]
    first, third, sixth = said.figured
    assert said.before(first) is None
    assert said.before(third) is first
    assert said.before(sixth) is None


def test_a_cell_of_a_table_has_no_sentence_before_it():
    goal = Cell(f"{SPENT}藏书8120册。", None, Position("表1", 9, 2))
    narration = told(replace(department_form(), goals=((Cell("", None, goal.at), goal),)))
    last = next(p for p in narration if p.text == "藏书8120册。")
    assert narration.before(last) is None


def test_the_figures_of_a_section_are_found_by_name_in_their_order():
    narration = told(report(**{FIRST: (SPENT, "藏书8120册。", "基本支出9.00万元。"), SECOND: (SPENT,)}))
    named = narration.figures_by(lambda figure: figure.label, narration.figured[0])
    assert [figure.shown for figure in named["基本支出"]] == ["541.15万元", "9.00万元"]
    assert [figure.shown for figure in named["藏书"]] == ["8120册"]
