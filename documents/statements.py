"""Figures in sentences: score and grade, the execution statement, and scores by indicator.

Sentences such as "预算执行率：10分，实得7.36分" or "（1）数量指标：10分，实得10分" are a report's own
form. What a sentence does not say stays unknown.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from selfeval.filing import Cell, FundingLine, FundingRole, Indicator, Position, Sentence
from selfeval.labels import GRADE, squash_all
from selfeval.money import parse_number
from selfeval.pattern import Pattern

_FIGURE = r"(\d[\d,]*(?:\.\d+)?)"
_MONEY = rf"{_FIGURE}\s*(亿元|万元|元)"
_SCORE = Pattern(
    rf"(?:(?:综合|自评|总|最终|绩效评价|评价)(?:评价|自评|绩效)?(?:总)?(?:得分|评分|分数|成绩)(?:结果)?(?:为|是|:|达到?)?"
    # 自评总分100分，实得98分 says what can be had, not what was.
    rf"|(?:自评|综合|评价|绩效)总分(?:为|是|:|达到?)?(?!{_FIGURE}分[,;(]?(?:实|自评|其中)?得)"
    # 绩效得分 alone may be that of one part of the table.
    rf"|(?:整体|项目)支出绩效(?:总?得分|评分|分数)(?:为|是|:|达到?)?"
    rf"|(?:项目|支出|绩效|综合|结果)自评(?:结果)?(?:为|是|:)?)(?P<score>\d[\d,]*(?:\.\d+)?)分"
)
# In the section on the result the shorter names are the result's, too.
_RESULT = Pattern("得分|评分|(?:评价|自评|评定)(?:的?总体)?(?:结论|结果|情况)|综合评价|总体评价")
_SCORE_OF_RESULT = Pattern(
    r"(?:^|(?<=[,;:、]))(?:(?:本|该)?(?:项目|部门|单位|年度)|各项|[以上]上|上述|指标|整体|支出|综合|绩效|自评|评价|最终|实际|\d{4}年度?)*"
    rf"(?:总?得分(?:[合总共]计)?|总分|[合总共]计(?:总?得?分)?)(?:为|是|:|达到?)?(?!{_FIGURE}分[,;(]?(?:实|自评|其中)?得)"
    r"(?P<score>\d[\d,]*(?:\.\d+)?)分"
)
_GRADE = Pattern(
    rf"(?:(?<!考核)(?:等级|等次|级别)|自评结果|评价结果|支出绩效|综合绩效|评定)[^,;。:]{{0,6}}?(?:为|是|:|达到|评定为)?[“\"]?({GRADE})[”\"]?(?=等级|等次|级|档|[,;。、)”\"]|$)"
)
# What each grade stands behind; most sentences hold none of it.
_GRADED = Pattern("等[级次]|级别|结果|绩效|评定")
_INITIAL = Pattern(rf"年初(?:部门)?预算(?:数|安排|批复)?(?:为|是|:)?{_MONEY}")
_ADJUSTED = Pattern(rf"(?:全年|调整后?|年度)(?:\(调整后?\))?(?:总)?预算(?:数|总额|安排)?(?:为|是|:)?{_MONEY}")
_EXECUTED = Pattern(
    rf"(?:(?:全年|实际|累计|年度)(?:预算)?|(?<=[,;]))(?:执行|支出)(?:数|金额|总额)?(?:为|是|:)?{_MONEY}"
)
_OPENS = Pattern(
    rf"^(?:20\d\d年度?)?(?:部门|单位)?(?:全年|实际|累计|本年)(?:预算)?(?:执行|支出)(?:数|金额|总额)?(?:为|是|:)?{_MONEY}"
)
_RATE = Pattern(rf"(?:预算)?(?:执行|完成)率(?:为|是|:|达到?)?({_FIGURE}%)")
_EXECUTION = Pattern(rf"预算执行(?:率|情况)?[:(（]?{_FIGURE}分")
_GOT = Pattern(rf"(?:实得|得)分?{_FIGURE}分")
_ITEM = Pattern(
    r"(?P<mark>(?:\(\d+\)|\d+[.、]|[①-⑳])?)(?P<name>[\u4e00-\u9fff]{2,14}?(?:指标|满意度))[:,(]?(?:满分|分值|权重)?(?P<weight>\d+(?:\.\d+)?)分\)?"
)
_SPENT = Pattern(rf"实际(?:支出|执行|完成){_MONEY}")
_SUB = ("(", "①", "②", "③", "④", "⑤", "⑥", "⑦", "⑧", "⑨")
_PROJECT = Pattern(r"项目")
# 智慧渔港项目自评得分 is that of one project.
_SINGLE, _CLAUSE = Pattern(r"项目(?!支出)"), Pattern("[,;。、]")
# 农村供水项目全年预算360万元，支出324万元，自评得分99分: the subject stands at the head of the part.
_PART = Pattern("[;。]")
_SUBJECT = Pattern(r"^[^,;。:\d]{2,30}(?<![个各类有部等])项目(?!支出|自评|绩效)")
_WHOLE = Pattern("整体|部门|单位|综合|我[局委办厅院]")
# Money for one purpose has its budget too; it is not that of the whole.
_PURPOSE = Pattern("三公|接待|用车|出国|采购|会议费|培训费")
_DIGIT = Pattern(r"\d")


class Statements(NamedTuple):
    """What the sentences of a report say about its funding, its indicators and its result."""

    funding: tuple[FundingLine, ...]
    indicators: tuple[Indicator, ...]
    score: Cell | None
    grade: Cell | None
    amount_unit: str


def read(sentences: list[Sentence]) -> Statements:
    """The first statement of each kind counts; repetitions elsewhere are for the rules to compare."""
    # Without a digit a sentence states a grade at most.
    squashed = squash_all(s.text for s in sentences)
    compact = [Sentence(text, s.at) for text, s in zip(squashed, sentences, strict=True)]
    figures = [s for s in compact if _DIGIT.search(s.text)]
    line, unit = _funding(figures)
    return Statements(
        funding=(line,) if line else (),
        indicators=tuple(_indicators(figures, line)),
        score=_first(scored := [s for s in figures if "分" in s.text], _SCORE, number=True)
        or _first([s for s in scored if _RESULT.search(s.at.part)], _SCORE_OF_RESULT, number=True),
        grade=_first([s for s in compact if _GRADED.search(s.text)], _GRADE, number=False),
        amount_unit=unit,
    )


def _first(sentences: list[Sentence], pattern: Pattern, number: bool) -> Cell | None:
    """The first statement of the whole; where every one is told of a project, the first of those."""
    of_a_project: Cell | None = None
    for sentence in sentences:
        for match in pattern.finditer(sentence.text):
            said = match["score"] if number else match[1]
            cell = Cell(said, parse_number(said) if number else None, sentence.at)
            if not _of_one_project(sentence.text[: match.start()]):
                return cell
            of_a_project = of_a_project or cell
    return of_a_project


def _of_one_project(before: str) -> bool:
    """Whether what follows is told of a single project: by its own clause, or by the subject of its part."""
    clause = _CLAUSE.split(before)[-1]
    if _SINGLE.search(clause):
        return True
    return _SUBJECT.search(_PART.split(before)[-1]) is not None and not _WHOLE.search(clause)


def _funding(sentences: list[Sentence]) -> tuple[FundingLine | None, str]:
    """The execution statement of the whole budget: the scored one, else the first outside a project's section."""
    scored = [s for s in sentences if "预算执行" in s.text and _EXECUTION.search(s.text)]
    plain = [
        s
        for s in sentences
        if ("执行" in s.text or "支出" in s.text)
        and not _PROJECT.search(s.at.part)
        and _EXECUTED.search(s.text)
        and (budget := _ADJUSTED.search(s.text) or _INITIAL.search(s.text))
        and not _PURPOSE.search(s.text[: budget.start()])
    ]
    # What is told of a project has a budget of its own; only where nothing else is told it may be the whole.
    plain.sort(key=lambda s: _SUBJECT.search(s.text) is not None)
    for sentence in [*scored, *plain, *_over_two(sentences)]:
        text = sentence.text
        if ";" in text and _SUBJECT.search(text):
            text = text.partition(";")[0]
        amounts = {
            "initial_budget": _INITIAL.search(text),
            "adjusted_budget": _ADJUSTED.search(text),
            "executed": _EXECUTED.search(text),
        }
        units = [match[2] for match in amounts.values() if match]
        # Amounts in two units cannot stand in one line; the rules convert them from the sentences.
        if not units or len(set(units)) > 1:
            continue
        weight, got, rate = _EXECUTION.search(text), _GOT.search(text), _RATE.search(text)
        line = FundingLine(
            label="预算执行率" if weight else "年度资金总额",
            role=FundingRole.TOTAL,
            at=sentence.at,
            weight=_points(weight, sentence.at),
            score=_points(got, sentence.at) if weight else None,
            execution_rate=Cell(rate[1], _plain(rate[2]) / 100, sentence.at) if rate else None,
            **{name: _points(match, sentence.at) for name, match in amounts.items() if match},
        )
        return line, units[0]
    return None, "万元"


