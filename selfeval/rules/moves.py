"""A change beside the changes that it is made of: 三公经费增加1.68万元，其中接待费减少0.59万元，用车增加2.27万元."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from selfeval.narration import Narration
from selfeval.pattern import Pattern
from selfeval.rules.ratios import alike
from selfeval.rules.sums import exhaustive
from selfeval.statements import Figure, Passage

_UP, _DOWN = Pattern("(?:增加|增长|上升|增[收支])了?$"), Pattern("(?:减少|下降|降低|压减|减[收支])了?$")
_COMPARING = Pattern("(?:支出|决算|预算)*(?:较|比|同比|与).*")
_MARK = "其中"
# 因公出国费0万元 may have been more the year before.
_ABROAD = Pattern("出国[^;。]{0,24}(?:持平|一致|无(?:增减)?变化|无增减)")


class Moves(NamedTuple):
    """A stated change, its parts, and the sentence that states it."""

    passage: Passage
    stated: Figure
    parts: tuple[Figure, ...]
    value: Decimal
    formula: str
    slack: Decimal
    loose: bool = False  # what is not told of may have changed as well


def moves(said: Narration) -> Iterator[Moves]:
    """Every change whose parts are told behind 其中 by names that leave nothing over."""
    for passage in said.distinct:
        mark = passage.text.find(_MARK)
        if mark < 0:
            continue
        # The list may begin a sentence of its own, and the last of it may stand in one.
        head = passage if mark else said.before(passage)
        ahead = [f for f in head.figures if _sign(f) and f.unit != "%"] if head else []
        ahead = [f for f in ahead if not mark or f.end <= mark]
        if not ahead or ahead[-1].rough or ahead[-1].depth:
            continue
        whole = ahead[-1]
        told = [f for f in passage.figures if f.start > mark]
        following = next((p for p in said.section(passage) if p.at.row == passage.at.row + 1), None)
        for figures in (told, [*told, *(following.figures if following else ())]):
            parts = [f for f in figures if alike(f, whole) and _sign(f) and not f.rough and not f.depth]
            named = [f._replace(label=_COMPARING.sub("", f.words)) for f in parts]
            others = [f for f in figures if alike(f, whole) and f not in parts and f.value]
            if len(parts) > 1 and not others and exhaustive(whole, named, ahead):
                abroad = _ABROAD.search(passage.text) is not None
                loose = "三公" in whole.words and not abroad and not any("出国" in f.words for f in parts)
                yield _made(head, whole, parts)._replace(loose=loose)
                break


def _sign(figure: Figure) -> int:
    return 1 if _UP.search(figure.words) else -1 if _DOWN.search(figure.words) else 0


def _made(passage: Passage, whole: Figure, parts: list[Figure]) -> Moves:
    value = sum((_sign(f) * f.value for f in parts), Decimal(0)) * _sign(whole)
    terms = " ".join(f"{'+' if _sign(f) == _sign(whole) else '−'} {f.shown}" for f in parts)
    slack = max(f.step for f in (whole, *parts)) * (len(parts) - 1) if "." in whole.shown else Decimal(0)
    return Moves(passage, whole, tuple(parts), value, terms.removeprefix("+ "), slack)
