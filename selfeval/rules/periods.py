"""A year beside its quarters or halves: 一季度A、二季度B、三季度C、四季度D，全年E."""

from __future__ import annotations

from collections.abc import Iterator

from selfeval.narration import Narration
from selfeval.pattern import Pattern
from selfeval.rules.sums import Sum
from selfeval.statements import Figure, Passage, clean

_PERIOD = Pattern("第?(?P<quarter>[一二三四1-4])季度|(?P<half>[上下])半年|(?P<year>全年|年度|本年|当年)")
_QUARTERS = dict(zip("一二三四1234", (1, 2, 3, 4) * 2, strict=True))
# What stands at the end of a quarter, what grows through the year, and what is no sum of amounts.
_NO_PART = Pattern(
    "累计|截至|截止|[度年][末底]|均|较|比|占|增长|下降|最[高低多少]|余额|结余|目标|计划|任务|预计|完成率"
)
_ALL = ({1, 2, 3, 4}, {"上", "下"})
_OTHERS = ("预算", "收入", "到位", "下达", "安排", "批复")
# One and the same may be counted in several quarters.
_AGAIN = ("人", "名", "户", "家", "个")


def by_period(said: Narration) -> Iterator[Sum]:
    """Every year told in one sentence beside all of its quarters or both of its halves."""
    for passage in said.distinct:
        if "季度" not in passage.text and "下半年" not in passage.text:
            continue
        for unit in dict.fromkeys(
            f.unit for f in passage.figures if f.unit not in ("%", "‰", "个百分点", "分")
        ):
            found = _of_unit(passage, [f for f in passage.figures if f.unit == unit])
            if found:
                yield found


def _of_unit(passage: Passage, figures: list[Figure]) -> Sum | None:
    wholes: list[Figure] = []
    parts: dict[str | int, Figure] = {}
    for figure in figures:
        before = max((f.end for f in passage.figures if f.end <= figure.start), default=0)
        words = passage.text[before : figure.start]
        named = list(_PERIOD.finditer(words))
        named = [period for period in named if not period["year"]] or named
        if not named and wholes and set(parts) in _ALL:
            break  # what is told behind them is told of something else: 全年E，其中…
        if len(named) != 1 or figure.rough or _NO_PART.search(words):
            return None
        period = _QUARTERS.get(named[0]["quarter"]) or named[0]["half"]
        if period is None:
            wholes.append(figure)
        elif period in parts:
            return None
        else:
            parts[period] = figure
    if len(wholes) != 1 or set(parts) not in _ALL:
        return None
    whole, told = wholes[0], tuple(parts.values())
    if not _of_one_thing(whole, told):
        return None
    found = Sum(passage.form.id, (passage.at,), whole, told, complete=True)
    # What is no more than its largest quarter was never added up: a number of staff, what had grown so far.
    stock = whole.value <= max(part.value for part in told)
    distinct = whole.unit in _AGAIN and found.excess
    return None if stock or distinct else found


def _of_one_thing(whole: Figure, parts: tuple[Figure, ...]) -> bool:
    """Whether the year and its parts may tell of one thing: 全年预算 is not what the quarters spent."""
    said = "".join(part.words for part in parts)
    if any(word in whole.words and word not in said for word in _OTHERS):
        return False
    name, named = (_PERIOD.sub("", text) for text in (clean(whole.words), clean(parts[0].words)))
    pairs = {name[n : n + 2] for n in range(len(name) - 1)}
    return not pairs or len(named) < 2 or any(pair in named for pair in pairs)