def _over_two(sentences: list[Sentence]) -> Iterator[Sentence]:
    """全年预算数A万元。全年执行数B万元: budget and spending of the whole in sentences one after the other."""
    for first, second in itertools.pairwise(sentences):
        budget, spent = _ADJUSTED.search(first.text), _OPENS.search(second.text)
        before = first.text[: budget.start()] if budget else ""
        if not budget or not spent or any(_PROJECT.search(s.at.part) for s in (first, second)):
            continue
        if _PURPOSE.search(before) or _SINGLE.search(before) or _EXECUTED.search(first.text):
            continue
        # The rate is compared where it stands (R02).
        yield Sentence(f"{budget[0]},{spent[0]}", second.at)


def _indicators(sentences: list[Sentence], funding: FundingLine | None) -> list[Indicator]:
    """Scores by indicator; a level's own total is left out where its parts follow."""
    found: list[Indicator] = []
    level1: Indicator | None = None
    for sentence in sentences:
        text = sentence.text
        items = list(_ITEM.finditer(text)) if "指标" in text or "满意度" in text else []
        ends = [item.start() for item in items[1:]] + [len(text)]
        for item, end in zip(items, ends, strict=False):
            said = text[item.end() : end]
            got = _GOT.search(said)
            if got is None:
                continue
            name, at = item["name"], sentence.at
            indicator = Indicator(
                level1=name,
                level2="",
                name=name,
                at=at,
                target=Cell("", None, at),
                actual=Cell("", None, at),
                weight=Cell(item["weight"], _plain(item["weight"]), at),
                score=Cell(got[1], _plain(got[1]), at),
                level1_weight=_plain(item["weight"]),
            )
            if item["mark"].startswith(_SUB) and level1 is not None:
                if found and found[-1] is level1:
                    found.pop()
                target, actual = _cost(said, funding, at)
                found.append(
                    Indicator(
                        level1=level1.name,
                        level2=name,
                        name=name,
                        at=at,
                        target=target,
                        actual=actual,
                        weight=indicator.weight,
                        score=indicator.score,
                        deviation_note=_reason(said, at),
                        level1_weight=level1.level1_weight,
                    )
                )
            else:
                level1 = indicator
                found.append(indicator)
    return found


def _cost(said: str, funding: FundingLine | None, at: Position) -> tuple[Cell, Cell]:
    """Target and actual of a cost indicator that is held against the initial budget."""
    spent = _SPENT.search(said)
    if spent is None or "年初预算" not in said:
        return Cell("", None, at), Cell("", None, at)
    stated = _INITIAL.search(said)
    budget = _points(stated, at) if stated else (funding.initial_budget if funding else None)
    actual = Cell(f"{spent[1]}{spent[2]}", _plain(spent[1]), at)
    return budget or Cell("", None, at), actual


def _reason(said: str, at: Position) -> Cell | None:
    reason = re.search(r"主要(?:是|因|原因)?[:,]?(.+?)[;。]?$", said)
    return Cell(reason[0].rstrip(";。"), None, at) if reason else None


def _points(match: re.Match[str] | None, at: Position) -> Cell | None:
    return Cell(match[1], _plain(match[1]), at) if match else None


def _plain(figure: str) -> Decimal:
    return Decimal(figure.replace(",", ""))
