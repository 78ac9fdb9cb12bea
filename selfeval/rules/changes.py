"""Changes in percent: 较上年减少A，下降P%; 由A减少到B，下降P%; 超额P%完成任务."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from selfeval.narration import Narration
from selfeval.pattern import Pattern
from selfeval.rules.ratios import Fraction, Proportion, alike, clause, explained, fits, half
from selfeval.rules.years import two_years
from selfeval.statements import Figure, Passage, clean

CHANGE = Pattern(
    r"(?P<sign>减少|下降|降低|压减|超支|减幅|降幅|下降率|节约|增加|增长|上升|增幅|增长率)(?:了|为|率|率为|达|幅度为)?$"
)
BEYOND = Pattern(r"超额?(?:完成)?$")
# The year that is compared with is hidden as a date: 较2024年减少 reads 较减少 here.
_MOVES = "减少|下降|降低|压减|节约|增加|增长|上升|[增减多少][收支]|少|多"
# 增加支出3.6万元 moves as 增加3.6万元 does.
_OF_MONEY = "(?:了|支出|收入|投入|资金|经费|预算)*"
_DIFFERENCE = Pattern(
    rf"(?:较|比|与)(?:上年|去年|上一?年度|年初|预算|同期|上期)?[^,;。\d]{{0,12}}?(?P<sign>{_MOVES}){_OF_MONEY}$"
)
_MOVED = Pattern(rf"(?P<sign>超支|提高|{_MOVES}){_OF_MONEY}$")
_COMPARED_WITH = Pattern("(?:与|同|和|较|比)[^,;:。]{2,24}?(?:相比较?|比较|相较),$")
_SCOPE = Pattern("按?(?:同|可比|统一)?口径|同比?$")
_NAMELESS, _QUOTES = Pattern("一般公共预算|财政拨款|总体|总|支出|收入|决算|预算|数|额"), Pattern('[“”"]')
_ENDING, _REACH = Pattern("(?:支出|决算|经费|费用|费|数|总)+$"), 3
_PARTS_OF_IT = Pattern("其中|具体")
_RISEN = Pattern(r"(?P<sign>减少|下降|降低|压减|减|降|增加|增长|上升|提高|提升|增|升)(?:到|至|为)了?$")
_FROM = Pattern(r"(?:由|从)[^,;。\d]{0,12}$")
_FROM_BEHIND = Pattern(
    "(?:即|已|分别)?(?:由|从)(?:上年|去年|上一年|年初|原来?|期初|当初|同期|度|底|末|[的#])*"
)
_AVERAGE = Pattern("年均|平均每年|年平均|复合|两年平均")
# Growth of these is told at constant prices.
_REAL = Pattern("生产总值|增加值|GDP|总产值")
_COMPARING = Pattern(
    r"(?:同比|环比|同口径|较|比|与).*|^(?:也|又|共|各|分别|[、,和及]|实际|同)+|的|总体|幅度|资金|金额"
)
_THEN = Pattern(r"(?:上年|去年|上一?年度|上年同期|同期)[^,;:。()\d]{0,8}$")
_BASE = Pattern(r"(?:较|比|由|从)[^,;。\d]{0,12}$")
_BASE_YEAR = Pattern(r"(?:较|比)(?:上年|去年)?[^,;。\d]{0,10}$")
_LAST_YEAR = Pattern("(?:较|比)(?:上年|去年|上一?年度?|20#*)(?!预算)[^,;。\\d]{0,8}$")
_OF_LAST_YEAR = Pattern("[,;]?(?:而|其中)?(?:上年|去年|上一年)(?!结[转余])")
_DOWN = Pattern("减|下降|降|节约|少")


def change(passage: Passage, stated: Figure, sign: str, every: Narration) -> Proportion | None:
    """较上年减少A，减少P% with the value of this year before it; or the value of last year in so many words."""
    before = passage.figures[: passage.figures.index(stated)]
    if ends := _told_behind(passage, stated):
        return (
            _of_last_year(passage, stated, ends[1], ends[0], sign)
            if _falls(ends[1].words) == _falls(sign)
            else None
        )
    if before and before[-1].unit == "%":
        return _of_difference_behind(passage, stated, before, sign)
    if not before or before[-1].rough:
        return None
    last = before[-1]
    if _another_thing(passage, stated, before):
        return None
    down = bool(_DOWN.search(sign))
    earlier = [f for f in before[:-1] if f.unit == last.unit and not f.rough]
    if difference := _difference(passage, last, earlier):
        if bool(_DOWN.search(difference["sign"])) != down:
            return None
        subject = _SCOPE.sub("", clean(last.words[: difference.start()]))
        if len(before) > 1:
            return _of_difference(passage, stated, earlier, last, sign, subject)
        return _of_the_one_before(passage, stated, last, sign, subject, every)
    if (risen := _RISEN.search(last.words)) and earlier and _FROM.search(earlier[-1].words):
        return (
            _of_last_year(passage, stated, last, earlier[-1], sign)
            if bool(_DOWN.search(risen["sign"])) == down and earlier[-1].value
            else None
        )
    if (moved := _MOVED.search(last.words)) and bool(_DOWN.search(moved["sign"])) == down:
        if moved.start() == 0 and (years := two_years(passage, earlier)):
            return _of_base(passage, stated, years.base, last, sign)
        if earlier and passage.text.startswith("相比", earlier[-1].end):
            return _of_base(passage, stated, earlier[-1], last, sign)
        if len(earlier) > 1 and _FROM.search(earlier[-2].words) and _RISEN.search(earlier[-1].words):
            # 由3.2万人增加到4.1万人，增加0.9万人，增长28.13%
            return _of_base(passage, stated, earlier[-2], last, sign)
        if earlier and _BASE.search(earlier[-1].words) and not _MOVED.search(earlier[-1].words):
            # 较上年A减少B says what the percentage is of, whatever else its figures may make.
            meant = not _LAST_YEAR.search(earlier[-1].words) and explained(stated, (*earlier, last), (last,))
            return None if meant else _of_base(passage, stated, earlier[-1], last, sign)
    in_brackets = passage.text[last.start - 1] == "(" and "同比" in passage.text[: last.start]
    if earlier and last.value and (in_brackets or _compares(last)):
        return _of_last_year(passage, stated, earlier[-1], last, sign)
    if behind := _in_brackets_behind(passage, stated, last):
        return _of_last_year(passage, stated, last, behind, sign)
    return _of_difference_behind(passage, stated, before, sign)


def _difference(passage: Passage, last: Figure, earlier: list[Figure]) -> re.Match[str] | None:
    """较上年减少A, or 与上年相比，减少A: how much more or less, the comparison in its clause or in the one before."""
    if found := _DIFFERENCE.search(last.words):
        return found
    begin = passage.text.rfind(",", 0, last.start) + 1
    ahead = earlier[-1].end if earlier else 0
    compared = begin > ahead and _COMPARED_WITH.search(passage.text[ahead:begin])
    return _MOVED.search(last.words) if compared else None


def change_in_brackets(passage: Passage, stated: Figure, every: Narration) -> Proportion | None:
    """较上年减少18.5万元（65.37%）: the extent of the difference right before its bracket."""
    before = passage.figures[: passage.figures.index(stated)]
    if not before or before[-1].end + 1 != stated.start or not passage.text.startswith(")", stated.end):
        return None
    moved = _MOVED.search(before[-1].words)
    return change(passage, stated, moved["sign"], every) if moved else None


def _another_thing(passage: Passage, stated: Figure, before: Sequence[Figure]) -> bool:
    """Whether the percentage has a subject of its own, or is an average or a real growth, which no two amounts make."""
    words = clause(passage.text, stated.start)
    if _not_of_two(passage, stated):
        return True
    moved = CHANGE.search(words)
    subject = _COMPARING.sub("", clean(words[: moved.start()])) if moved else ""
    return len(subject) > 2 and not any(subject in f.words for f in before)


def _not_of_two(passage: Passage, stated: Figure) -> bool:
    """An average over years, or a growth at constant prices."""
    words = clause(passage.text, stated.start)
    real = _REAL.search(passage.text, 0, stated.start) and "名义" not in words
    return bool(real) or _AVERAGE.search(words) is not None


def _in_brackets_behind(passage: Passage, stated: Figure, now: Figure) -> Figure | None:
    """客运量386.2万人次，同比增长12.3%（上年343.9万人次）: last year's figure in brackets of its own, or last of all."""
    bracket = passage.text.startswith("(", stated.end)
    if not bracket and not passage.text.startswith(",", stated.end):
        return None
    close = passage.text.find(")", stated.end) if bracket else len(passage.text)
    inside = [f for f in passage.figures if stated.end < f.start < close]
    if len(inside) != 1 or not _THEN.search(inside[0].words) or not alike(inside[0], now):
        return None
    return inside[0] if inside[0].value and not inside[0].rough and now.depth == stated.depth else None


