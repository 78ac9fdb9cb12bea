"""Wholes and their parts that a sentence lists: behind 其中, in brackets, as 已/未."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from selfeval.filing import Position
from selfeval.narration import Narration
from selfeval.pattern import Pattern
from selfeval.statements import MONEY, Figure, Passage, clean

# A list behind these is the whole breakdown; behind 其中 or 用于 it may be an extract.
_MARK = Pattern(r"(?P<full>包括)|其中|用于|主要(?:是|为)")
_GOT = Pattern("实得|得分?")
COMPARED = Pattern(
    r"较|比|同比|占|增加|减少|增长|下降|上升|压减|节约|上年(?!.{0,3}结[转余])|去年|原|计划|目标|任务|应(?:完成|达|有|支|付|发|缴|到)|不含|剩余"
)
_OPEN = Pattern(r"等(?:[,;)。、]|$|\d)|含")
BUDGETS = ("一般公共预算", "政府性?基金", "国有资本", "社会保险")
CLASSES = ("工资福利", "商品和?服务", "对?个人和?家庭", "资本性支出")
# Sets of names that leave nothing over, by what the whole is called ("" where any whole will do).
_SETS = (
    ("支出|预算|资金|收支", ("基本支出", "项目支出"), 2),
    ("基本支出", ("人员(?:经费|支出)", "公用(?:经费|支出)"), 2),
    ("基本支出", CLASSES, 3),
    ("", BUDGETS, 3),
    ("三公", ("接待", "用车|公车"), 2),
    ("用车|公车", ("购置", "运行|维护"), 2),
    ("资金|预算|到位", ("财政拨款", "其他资金"), 2),
    ("收入", ("财政拨款", "其他收入"), 2),
    ("得分|评分|自评", ("执行", "产出", "效益", "满意"), 3),
    ("", ("城市|城镇", "农村|乡村"), 2),
    ("", ("男", "女"), 2),
    ("", ("集中", "分散"), 2),
    ("进出口", ("出口", "进口"), 2),
)
_EXHAUSTIVE = tuple(
    (Pattern(name), tuple(Pattern(member) for member in members), least) for name, members, least in _SETS
)
# Behind a list with something left out, a total this near was meant to be its sum.
_NEAR, _NEAR_OF_MANY = Decimal("0.02"), Decimal("0.05")
_NOT_YET = Pattern(r"(?:尚|还)?未")


class Sum(NamedTuple):
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
        additions = max(1, len(self.parts) - 1)
        inner = max((part.step for part in self.parts if _rounded(part)), default=Decimal(0))
        outer = self.whole.step if _rounded(self.whole) else Decimal(0)
        # A whole in 亿元 over parts to the cent is rounded once.
        return outer / 2 + inner * additions if outer > inner > 0 else max(inner, outer) * additions

    @property
    def excess(self) -> bool:
        return self.total > self.whole.value + self.tolerance

    @property
    def _begins_with_whole(self) -> bool:
        """The first parts make the whole already; what follows them tells something else."""
        sums = itertools.accumulate(part.value for part in self.parts)
        return any(abs(total - self.whole.value) <= self.tolerance for total in list(sums)[1:])

    @property
    def _of_one_kind(self) -> bool:
        """Most parts are named alike (高一, 高二, 高三): such a list was meant to be the whole."""
        ends = [(part.label[:1], part.label[-1:]) for part in self.parts]
        most = max(max(map(list(side).count, side)) for side in zip(*ends, strict=True))
        return 2 * most > len(ends)

    @property
    def holds(self) -> bool:
        difference = abs(self.total - self.whole.value)
        if difference <= self.tolerance:
            return True
        if self._begins_with_whole:
            return True
        if self.complete or self.excess or self.listed:
            return False
        near = _NEAR_OF_MANY if len(self.parts) > 2 and self._of_one_kind else _NEAR
        return len(self.parts) < 2 or difference > self.whole.value * near


def _rounded(figure: Figure) -> bool:
    return (
        "." in figure.shown
        or figure.shown.endswith(("万", "亿"))
        or re.search(r"[万亿](?!元)", figure.shown) is not None
    )


def lists(said: Narration) -> Iterator[Sum]:
    """Every whole whose parts the text lists."""
    before: Passage | None = None
    told: set[tuple[str, str]] = set()
    alone: set[str] = set()
    for passage in said:
        text = passage.text
        if passage.figures:
            joined = before if before and _joined(before, passage) else None
            # Cover and forms repeat each other; what is said in the same words behind the same words is the same.
            key = text, joined.text if joined else ""
            if key not in told and _MARK.search(text):
                yield from _marked(passage, joined, said)
            if not passage.at.sentence:
                told.add(key)
            if text not in alone:
                yield from _bracketed(passage) if "(" in text else ()
                yield from _pairs(passage) if "未" in text else ()
                alone.add(text)
        before = passage


def _joined(before: Passage, passage: Passage) -> bool:
    return before.form is passage.form and before.at.part == passage.at.part


def _marked(passage: Passage, before: Passage | None, every: Narration) -> Iterator[Sum]:
    """其中, 包括, 用于 and what they list, each kind of unit for itself: 户 and 人, 个 and 万元."""
    text, figures = passage.text, passage.figures
    marks = list(_MARK.finditer(text))
    for index, mark in enumerate(marks):
        if text[mark.end() :].startswith(("其中", ":其中")):
            continue  # doubled by a slip
        depth = _depth(text, mark.start())
        closing = _closing(text, mark.end(), depth)
        following = [m.start() for m in marks[index + 1 :] if _depth(text, m.start()) == depth]
        end = min([closing, *following])
        listed = [f for f in figures if mark.end() <= f.start < end and f.depth == depth and f.unit != "%"]
        ahead = _ahead(passage, mark.start(), depth)
        for number, unit in enumerate(dict.fromkeys(f.unit for f in listed)):
            parts = _parts(text, [f for f in listed if f.unit == unit])
            if not parts or (number and len(parts) < 2):
                continue
            named = re.split(r"[,;:、。()]", text[: mark.start()])[-1]
            wholes, places = _wholes(passage, before, every, ahead, named, unit, depth, mark.start())
            whole = next(
                (f for f in reversed(wholes) if f.unit == unit and not COMPARED.search(f.label)), None
            )
            if whole is None or whole.rough or any(part.rough for part in parts):
                continue
            open_list = _OPEN.search(text[mark.end() : end]) is not None
            complete = not open_list and (bool(mark["full"]) or _residual(parts))
            full = (complete and len(parts) > 1) or (not open_list and exhaustive(whole, parts))
            found = Sum(passage.form.id, places, whole, tuple(parts), full)
            if full and places[0] != passage.at and len(wholes) > 1:
                # Budget and spending stand in the sentence before: the list is of the nearer one.
                found = min((found._replace(whole=f) for f in wholes), key=_distance)
                if _distance(found) <= found.whole.value * _NEAR_OF_MANY:
                    yield found
            elif (full or _extract(whole, parts)) and not _splits_another(found, wholes):
                yield found


def _distance(found: Sum) -> Decimal:
    return abs(found.total - found.whole.value)


def _parts(text: str, listed: list[Figure]) -> list[Figure]:
    """The items of a list; of scores what was got, not what could be got."""
    parts = [f for f in _until_semicolon(text, listed) if not COMPARED.search(f.label)]
    got = [f for f in parts if f.unit == "分" and _GOT.search(f.words)]
    return got if 2 * len(got) == len(parts) else parts


def _ahead(passage: Passage, mark: int, depth: int) -> list[Figure]:
    """The figures before a list, back to the last semicolon where one stands behind it."""
    start = max(passage.text.rfind(sign, 0, mark) for sign in ";。")
    ahead = [f for f in passage.figures if f.end <= mark and f.depth <= depth]
    return [f for f in ahead if f.start > start] or ahead


def _wholes(
    passage: Passage,
    before: Passage | None,
    every: Narration,
    ahead: list[Figure],
    named: str,
    unit: str,
    depth: int,
    mark: int,
) -> tuple[list[Figure], tuple[Position, ...]]:
    """What a list may be the parts of, the likeliest last, with the places of whole and parts."""
    if named and not (ahead and passage.text[ahead[-1].end : mark] == ""):
        inside = [f for f in ahead if f.label and f.label in named]
        if inside or not passage.at.sentence:
            return inside, (passage.at,)
        # 基本支出包括…: the figure stands in a sentence before.
        named = clean(named)
        told = [(f, p) for p in _section_before(passage, every) for f in p.figures if f.label == named]
        return ([told[-1][0]], (told[-1][1].at, passage.at)) if told else ([], (passage.at,))
    if ahead or depth or before is None:
        return ahead, (passage.at,)
    told = [f for f in before.figures if f.depth == 0 and f.unit == unit and not COMPARED.search(f.label)]
    return told, (before.at, passage.at)


def _section_before(passage: Passage, every: Narration) -> Iterator[Passage]:
    return (p for p in every.section(passage) if p.at.row < passage.at.row)


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
            f.unit != whole.unit or f.rough or not f.label or COMPARED.search(f.label) for f in parts
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


def exhaustive(whole: Figure, parts: list[Figure]) -> bool:
    """Whether the names of the parts leave nothing over of such a whole."""
    called = f"{whole.label} {whole.subject}"
    for name, members, least in _EXHAUSTIVE:
        if len(parts) < least or not name.search(called):
            continue
        matched = [next((m for m in members if m.search(part.label)), None) for part in parts]
        if len({m for m in matched if m}) >= least:
            return True
    return False


def _splits_another(found: Sum, ahead: list[Figure]) -> bool:
    """收入…，支出…，其中…: the parts may be those of a figure before the last one."""
    others = [f.value for f in ahead if f.unit == found.whole.unit and f is not found.whole]
    return any(
        abs(found.total - value) <= found.tolerance
        or (found.excess and not found.complete and found.total < value)
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
