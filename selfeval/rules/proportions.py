"""Percentages in sentences beside the figures that they come from: shares, rates, changes against last year."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from selfeval.filing import Filing, Position
from selfeval.pattern import Pattern
from selfeval.statements import Figure, Passage, clean

_HUNDRED = Decimal(100)
# 0.01 percentage point is a rounding, whatever else.
_TOLERANCE = Decimal("0.01")
_SHARE = Pattern(r"占(?P<whole>[^,;:。()\d]{2,20}?)的?(?:比例|比重)?(?:为|是|达|约)?$")
_RATE = Pattern(r"(?:率|整改|完成|占比)(?:为|是|达到?|约)?$")
_CHANGE = Pattern(
    r"(?P<sign>减少|下降|降低|压减|减幅|降幅|下降率|节约|增加|增长|上升|增幅|增长率)(?:了|为|率|率为|达|幅度为)?$"
)
_DIFFERENCE = Pattern(
    r"(?:较|比|与)(?:上年|去年|上一?年度|年初|预算)[^,;。\d]{0,12}(?P<sign>减少|下降|降低|压减|节约|增加|增长|上升)了?$"
)
_BASE_YEAR = Pattern(r"(?:较|比)(?:上年|去年)[^,;。\d]{0,10}$")
_COMPARES = Pattern("较|比|增加|减少|增长|下降")
_DOWN = Pattern("减|下降|降|节约")
_BEYOND = Pattern(r"超额?(?:完成)?$")
_WHOLE = Pattern("预算|任务|编制|应|共|总|下达|计划|问题|申请|收到|受理|认定|目标")
_DONE = Pattern("实际|执行|支出|完成|到位|整改|处置|已|在职|在岗|实有|办结|使用|支付|解决|化解|回收")
_ADJUSTMENT = Pattern("(?P<down>调减|追减|压减|收回)|调增|追加|调整")
_RESULT = Pattern("执行率|完成率|到位率|整改|处置率|支付率|控制率|办结率|化解率|使用率|支出率|进度")


@dataclass(frozen=True, slots=True)
class Proportion:
    """A stated percentage, and the fractions that its figures make; it holds when one of them fits."""

    form: str
    at: Position | tuple[Position, ...]
    name: str
    stated: Figure
    formulas: tuple[str, ...]
    exact: tuple[Decimal, ...]
    slack: tuple[Decimal, ...]

    @property
    def holds(self) -> bool:
        """By rounding at its decimals, by one hundredth of a point, or within the rounding of its figures."""
        step = self.stated.step
        # What is done beyond the task is often told as done in full.
        if self.stated.value == _HUNDRED and all(value >= 1 for value in self.exact):
            return True
        return any(
            abs(self.stated.value - value * _HUNDRED) <= max(_TOLERANCE, slack * _HUNDRED)
            or (value * _HUNDRED).quantize(step, ROUND_HALF_UP) == self.stated.value
            for value, slack in zip(self.exact, self.slack, strict=True)
        )

    @property
    def cut_off(self) -> bool:
        return any(
            (value * _HUNDRED).quantize(self.stated.step, ROUND_DOWN) == self.stated.value
            for value in self.exact
        )


def proportions(filing: Filing, every: tuple[Passage, ...]) -> Iterator[Proportion]:
    """Every percentage whose figures stand beside it, each once however often the text is repeated."""
    scored = {line.at for form in filing.forms for line in form.funding}
    seen: set[tuple] = set()
    for passage in every:
        for index, figure in enumerate(passage.figures):
            if figure.unit != "%" or figure.rough:
                continue
            found = _read(passage, index, figure, every, scored)
            key = (found.name, found.stated.value, found.exact) if found else None
            if found and key not in seen:
                seen.add(key)
                yield found


def _read(
    passage: Passage, index: int, stated: Figure, every: tuple[Passage, ...], scored: set[Position]
) -> Proportion | None:
    words = re.split(r"[,;:。()]", passage.text[: stated.start])[-1]
    before = passage.figures[:index]
    if share := _SHARE.search(words):
        return _share(passage, stated, before, clean(share["whole"]), every)
    if _BEYOND.search(words):
        return _beyond(passage, stated, index)
    if change := _CHANGE.search(words):
        return _change(passage, stated, before, change["sign"])
    if _RATE.search(words) and _RESULT.search(words) and passage.at not in scored:
        return _rate(passage, stated, before, words)
    return None


def _share(
    passage: Passage, stated: Figure, before: tuple[Figure, ...], whole: str, every: tuple[Passage, ...]
) -> Proportion | None:
    beside = [
        f for f in before if f.unit != "%" and f.depth == stated.depth and not _COMPARES.search(f.words)
    ]
    part = beside[-1] if beside else None
    if part is None or part.rough or not whole:
        return None
    same = [p for p in every if p.form is passage.form and p.at.part == passage.at.part]
    wholes = [
        f
        for p in same
        for f in p.figures
        if f is not part and f.unit == part.unit and f.value and _names(f.label, whole)
    ]
    # The year before and the budget have their shares too.
    if not wholes or part.value > max(f.value for f in wholes):
        return None
    return _made(passage, stated, f"{part.label}占{whole}", [(part, f) for f in wholes])


def _names(label: str, whole: str) -> bool:
    return clean(label).removesuffix("决算").removesuffix("支出") == whole.removesuffix("支出")


def _rate(passage: Passage, stated: Figure, before: tuple[Figure, ...], words: str) -> Proportion | None:
    figures: list[Figure] = []
    for figure in reversed(before):
        if figure.unit == "%" or passage.text.find("。", figure.end, stated.start) >= 0:
            break
        if figure.depth <= stated.depth:
            figures.insert(0, figure)
    if any(f.rough for f in figures):
        return None
    wholes = [f for f in figures if _WHOLE.search(f.words) and f.value and not _adjusts(f)]
    done = [f for f in figures if _DONE.search(f.words) and not (_WHOLE.search(f.words) and f is figures[0])]
    pairs = [(d, w) for d in done for w in wholes if d is not w and d.unit == w.unit and w.start < d.start]
    if "控制率" in words:
        pairs = [(d, w) for d, w in pairs if d.unit in ("人", "名")]
    if not pairs:
        return None
    # Any two figures before it may be the ones meant: 到位率, 支付率 have other denominators.
    if _explained(figures, stated):
        return None
    pairs += [(d, _adjusted(w, a)) for d, w in pairs for a in figures if _adjusts(a) and a.unit == w.unit]
    name = clean(words) or "完成率"
    return _made(passage, stated, name, pairs)


def _explained(figures: list[Figure], stated: Figure) -> bool:
    return any(
        abs(later.value / earlier.value * _HUNDRED - stated.value) <= stated.step / 2 + _TOLERANCE
        for earlier, later in itertools.combinations(figures, 2)
        if earlier.unit == later.unit and earlier.value
    )


def _adjusts(figure: Figure) -> bool:
    return _ADJUSTMENT.search(figure.words) is not None and "调整后" not in figure.words


def _adjusted(whole: Figure, change: Figure) -> Figure:
    """The budget after its adjustment: 年初预算数 − 调减."""
    down = _ADJUSTMENT.search(change.words)["down"]
    value = whole.value - change.value if down else whole.value + change.value
    shown = f"（{whole.shown} {'−' if down else '+'} {change.shown}）"
    return whole._replace(value=value, shown=shown)


def _change(passage: Passage, stated: Figure, before: tuple[Figure, ...], sign: str) -> Proportion | None:
    """较上年减少A，减少P% with the value of this year before it; or the value of last year in so many words."""
    if not before:
        return None
    last = before[-1]
    if last.unit == "%" or last.rough:
        return None
    down = bool(_DOWN.search(sign))
    earlier = [f for f in before[:-1] if f.unit == last.unit and not f.rough]
    said = last.words
    if difference := _DIFFERENCE.search(said):
        subject = clean(said[: difference.start()])
        candidates = [f for f in earlier if not re.search("较|比|占", f.label) and f.depth == last.depth]
        # A clause with a subject of its own speaks of that figure and no other.
        candidates = [f for f in candidates if not subject or f.label == subject]
        now = candidates[-1] if candidates else None
        if now is None or bool(_DOWN.search(difference["sign"])) != down:
            return None
        was = now.value + last.value if down else now.value - last.value
        if was <= 0:
            return None
        sign_word = "+" if down else "−"
        formula = f"{last.shown} ÷（{now.shown} {sign_word} {last.shown}）"
        exact = last.value / was
        slack = (_half(last) + exact * (_half(now) + _half(last))) / was
        return Proportion(
            passage.form.id, passage.at, f"{now.label}{sign}幅度", stated, (formula,), (exact,), (slack,)
        )
    in_brackets = passage.text[last.start - 1] == "(" and "同比" in passage.text[: last.start]
    if earlier and last.value and (in_brackets or _compares(said)):
        now = earlier[-1]
        exact = (last.value - now.value if down else now.value - last.value) / last.value
        if exact < 0:
            return None
        formula = f"（{now.shown} 与 {last.shown} 之差）÷ {last.shown}"
        slack = (_half(now) + _half(last)) / last.value
        return Proportion(
            passage.form.id, passage.at, f"{now.label}{sign}幅度", stated, (formula,), (exact,), (slack,)
        )
    return None


def _compares(words: str) -> bool:
    """比上年预算72万元: the figure is last year's own."""
    return (
        re.search(r"(?:较|比)(?:上年|去年)", words) is not None
        and _CHANGE.search(words) is None
        and (_BASE_YEAR.search(words) is not None)
    )