def _told_behind(passage: Passage, stated: Figure) -> tuple[Figure, Figure] | None:
    """下降20%，由85万元降至68万元: what it moved from and to, told right behind the percentage."""
    index = passage.figures.index(stated)
    ends = passage.figures[index + 1 : index + 3]
    if (
        len(ends) < 2
        or _not_of_two(passage, stated)
        or any(f.rough or f.depth != ends[0].depth for f in ends)
    ):
        return None
    base, now = ends
    if not (alike(base, now) and base.value and base.unit != "%" and passage.text[stated.end] in ",("):
        return None
    # What moved may have a name of its own there: 下降2%，其中水费由…
    if not _FROM_BEHIND.fullmatch(base.words) or not _RISEN.search(now.words):
        return None
    return base, now


def _falls(sign: str) -> bool:
    return _DOWN.search(sign) is not None


def beyond(passage: Passage, stated: Figure) -> Proportion | None:
    """消除隐患76处，超额8.5%完成70处任务; 目标400座，完成420座，超额5%."""
    index = passage.figures.index(stated)
    before = [f for f in passage.figures[:index] if f.unit != "%"]
    behind = [
        f
        for f in passage.figures[index + 1 :]
        if "任务" in passage.text[f.end : f.end + 4] or "任务" in f.label
    ]
    if before and behind:
        done, wanted = before[-1], behind[0]
    else:
        counted = [f for f in before if "超" not in f.words]
        if len(counted) < 2 or not any(word in counted[-2].words for word in ("目标", "任务", "计划")):
            return None
        wanted, done = counted[-2:]
    if not alike(done, wanted) or not wanted.value or done.rough or wanted.rough or done.value < wanted.value:
        return None
    way = Fraction(f"{done.shown} ÷ {wanted.shown} − 1", done.value / wanted.value - 1, Decimal(0))
    return Proportion(passage.form.id, passage.at, "超额比例", stated, (way,))


