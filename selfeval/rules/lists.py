"""Wholes and their parts behind 其中, 包括 and 用于."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selfeval.filing import Position
from selfeval.narration import Narration
from selfeval.pattern import Pattern
from selfeval.rules.enumerations import enumerated, number_in
from selfeval.rules.sums import (
    COMPARED,
    NEAR_OF_MANY,
    OPEN,
    Sum,
    closing,
    depth_at,
    exhaustive,
    overlapping,
    usual,
)
from selfeval.statements import MONEY, Figure, Passage, clean

# A list behind these is the whole breakdown; behind 其中 or 用于 it may be an extract.
_MARK = Pattern(r"(?P<full>包括)|其中|用于|主要(?:是|为)|(?<=元)中(?=[,:])")
_BUDGETED, _SPENT = Pattern("预算"), Pattern("决算|支出|执行|实际")
_RESULT = Pattern("(?:实际|全年)?(?:支出|决算|执行)(?:数|支出)?")
_WORK = Pattern("新增|新建|新改建|建成|完成|改造|实施|建设|开展|举办|组织")
_GOT = Pattern("实得|得分?")
_AVERAGE = Pattern("[人户亩年日月件车]均|平均|均$|每|单价|(?<!高)标准")
_FROM, _TO = Pattern("[由从]$"), Pattern("^[^,;]{0,6}[至到为]$")
_HOLDS = Pattern("[,(]?(?:包?含|分别为)")
# 甲600万元、乙200万元、丙150万元三部分 says how many parts there are.
_CLOSED = Pattern("等?(?P<number>[两三四五六七八九]|\\d)(?:个?大?(?:部分|方面|类|块)|大项)")
# 全年预算2380万元，资金来源包括…
_MADE_OF = Pattern("(?:项目|资金|经费|预算|其)*(?:来源|构成|组成)(?:主要)?")
# 编制1024名，其中局机关行政编制24名、工勤编制2名: the posts of one body of all.
_OF_ONE_BODY = Pattern(
    "[,:]?[\u4e00-\u9fff]{0,4}(?:[局厅委办院]机关|本级|本部)(?:核定|现有|实有)?(?:行政|事业|工勤|参公)"
)
_THINGS = ("个", "项", "类", "笔", "家", "所", "个项目")
# What follows the assets in a balance is no part of them.
_OTHER_SIDE = Pattern("负债|净资产|所有者权益")
_NEGATIVE, _SIGNED = Pattern(r"[\u4e00-\u9fff:][-−]\d", needs="-−"), 24
_SIDES, _BOTH_SIDES = ("收入", "支出"), Pattern("收支总|收[、,]?支出?总|收支.{0,2}总")
_RATE = Pattern("率(?:为|是|达到?)?$")
_SHARED = Pattern(r"\([^()]*(?:重复|交叉|多项|多次|同时|兼)[^()]*\)")


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
                yield from enumerated(passage, joined)
                alone.add(text)
        before = passage


def _joined(before: Passage, passage: Passage) -> bool:
    return before.form is passage.form and before.at.part == passage.at.part


def _marked(passage: Passage, before: Passage | None, every: Narration) -> Iterator[Sum]:
    """其中, 包括, 用于 and what they list, each kind of unit for itself: 户 and 人, 个 and 万元."""
    text, figures = passage.text, passage.figures
    marks = [mark for mark in _MARK.finditer(text) if not _gives_a_reason(passage, mark)]
    for index, mark in enumerate(marks):
        if text[mark.end() :].startswith(("其中", ":其中")):
            continue  # doubled by a slip
        depth = depth_at(text, mark.start())
        close = closing(text, mark.end(), depth)
        following = [m.start() for m in marks[index + 1 :] if depth_at(text, m.start()) == depth]
        end = min([close, *following])
        listed = [f for f in figures if mark.end() <= f.start < end and f.depth == depth and f.unit != "%"]
        # Of -13万元 the sign is not read.
        if not listed or _NEGATIVE.search(text, mark.end(), listed[-1].end + _SIGNED):
            continue
        ahead = _ahead(passage, mark.start(), depth)
        for number, unit in enumerate(dict.fromkeys(f.unit for f in listed)):
            parts = _parts(passage, [f for f in listed if f.unit == unit])
            if not parts or (number and len(parts) < 2) or _OF_ONE_BODY.match(text, mark.end()):
                continue
            named = re.split(r"[,;:、。()]", text[: mark.start()])[-1]
            wholes, places = _wholes(passage, before, every, ahead, named, unit, depth, mark.start())
            whole = next((f for f in reversed(wholes) if f.unit == unit and _counts_all(f)), None)
            parts = _until_own_rate(passage, whole, parts) if whole else parts
            if whole is None or whole.rough or any(part.rough for part in parts):
                continue
            if (turns := _in_turn(parts)) is not None:
                yield from _each_turn(passage, places, wholes, turns)
                continue
            if columns := _columns(parts, ahead):
                for head, some in columns:
                    yield Sum(passage.form.id, places, head, tuple(some), complete=False, listed=True)
                continue
            open_list = OPEN.search(text[mark.end() : end]) is not None
            complete = not open_list and (bool(mark["full"]) or _residual(parts))
            complete = complete or _closed(text, parts)
            by_names = not open_list and exhaustive(whole, parts, wholes)
            if places[0] != passage.at and parts[0].value > whole.value and not (complete or by_names):
                continue  # 检出不合格148件。其中农产品2638批次，…: of something told before that
            counted = not open_list and _counted(ahead, unit, parts)
            full = ((complete or counted) and len(parts) > 1) or by_names
            listed_up = not open_list and usual(whole, parts)
            if not (full or listed_up) and (overlapping(whole, parts) or _told_alone(passage, whole, parts)):
                continue
            found = Sum(passage.form.id, places, whole, tuple(parts), full, listed_up)
            if full and places[0] != passage.at and len(wholes) > 1:
                # Budget and spending stand in the sentence before: the list is of the nearer one.
                nearest = min((found._replace(whole=f) for f in wholes), key=lambda way: way.gap)
                if nearest.gap <= nearest.whole.value * NEAR_OF_MANY:
                    yield nearest
                elif by_names and len(parts) > 2 and not _splits_another(found, wholes):
                    yield found
            elif (full or listed_up or _extract(whole, parts)) and not _splits_another(found, wholes):
                yield found


def _gives_a_reason(passage: Passage, mark: re.Match[str]) -> bool:
    """主要是任务增加；接待费12万元: no figure stands in what it begins."""
    if not mark[0].startswith("主要"):
        return False
    ends = (passage.text.find(sign, mark.end()) for sign in ";。")
    end = min((at for at in ends if at >= 0), default=len(passage.text))
    return not any(mark.end() <= f.start < end for f in passage.figures)


def _in_turn(parts: list[Figure]) -> list[list[Figure]] | None:
    """公务接待费预算6万元、决算5万元, …: the budgets and the results of one list, each by the item's name.

    None where the list does not mix the two; [] where it does not take turns."""
    kinds = [
        "预算" if _BUDGETED.search(f.words) else "决算" if _RESULT.fullmatch(f.label) else "" for f in parts
    ]
    if not {"预算", "决算"} <= set(kinds):
        return None
    budgets, results = parts[::2], parts[1::2]
    if kinds != ["预算", "决算"] * len(results):
        return []
    return [budgets, [r._replace(label=b.label) for b, r in zip(budgets, results, strict=True)]]


def _columns(parts: list[Figure], ahead: list[Figure]) -> list[tuple[Figure, list[Figure]]]:
    """送审35亿元，审定32亿元，其中甲送审23亿元，审定21亿元，乙送审12亿元，审定11亿元: each column with its head.

    Empty where no name comes again; what comes again without a head is left out."""
    names = [part.label for part in parts]
    if not names[0] or all(names.count(name) == 1 for name in names):
        return []
    heads = {figure.label: figure for figure in ahead if figure.unit == parts[0].unit and not figure.rough}
    columns = [(name, [part for part in parts if part.label == name]) for name in dict.fromkeys(names)]
    lengths = {len(some) for _, some in columns}
    if len(columns) < 2 or len(lengths) > 1:
        return []
    return [(heads[name], some) for name, some in columns if name in heads]


def _each_turn(
    passage: Passage, places: tuple[Position, ...], wholes: list[Figure], turns: list[list[Figure]]
) -> Iterator[Sum]:
    for kind, parts in zip((_BUDGETED, _SPENT), turns, strict=False):
        whole = next((f for f in reversed(wholes) if kind.search(f.words) and not f.rough), None)
        if whole is not None and len(parts) > 1:
            full = exhaustive(whole, parts, wholes)
            yield Sum(passage.form.id, places, whole, tuple(parts), full)


def _parts(passage: Passage, listed: list[Figure]) -> list[Figure]:
    """The items of a list; of scores what was got, not what could be got."""
    ends = (n for n, figure in enumerate(listed) if n and _OTHER_SIDE.search(figure.label))
    listed = _without_nested(passage.text, listed[: next(ends, len(listed))])
    listed = _until_another_work(passage.text, _until_semicolon(passage, listed))
    parts = [f for f in listed if not COMPARED.search(f.label)]
    parts = _without_starts(parts)
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
    if named and not (ahead and (passage.text[ahead[-1].end : mark] == "" or _MADE_OF.fullmatch(named))):
        inside = [f for f in ahead if f.label and f.label in named]
        if inside or not passage.at.sentence:
            return inside, (passage.at,)
        # 基本支出包括…: the figure stands in a sentence before.
        named = clean(named)
        told = [(f, p) for p in _section_before(passage, every) for f in p.figures if f.label == named]
        if not told and named in _SIDES:
            # 收支总预算85.2万元。支出包括：…
            near = [p for p in _section_before(passage, every) if p.at.row >= passage.at.row - 2]
            told = [(f, p) for p in near for f in p.figures if _BOTH_SIDES.search(f.words)]
        return ([told[-1][0]], (told[-1][1].at, passage.at)) if told else ([], (passage.at,))
    if ahead or depth or before is None:
        return ahead, (passage.at,)
    told = [f for f in before.figures if f.depth == 0 and f.unit == unit and not COMPARED.search(f.label)]
    return told, (before.at, passage.at)


def _section_before(passage: Passage, every: Narration) -> Iterator[Passage]:
    return (p for p in every.section(passage) if p.at.row < passage.at.row)


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


def _closed(text: str, parts: list[Figure]) -> bool:
    said = _CLOSED.match(text, parts[-1].end)
    return said is not None and number_in(said["number"]) == len(parts)


def _residual(parts: list[Figure]) -> bool:
    return len(parts) > 2 and parts[-1].label.startswith(("其他", "其它", "其余"))


def _told_alone(passage: Passage, whole: Figure, parts: list[Figure]) -> bool:
    """Each part with its own share of the whole (满意577户，满意度96.2%;…), or said to overlap, is no summand."""
    if _SHARED.search(passage.text, parts[-1].end):
        return True
    shares = [next((f for f in passage.figures if f.start >= part.end), None) for part in parts]
    return len(parts) > 1 and all(
        share is not None
        and share.unit == "%"
        and whole.value
        and abs(part.value / whole.value * 100 - share.value) <= share.step
        for part, share in zip(parts, shares, strict=True)
    )


def _counted(ahead: list[Figure], unit: str, parts: list[Figure]) -> bool:
    """对3个项目开展自评，涉及资金…，其中甲…，乙…，丙…: as many parts as things were counted before."""
    things = [f for f in ahead if f.unit in _THINGS and f.unit != unit and not f.rough]
    return len(parts) > 1 and any(f.value == len(parts) for f in things)


def _counts_all(figure: Figure) -> bool:
    """Whether a figure may be a whole: one that another is compared with, or an average, has no parts."""
    return not COMPARED.search(figure.label) and not _AVERAGE.search(figure.words)


def _without_starts(parts: list[Figure]) -> list[Figure]:
    """由892万元调增至917万元: what it was before is no part of what it became."""
    behind: list[Figure | None] = [*parts[1:], None]
    return [
        part
        for part, after in zip(parts, behind, strict=False)
        if not (after and _FROM.search(part.words) and _TO.search(after.words))
    ]


def _without_nested(text: str, parts: list[Figure]) -> list[Figure]:
    """财政资金5800万元，含中央3900万元、省级1900万元;自筹800万元: the parts of a part are left out."""
    kept: list[Figure] = []
    inside = False
    for before, part in zip([None, *parts], parts, strict=False):
        between = text[before.end : part.start] if before else ""
        inside = before is not None and (_HOLDS.match(between) is not None or (inside and ";" not in between))
        if not inside:
            kept.append(part)
    return kept


def _until_own_rate(passage: Passage, whole: Figure, parts: list[Figure]) -> list[Figure]:
    """在管2000人，其中新发现100人;规范管理1400人，管理率70%: the list ends where its whole has a rate of its own."""
    for index, part in enumerate(parts[1:], start=1):
        share = next((f for f in passage.figures if f.start >= part.end), None)
        if share is None or share.unit != "%" or not _RATE.search(share.words) or not whole.value:
            continue
        behind = ";" in passage.text[parts[index - 1].end : part.start]
        if behind and abs(part.value / whole.value * 100 - share.value) <= share.step:
            return parts[:index]
    return parts


def _until_another_work(text: str, figures: list[Figure]) -> list[Figure]:
    """铁路639公里、其中高铁370公里，新增公路2600公里: another work begins behind the comma, unless all are works."""
    if not figures or _WORK.match(figures[0].words):
        return figures
    ends = (
        index
        for index, figure in enumerate(figures)
        if index and text[figures[index - 1].end : figure.start][:1] == "," and _WORK.match(figure.words)
    )
    return figures[: next(ends, len(figures))]


def _until_semicolon(passage: Passage, figures: list[Figure]) -> list[Figure]:
    """A list separated by commas ends at the first semicolon; one separated by semicolons where something
    else is counted first (招聘教师168人，其中硕士52人;培训教师9860人次;…)."""
    text = passage.text
    if len(figures) < 2:
        return figures
    separated = ";" in text[figures[0].end : figures[1].start]
    end = text.find(";", figures[0].end)
    while separated and end >= 0:
        first = next((f for f in passage.figures if f.start > end), None)
        if first is not None and first.unit not in (figures[0].unit, "%"):
            break
        end = text.find(";", end + 1)
    return [f for f in figures if end < 0 or f.start < end]
