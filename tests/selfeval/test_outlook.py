from __future__ import annotations

from dataclasses import replace

from selfeval.filing import Position, Sentence
from selfeval.outlook import parts_ahead
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.selfeval.build import YEAR, filing
from tests.selfeval.rules.text_samples import report

HEADINGS = (
    "一、绩效目标完成情况",
    "（一）产出情况",
    "（二）效益情况",
    f"二、{YEAR + 1}年重点工作",
    "（一）馆藏建设",
    "1.图书采购",
    "三、其他需要说明的问题",
    "四、下一步打算",
)


def test_next_years_work_is_ahead_with_all_below_it_and_ends_with_the_next_chapter():
    ahead = parts_ahead(HEADINGS, YEAR)
    assert ahead == {f"二、{YEAR + 1}年重点工作", "1.图书采购", "（一）馆藏建设", "四、下一步打算"}


def test_a_report_of_that_very_year_has_no_work_ahead():
    assert parts_ahead(HEADINGS[:7], YEAR + 1) == frozenset()


def told(section: str, *texts: str):
    sentences = [
        Sentence("全年新增流通图书点位57个。", Position("（二）效益情况", 1, sentence=True)),
        *(Sentence(text, Position(section, n, sentence=True)) for n, text in enumerate(texts, 2)),
    ]
    whole = filing(replace(report(), sentences=tuple(sentences), headings=HEADINGS, at=sentences[0].at))
    return [f.code for f in judge(whole, load_policy("national-2020")).findings if f.severity == "error"]


def test_what_is_planned_for_the_next_year_does_not_contradict_this_one():
    assert told("（一）馆藏建设", "新增流通图书点位80个。") == []
    assert told("（一）产出情况", "新增流通图书点位80个。") == ["X21"]


def test_a_name_with_two_figures_in_one_sentence_contradicts_nothing():
    assert (
        told(
            "（一）产出情况", "新增流通图书点位57个，全县流通图书点位共有320个，新增流通图书点位12个在乡镇。"
        )
        == []
    )


def test_what_was_done_in_several_years_does_not_contradict_this_one():
    assert told("（一）产出情况", "“十四五”以来新增流通图书点位210个。") == []


def test_a_share_of_a_goal_that_stands_in_a_section_before_is_recomputed():
    def shares(told: str) -> list[str]:
        sentences = (
            Sentence(
                "建设乡镇流通图书点25个，培训馆员200人。",
                Position("（一）年度总体工作任务", 1, sentence=True),
            ),
            Sentence(
                f"建设乡镇流通图书点27个，完成年度任务的{told}。",
                Position("（二）产出情况", 2, sentence=True),
            ),
        )
        whole = filing(replace(report(), sentences=sentences, headings=(), at=sentences[0].at))
        found = judge(whole, load_policy("national-2020")).findings
        return [f.message for f in found if f.code == "X31"]

    assert shares("108%") == []
    assert ["108.00%" in message for message in shares("118%")] == [True]