def _of_the_one_before(
    passage: Passage, stated: Figure, last: Figure, sign: str, subject: str, every: Narration
) -> Proportion | None:
    """三公经费35.2万元。较上年减少3.1万元: the sentence goes on about what was told before it.

    Where it names nothing, any figure of the section may be meant."""
    ahead = every.before(passage)
    if ahead and _PARTS_OF_IT.match(ahead.text):
        ahead = every.before(ahead)
    if ahead is None or ahead.planned:
        return None
    told = [f for f in ahead.figures if f.unit == last.unit and not f.rough]
    if subject:
        told = _named_before(passage, last, subject, every) or _told_of(ahead, subject, told)
    found = _of_difference(passage, stated, told, last, sign, "")
    if found is None or found.holds:
        return found
    section = [f for p in every.section(passage) for f in p.figures if f.unit == last.unit and f is not last]
    ways = (_against(f, last, _falls(sign)) for f in section)
    return None if any(way and fits(stated, way) for way in ways) else found


def _named_before(passage: Passage, last: Figure, subject: str, every: Narration) -> list[Figure]:
    """The nearest figure of that name in the sentences right before: 因公出国费 and 因公出国经费支出 are one."""
    core = _ENDING.sub("", subject)
    near = [p for p in every.section(passage) if passage.at.row - _REACH <= p.at.row < passage.at.row]
    for before in reversed(near):
        named = [f for f in before.figures if f.unit == last.unit and not f.rough and not _compared(f)]
        named = [f for f in named if len(core) > 2 and _ENDING.sub("", f.label).endswith(core)]
        if named and not before.planned:
            return named[:1]
    return []


def _told_of(ahead: Passage, subject: str, told: list[Figure]) -> list[Figure]:
    """“三公”经费支出决算为6.5万元 tells of 三公经费 in its first words."""
    core, said = _NAMELESS.sub("", subject), _QUOTES.sub("", ahead.text)
    cut = said.find("其中")
    if len(core) < 3 or core not in said[: cut if cut > 0 else None]:
        return []
    whole = [f for f in told if not f.depth and "其中" not in ahead.text[: f.start]]
    return [f for f in whole if "预算" not in f.words.replace("一般公共预算", "")]


