"""Wholes and their parts in sentences: 其中 lists, brackets, 已/未 pairs, and the classes of an expense."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from selfeval.filing import Position
from selfeval.pattern import Pattern
from selfeval.statements import MONEY, Figure, Passage

# A list behind these is the whole breakdown; behind 其中 or 用于 it may be an extract.
_MARK = Pattern(r"(?P<full>包括)|其中|用于")
_COMPARED = Pattern(
    r"较|比|同比|占|增加|减少|增长|下降|上升|压减|节约|上年|去年|结转|结余|原|计划|目标|任务|应|不含|剩余"
)
_OPEN = Pattern(r"等(?:[,;)。、]|$|\d)|含")
_BUDGETS = ("一般公共预算", "政府性?基金", "国有资本", "社会保险")
_CLASSES = ("工资福利", "商品和?服务", "对?个人和?家庭", "资本性支出")
# Sets of names that leave nothing over, by what the whole is called ("" where any whole will do).
_EXHAUSTIVE = (
    ("支出|预算|资金|收支", ("基本支出", "项目支出"), 2),
    ("基本支出", ("人员(?:经费|支出)", "公用(?:经费|支出)"), 2),
    ("基本支出", _CLASSES, 3),
    ("", _BUDGETS, 3),
    ("三公", ("接待", "用车|公车"), 2),
    ("用车|公车", ("购置", "运行|维护"), 2),
    ("资金|预算|到位", ("财政拨款", "其他资金"), 2),
)
# Behind a list with something left out, a total this near was meant to be its sum.
_NEAR = Decimal("0.02")
_CLASS_RANGE = Decimal("0.05")
_BASIC = Pattern(r"基本支出(?:决算|合计|总额)?(?:支出)?")
_PERSONNEL = Pattern(r"人员(?:经费|支出)(?:支出)?")
_OPERATING = Pattern(r"(?:日常)?公用(?:经费|支出)(?:支出)?")
_BUDGET = Pattern(r"(?:全年|年度|调整后?)(?:总)?预算(?:数|总额)?")
_APART = Pattern("对?个人和?家庭|资本性|其他")
_NOT_YET = Pattern(r"(?:尚|还)?未")


@dataclass(frozen=True, slots=True)
class Sum:
    """A whole beside the parts that the text lists. `complete`: nothing is left out by what the text
    says; `listed`: an enumeration that leaves nothing out by its form, without saying so."""

    form: str
    places: tuple[Position, ...]
    whole: Figure
    parts: tuple[Figure, ...]
    complete: bool
    listed: bool = False

    @property
    def total(self) -> Decimal:
        return sum((part.value for part in self.parts), Decimal(0))

    @property
    def tolerance(self) -> Decimal:
        """One rounding for each addition, in the coarsest decimals shown; whole numbers are exact."""
        steps = [figure.step for figure in (self.whole, *self.parts) if _rounded(figure)]
        return max(steps, default=Decimal(0)) * max(1, len(self.parts) - 1)

    @property
    def excess(self) -> bool:
        return self.total > self.whole.value + self.tolerance

    @property
    def _begins_with_whole(self) -> bool:
        """The first parts make the whole already; what follows them tells something else."""
        sums = itertools.accumulate(part.value for part in self.parts)
        return any(abs(total - self.whole.value) <= self.tolerance for total in list(sums)[1:])

    @property
    def holds(self) -> bool:
        difference = abs(self.total - self.whole.value)
        if difference <= self.tolerance:
            return True
        if self._begins_with_whole:
            return True
        if self.complete or self.excess or self.listed:
            return False
        return len(self.parts) < 2 or difference > self.whole.value * _NEAR


def _rounded(figure: Figure) -> bool:
    return (
        "." in figure.shown
        or figure.shown.endswith(("万", "亿"))
        or re.search(r"[万亿](?!元)", figure.shown) is not None
    )


def sums(said: tuple[Passage, ...]) -> Iterator[Sum]:
    """Every whole with parts, each once however often the same text stands in the filing."""
    seen: set[tuple] = set()
    for found in itertools.chain(_lists(said), _sections(said)):
        key = (found.whole.value, tuple(part.value for part in found.parts))
        if key not in seen:
            seen.add(key)
            yield found


def _lists(said: tuple[Passage, ...]) -> Iterator[Sum]:
    before: Passage | None = None
    for passage in said:
        figures = passage.figures
        if figures:
            yield from _marked(passage, before)
            yield from _bracketed(passage)
            yield from _pairs(passage)
        before = passage


def _marked(passage: Passage, before: Passage | None) -> Iterator[Sum]:
    text, figures = passage.text, passage.figures
    marks = list(_MARK.finditer(text))
    for index, mark in enumerate(marks):
        if text[mark.end() :].startswith(("其中", ":其中")):
            continue  # doubled by a slip
        depth = text.count("(", 0, mark.start()) - text.count(")", 0, mark.start())
        closing = _closing(text, mark.end(), depth)
        following = [m.start() for m in marks[index + 1 :] if _depth(text, m.start()) == depth]
        end = min([closing, *following])
        behind = [f for f in figures if mark.end() <= f.start < end and f.depth == depth]
        behind = _until_semicolon(text, behind)
        parts = [f for f in behind if f.unit != "%" and not _COMPARED.search(f.label)]
        if not parts:
            continue
        unit = parts[0].unit
        parts = [f for f in parts if f.unit == unit]
        named = re.split(r"[,;:、。()]", text[: mark.start()])[-1]
        ahead = [f for f in figures if f.end <= mark.start() and f.depth <= depth]
        places = (passage.at,)
        if named and not (ahead and text[ahead[-1].end : mark.start()] == ""):
            ahead = [f for f in ahead if f.label and f.label in named]
        elif (
            not ahead
            and depth == 0
            and before
            and before.at.part == passage.at.part
            and before.form is passage.form
        ):
            ahead = [
                f for f in before.figures if f.depth == 0 and f.unit == unit and not _COMPARED.search(f.label)
            ]
            ahead, places = (ahead if len(ahead) == 1 else []), (before.at, passage.at)
        whole = next((f for f in reversed(ahead) if f.unit == unit and not _COMPARED.search(f.label)), None)
        if whole is None or whole.rough or any(part.rough for part in parts):
            continue
        open_list = _OPEN.search(text[mark.end() : end]) is not None
        complete = not open_list and (bool(mark["full"]) or _residual(parts))
        full = (complete and len(parts) > 1) or exhaustive(whole, parts)
        found = Sum(passage.form.id, places, whole, tuple(parts), full)
        if (full or _extract(whole, parts)) and not _splits_another(found, ahead):
            yield found


def _bracketed(passage: Passage) -> Iterator[Sum]:
    """An enumeration in brackets behind a figure: 65人（行政61人、事业4人）."""
    text, figures = passage.text, passage.figures
    for whole in figures:
        if text[whole.end : whole.end + 1] != "(" or whole.rough:
            continue
        end = _closing(text, whole.end + 1, whole.depth + 1)
        inner = text[whole.end + 1 : end]
        if _MARK.search(inner) or _OPEN.search(inner) or re.search("[;。]", inner.rstrip(";。")):
            continue
        parts = [f for f in figures if whole.end < f.start < end and f.depth == whole.depth + 1]
        if len(parts) < 2 or any(
            f.unit != whole.unit or f.rough or not f.label or _COMPARED.search(f.label) for f in parts
        ):
            continue
        found = Sum(
            passage.form.id, (passage.at,), whole, tuple(parts), exhaustive(whole, parts), listed=True
        )
        # Far from each other the bracket explains something else.
        if abs(found.total - whole.value) <= whole.value / 3:
            yield found


def _pairs(passage: Passage) -> Iterator[Sum]:
    """任务627宗，已整改502宗，未整改125宗."""
    figures = passage.figures
    for second in figures:
        negation = _NOT_YET.match(second.words)
        if not negation or second.rough:
            continue
        core = second.words[negation.end() :]
        earlier = [
            f for f in figures if f.end <= second.start and f.unit == second.unit and f.depth == second.depth
        ]
        first = next((f for f in reversed(earlier) if f.words.removeprefix("已") == core), None)
        if not core or first is None or earlier.index(first) == 0:
            continue
        before = [f.value for f in earlier[: earlier.index(first)]]
        whole = earlier[earlier.index(first) - 1]
        # 建议5件，提案10件，已办结12件，未办结3件: the whole may itself be told in parts.
        told = itertools.accumulate(reversed(before))
        if whole.rough or first.rough or first.value + second.value in (*before, *told):
            continue
        yield Sum(passage.form.id, (passage.at,), whole, (first, second), True)


def _sections(every: tuple[Passage, ...]) -> Iterator[Sum]:
    """The classes of an expense that stand in sentences of their own, against the total of their section."""
    by_form = itertools.groupby((p for p in every if p.at.sentence), key=lambda passage: passage.form.id)
    for _, group in by_form:
        report = list(group)
        totals = [(f, p) for p in report for f in p.figures if _BASIC.fullmatch(f.label) and _plain(f)]
        for _, section in itertools.groupby(report, key=lambda passage: passage.at.part):
            said = [
                (f, p) for p in section for f in p.figures if f.depth == 0 and f.unit == MONEY and not f.rough
            ]
            yield from _natures(said)
            yield from _classes(said, totals)


def _natures(said: list[tuple[Figure, Passage]]) -> Iterator[Sum]:
    found = [
        [pair for pair in said if name.fullmatch(pair[0].label)] for name in (_BASIC, _PERSONNEL, _OPERATING)
    ]
    if all(len({f.value for f, _ in pairs}) == 1 for pairs in found):
        whole, *parts = (pairs[0] for pairs in found)
        rest = [f.value for f, _ in said if _APART.match(f.label)]
        result = _sum(whole, parts)
        gap = result.whole.value - result.total
        # Where these are told apart from 人员 and 公用 they belong to the sum.
        apart = [sum(some) for n in range(1, len(rest) + 1) for some in itertools.combinations(rest[:4], n)]
        if not any(abs(gap - value) <= result.tolerance for value in apart):
            yield result


def _classes(said: list[tuple[Figure, Passage]], totals: list[tuple[Figure, Passage]]) -> Iterator[Sum]:
    parts = [
        next(
            (pair for pair in said if re.match(name, pair[0].label) and not _COMPARED.search(pair[0].label)),
            None,
        )
        for name in _CLASSES
    ]
    parts = [pair for pair in parts if pair]
    if len(parts) < 3:
        return
    budgets = [pair for pair in said if _BUDGET.search(pair[0].words)]
    candidates = [_sum(whole, parts) for whole in totals + budgets]
    if any(abs(c.total - c.whole.value) <= c.tolerance for c in candidates):
        return
    near = [c for c in candidates if abs(c.total - c.whole.value) <= c.whole.value * _CLASS_RANGE]
    yield from near[:1]


def _sum(whole: tuple[Figure, Passage], parts: Iterable[tuple[Figure, Passage]]) -> Sum:
    places = tuple(dict.fromkeys(passage.at for _, passage in (whole, *parts)))
    return Sum(whole[1].form.id, places, whole[0], tuple(figure for figure, _ in parts), True)


def exhaustive(whole: Figure, parts: list[Figure]) -> bool:
    """Whether the names of the parts leave nothing over of such a whole."""
    for name, members, least in _EXHAUSTIVE:
        if not re.search(name, whole.label):
            continue
        matched = [next((m for m in members if re.search(m, part.label)), None) for part in parts]
        if len({m for m in matched if m}) >= least:
            return True
    return False


def _splits_another(found: Sum, ahead: list[Figure]) -> bool:
    """收入…，支出…，其中…: the parts may be those of a figure before the last one."""
    others = [f.value for f in ahead if f.unit == found.whole.unit and f is not found.whole]
    return any(
        abs(found.total - value) <= found.tolerance or (found.excess and found.total < value)
        for value in others
    )


def _extract(whole: Figure, parts: list[Figure]) -> bool:
    """Whether all are things of one kind; "整改到位" in a list tells of the thing before it."""
    generic = whole.generic or any(part.generic for part in parts)
    return not generic and (whole.unit == MONEY or len(parts) > 1)


def _residual(parts: list[Figure]) -> bool:
    return len(parts) > 2 and parts[-1].label.startswith(("其他", "其它", "其余"))


def _until_semicolon(text: str, figures: list[Figure]) -> list[Figure]:
    """A list separated by commas ends at the first semicolon."""
    if len(figures) < 2 or re.search("[;]", text[figures[0].end : figures[1].start]):
        return figures
    end = text.find(";", figures[0].end)
    return [f for f in figures if end < 0 or f.start < end]


def _plain(figure: Figure) -> bool:
    return figure.unit == MONEY and not figure.rough


def _depth(text: str, at: int) -> int:
    return text.count("(", 0, at) - text.count(")", 0, at)


def _closing(text: str, start: int, depth: int) -> int:
    """Where the bracket that is open at `start` ends; the end of the text outside brackets."""
    if depth <= 0:
        return len(text)
    level = depth
    for index in range(start, len(text)):
        level += (text[index] == "(") - (text[index] == ")")
        if level < depth:
            return index
    return len(text)