def _beyond(passage: Passage, stated: Figure, index: int) -> Proportion | None:
    """消除隐患76处，超额8.5%完成70处任务."""
    before = [f for f in passage.figures[:index] if f.unit != "%"]
    behind = [
        f
        for f in passage.figures[index + 1 :]
        if "任务" in passage.text[f.end : f.end + 4] or "任务" in f.label
    ]
    if not before or not behind or before[-1].unit != behind[0].unit or not behind[0].value:
        return None
    done, wanted = before[-1], behind[0]
    if done.rough or wanted.rough or done.value < wanted.value:
        return None
    exact = done.value / wanted.value - 1
    return Proportion(
        passage.form.id,
        passage.at,
        "超额比例",
        stated,
        (f"{done.shown} ÷ {wanted.shown} − 1",),
        (exact,),
        (Decimal(0),),
    )


def _made(passage: Passage, stated: Figure, name: str, pairs: list[tuple[Figure, Figure]]) -> Proportion:
    unique = {(part.value, whole.value): (part, whole) for part, whole in pairs}.values()
    exact = tuple(part.value / whole.value for part, whole in unique)
    slack = tuple(
        (_half(part) + value * _half(whole)) / whole.value
        for (part, whole), value in zip(unique, exact, strict=True)
    )
    formulas = tuple(f"{part.shown} ÷ {whole.shown}" for part, whole in unique)
    return Proportion(passage.form.id, passage.at, name, stated, formulas, exact, slack)


def _half(figure: Figure) -> Decimal:
    """How far the rounding of a figure may lie from it; a whole number of things is exact."""
    return figure.step / 2 if "." in figure.shown else Decimal(0)