def _of_difference_behind(
    passage: Passage, stated: Figure, before: Sequence[Figure], sign: str
) -> Proportion | None:
    """支出372万元，较上年增长9.6%，增支32.6万元: how much it was stands right behind the percentage."""
    behind = next(iter(passage.figures[len(before) + 1 :]), None)
    if (
        behind is None
        or behind.rough
        or behind.depth != stated.depth
        or _another_thing(passage, stated, before)
    ):
        return None
    moved = _MOVED.fullmatch(behind.words.removeprefix("同比"))
    between = passage.text[stated.end : behind.start]
    if not moved or between.count(",") != 1 or not between.startswith(","):
        return None
    begin = max(passage.text.rfind(mark, 0, stated.start) for mark in ";。")
    told = [f for f in before if f.start > begin and alike(f, behind) and f.depth == stated.depth]
    if any(f.rough or _MOVED.search(f.words) for f in told) or _falls(moved["sign"]) != _falls(sign):
        return None
    return _of_difference(passage, stated, told, behind, sign, "")


def _of_difference(
    passage: Passage, stated: Figure, earlier: list[Figure], last: Figure, sign: str, subject: str
) -> Proportion | None:
    candidates = [f for f in earlier if not _compared(f) and f.depth == last.depth]
    # A clause with a subject of its own speaks of that figure and no other.
    candidates = [f for f in candidates if not subject or f.label == subject]
    down = bool(_DOWN.search(sign))
    ways = [(f, way) for f in reversed(candidates) if (way := _way(f, last, down))]
    if not ways:
        return None
    # 三公经费…，其中…，较上年减少…: the sentence may go on about its first figure.
    now = ways[0][0]
    every = tuple({way.value: way for _, way in ways}.values())
    return Proportion(passage.form.id, passage.at, now.label + _extent(sign), stated, every)


def _way(told: Figure, difference: Figure, down: bool) -> Fraction | None:
    """上年支出574万元，同比增加41万元，增长7.14%: what is told of last year is the base itself."""
    if not _OF_LAST_YEAR.match(told.words):
        return _against(told, difference, down)
    return _on(told, difference) if told.value else None


def _against(now: Figure, difference: Figure, down: bool) -> Fraction | None:
    was = now.value + difference.value if down else now.value - difference.value
    if was <= 0:
        return None
    exact = difference.value / was
    slack = (half(difference) + exact * (half(now) + half(difference))) / was
    return Fraction(
        f"{difference.shown} ÷（{now.shown} {'+' if down else '−'} {difference.shown}）", exact, slack
    )


def _of_base(passage: Passage, stated: Figure, base: Figure, last: Figure, sign: str) -> Proportion | None:
    """较上年B增加C，增长P%, and 由A减少到B: the figure behind 较 or 由 is the base."""
    if not base.value:
        return None
    return Proportion(passage.form.id, passage.at, _extent(sign), stated, (_on(base, last),))


def _on(base: Figure, last: Figure) -> Fraction:
    exact = last.value / base.value
    return Fraction(f"{last.shown} ÷ {base.shown}", exact, (half(last) + exact * half(base)) / base.value)


def _of_last_year(
    passage: Passage, stated: Figure, now: Figure, last: Figure, sign: str
) -> Proportion | None:
    down = bool(_DOWN.search(sign))
    exact = (last.value - now.value if down else now.value - last.value) / last.value
    if exact < 0:
        return None
    way = Fraction(
        f"（{now.shown} 与 {last.shown} 之差）÷ {last.shown}", exact, (half(now) + half(last)) / last.value
    )
    # 由A增加到B: what leads to the figure is no name.
    label = "" if _RISEN.search(now.words) else now.label
    return Proportion(passage.form.id, passage.at, label + _extent(sign), stated, (way,))


def _extent(sign: str) -> str:
    return sign if sign.endswith(("幅", "率")) else f"{sign}幅度"


def _compared(figure: Figure) -> bool:
    # 经比较，三公经费41万元 is this year's.
    return any(word in figure.label.replace("比较", "") for word in ("较", "比", "占"))


def _compares(figure: Figure) -> bool:
    """比上年预算72万元: the figure is last year's own; 比上年增收72万元 is no such figure."""
    return (
        CHANGE.search(figure.words) is None
        and _MOVED.search(figure.words) is None
        and _BASE_YEAR.search(figure.words) is not None
    )
