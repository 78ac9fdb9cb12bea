"""One thing told of counted parts in turn: 四个季度分别完成A、B、C、D万元, 五个乡镇分别治理…，合计E."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from selfeval.narration import Narration
from selfeval.numerals import number_of
from selfeval.pattern import Pattern
from selfeval.rules.sums import COMPARED, Sum
from selfeval.statements import Figure, Passage

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_UNIT = r"[\u4e00-\u9fff]{0,6}?"
_IN_TURN = Pattern(
    r"(?:(?P<quarters>(?:第?[一1][至到\-—~]第?[四4]|[四4]个?|各个?)季度)"
    r"|(?P<count>[两三四五六七八九十]|\d{1,2})[个家所处座条支](?P<kind>[\u4e00-\u9fff]{1,12}?)(?=分别))"
    rf"(?P<named>[\u4e00-\u9fff]{{0,10}}?)分别(?P<then>[\u4e00-\u9fff]{{0,12}}?)"
    rf"(?P<list>{_NUMBER}{_UNIT}(?:[、,和及与]{_NUMBER}{_UNIT})+)(?=[,;。:()]|$)"
)
_ONE = Pattern(_NUMBER)
# Some of a kind are not all of it.
_SOME = Pattern("重点|主要|前|典型|试点|示范|其他|部分|首")
_BEHIND = Pattern(r"^[,;]?(?:合计|共计|总计|共|总共)[^\d,;。]{0,10}$")
_YEAR_BEHIND = Pattern(r"^[,;]?(?:全年|合计|共计|总计|年度|累计|共){1,2}[^\d,;。]{0,10}$")
_RIGHT_BEFORE = Pattern(r"^[,:(]?(?:其中)?[:,]?$")
# What stands at the end of a quarter or is no amount cannot be added up.
_NO_PART = Pattern("累计|余额|结余|[度年][末底]|均|率|增长|下降|占|较|比|目标|计划|任务|预算")
_SAYS_NOTHING = Pattern("为|是|达到?|了|完成|实现|有|共|均|约")
# One and the same may be counted in several quarters.
_AGAIN = ("人", "名", "户", "家", "个")


def in_turn(said: Narration) -> Iterator[Sum]:
    """Every list of as many figures as parts were counted, beside the total that the text tells of them."""
    for passage in said.distinct:
        if "分别" not in passage.text:
            continue
        for match in _IN_TURN.finditer(passage.text):
            parts = _parts(passage, match["list"], match.start("list"))
            quarters = match["quarters"] is not None
            count = 4 if quarters else _count(match["count"])
            words = match["named"] + match["then"]
            if (
                len(parts) != count
                or _NO_PART.search(words)
                or (not quarters and _SOME.search(match["kind"]))
            ):
                continue
            names = (
                [f"{n}季度" for n in "一二三四"] if quarters else [f"第{n}个" for n in range(1, count + 1)]
            )
            parts = [part._replace(label=name) for part, name in zip(parts, names, strict=True)]
            told = _whole(passage, match.start(), parts, words, said, quarters=quarters)
            if told is None:
                continue
            whole, where, sure = told
            found = Sum(
                passage.form.id,
                (passage.at,) if where is passage else (where.at, passage.at),
                whole,
                tuple(parts),
                complete=sure,
            )
            stock = whole.value <= max(part.value for part in parts)
            again = quarters and whole.unit in _AGAIN and found.excess
            if not stock and not again:
                yield found


def _parts(passage: Passage, listed: str, start: int) -> list[Figure]:
    """The figures of the list; those before the last may leave the unit to it (3.2、2.8、2.5亿元)."""
    by_start = {figure.start: figure for figure in passage.figures}
    numbers = [(start + one.start(), one[0]) for one in _ONE.finditer(listed)]
    last = by_start.get(numbers[-1][0])
    if last is None or last.rough or last.unit == "%":
        return []
    found: list[Figure] = []
    for at, number in numbers:
        figure = by_start.get(at)
        if figure is None:
            places = len(number.partition(".")[2])
            figure = last._replace(
                value=Decimal(number.replace(",", "")) * last.scale,
                step=last.scale.scaleb(-places),
                shown=number + last.suffix,
                start=at,
                end=at + len(number),
            )
        if figure.rough or figure.unit != last.unit or figure.depth != last.depth:
            return []
        found.append(figure)
    return found


def _whole(
    passage: Passage,
    start: int,
    parts: Sequence[Figure],
    words: str,
    every: Narration,
    *,
    quarters: bool,
) -> tuple[Figure, Passage, bool] | None:
    """The total, the sentence that tells it, and whether it must be the sum of them all."""
    text, unit, end = passage.text, parts[0].unit, parts[-1].end
    behind = [f for f in passage.figures if f.start > end]
    if behind and _may_be_whole(behind[0], unit):
        called = (_YEAR_BEHIND if quarters else _BEHIND).match(text[end : behind[0].start])
        if called:
            return behind[0]._replace(label="合计"), passage, True
    ahead = [f for f in passage.figures if f.end <= start]
    if ahead:
        # 全年接待120万人次，三个景区分别接待…: with a verb of their own they need not be all.
        if not quarters and _SAYS_NOTHING.sub("", words):
            return None
        near = _may_be_whole(ahead[-1], unit) and _RIGHT_BEFORE.match(text[ahead[-1].end : start])
        return (ahead[-1], passage, quarters) if near and _of_one_thing(ahead[-1], words) else None
    before = every.before(passage)
    told = [f for f in before.figures if f.unit == unit and not f.depth] if before else []
    if len(told) == 1 and quarters and _may_be_whole(told[0], unit) and _of_one_thing(told[0], words):
        return told[0], before, True
    return None


def _may_be_whole(figure: Figure, unit: str) -> bool:
    return figure.unit == unit and not figure.rough and not COMPARED.search(figure.label)


def _of_one_thing(whole: Figure, words: str) -> bool:
    """Whether what the list says to be told of is what the total tells of; it may say nothing."""
    named = _SAYS_NOTHING.sub("", words)
    pairs = {named[n : n + 2] for n in range(len(named) - 1)}
    return not pairs or any(pair in whole.words for pair in pairs)


def _count(said: str) -> int:
    return int(said) if said.isdigit() else number_of(said) or 0
