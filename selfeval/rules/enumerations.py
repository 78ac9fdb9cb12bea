"""Wholes and their parts that a sentence enumerates by its form: in brackets, as 已/未."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from selfeval.numerals import number_of
from selfeval.pattern import Pattern
from selfeval.rules.ratios import JOINING
from selfeval.rules.sums import COMPARED, OPEN, Sum, closing, exhaustive, overlapping, usual
from selfeval.statements import Figure, Passage

_MARKS = Pattern("包括|其中|用于|主要(?:是|为)")
_KINDS = Pattern(r"(?P<number>[两三四五六七八九]|\d)(?:大?类|个?方面|个?部分|项)")
_COMPOSED = Pattern(
    r"(?<![理事缘])由(?=[^。;]{4,200}?(?:组成|构成))[^。;]*?(?:组成|构成)(?![\u4e00-\u9fff\d])"
)
_RESPECTIVELY = Pattern("^(?P<names>.*?)分别(?:为|是)(?P<first>[\u4e00-\u9fff]{2,10})?$")
_AND = Pattern("[和及与]")
_POST_UNITS = ("名", "人", "个")
_ALL_POSTS = Pattern("编制(?:总?数|总额|人员|人数)*(?:为|共|是)*$")
_KIND_OF_POST = Pattern(
    "(?:其中)?(?:行政|事业|参公|参照[\u4e00-\u9fff]{0,4}|工勤|机关工勤|后勤[\u4e00-\u9fff]{0,2})(?:人员)?编制?(?:数|人员)?"
)
_LISTED_BEHIND = Pattern(":|,?分为")
_ALL_STAFF = Pattern("(?:在职|在编|在岗|实有)(?:在编|在岗)?(?:人员|职工|教职工|人数|总数)*(?:为|共|有|是)*$")
_KIND_OF_STAFF = Pattern(
    "(?:行政|事业|参公|参照[\u4e00-\u9fff]{0,4}|管理|专业技术|专技|工勤|机关工勤|后勤)(?:岗位?|编制)?(?:人员|技能人员)?"
)
_NOT_YET = Pattern(r"(?:尚|还)?未")


def enumerated(passage: Passage, before: Passage | None) -> Iterator[Sum]:
    """Every whole whose parts stand beside it in such a form, or its 编制 in the sentence `before`."""
    text = passage.text
    yield from _bracketed(passage) if "(" in text else ()
    yield from _pairs(passage) if "未" in text else ()
    yield from _behind_colon(passage) if ":" in text or "分为" in text else ()
    yield from _composed(passage) if "由" in text else ()
    yield from _respectively(passage) if "分别" in text else ()
    yield from _posts(passage, before) if "编制" in text else ()
    yield from _staff(passage) if "工勤" in text or "后勤" in text else ()


def _behind_colon(passage: Passage) -> Iterator[Sum]:
    """办理案件三类共300件：民事案件180件、…: an enumeration of all that there is."""
    text, figures = passage.text, passage.figures
    for index, whole in enumerate(figures):
        # 35个9,820万元：… tells two wholes at once.
        beside = figures[index + 1] if index + 1 < len(figures) else None
        stop = beside.end if beside is not None and beside.start == whole.end else whole.end
        if not _LISTED_BEHIND.match(text, stop) or whole.rough or whole.depth or COMPARED.search(whole.label):
            continue
        end = min((at for sign in ";。" if (at := text.find(sign, whole.end)) >= 0), default=len(text))
        parts = _items([f for f in figures if f.start >= stop], whole, end)
        if (
            parts is None
            or len(parts) < 2
            or _MARKS.search(text, whole.end, end)
            or OPEN.search(text, whole.end, end)
        ):
            continue
        said = _KINDS.search(text, 0, whole.start)
        counted = said is not None and number_in(said["number"]) == len(parts)
        complete = counted or exhaustive(whole, parts, figures[:index])
        if not complete and overlapping(whole, parts):
            continue
        found = Sum(passage.form.id, (passage.at,), whole, tuple(parts), complete, listed=len(parts) > 2)
        if complete:
            yield found
        elif found.gap <= whole.value / 3:
            # What a whole is divided into leaves nothing over.
            yield found._replace(complete="分为" in text[stop : parts[0].start])


def _composed(passage: Passage) -> Iterator[Sum]:
    """总投资800万元，由中央资金500万元、…、县级配套200万元组成."""
    text, figures = passage.text, passage.figures
    for span in _COMPOSED.finditer(text):
        start = max(text.rfind(sign, 0, span.start()) for sign in ";。")
        ahead = [f for f in figures if start < f.start < span.start() and f.unit != "%"]
        whole = ahead[-1] if ahead else None
        if whole is None or whole.rough or OPEN.search(text, span.start(), span.end()):
            continue
        inside = [f for f in figures if f.start > span.start()]
        parts = _items(inside, whole, span.end())
        # 由…、…等组成 leaves something out.
        if parts and len(parts) > 1 and "等" not in text[parts[-1].end : span.end()]:
            yield Sum(passage.form.id, (passage.at,), whole, tuple(parts), complete=True)


def _respectively(passage: Passage) -> Iterator[Sum]:
    """下达800万元，分别为中央500万元、…; 支出1000万元，其中甲、乙、丙分别为600万元、200万元、200万元."""
    text, figures = passage.text, passage.figures
    for index, first in enumerate(figures):
        split = _RESPECTIVELY.search(first.words)
        if split is None or not index:
            continue
        whole, counted = figures[index - 1], False
        if whole.unit != first.unit and index > 1 and figures[index - 2].unit == first.unit:
            # 投入860万元，完成5个系统建设，分别为…: as many as were counted.
            whole, counted = figures[index - 2], True
        run = [first]
        for figure in figures[index + 1 :]:
            if not figure.words.startswith(JOINING) and text[run[-1].end : figure.start] not in (
                "、",
                "和",
                ",",
            ):
                break
            run.append(figure)
        if _goes_on(text, run[-1], figures) or (counted and figures[index - 1].value != len(run)):
            continue
        names = _names(split["names"].removeprefix("其中").lstrip(":"), len(run))
        if split["first"]:
            run = [first._replace(label=split["first"]), *run[1:]]
            complete = True
        elif len(names) == len(run):
            run = [f._replace(label=name) for f, name in zip(run, names, strict=True)]
            complete = exhaustive(whole, run, figures[:index])
        else:
            continue
        parts = _items(run, whole, len(text))
        if parts is None or len(parts) < 2 or whole.rough or OPEN.search(text, whole.end, run[-1].end + 1):
            continue
        if complete or len(parts) > 2:
            yield Sum(
                passage.form.id, (passage.at,), whole, tuple(parts), complete and len(parts) > 2, listed=True
            )


def _goes_on(text: str, last: Figure, figures: Sequence[Figure]) -> bool:
    """Whether more of the unit follows in the same part of the sentence: the list may not be at its end."""
    end = min((at for sign in ";。" if (at := text.find(sign, last.end)) >= 0), default=len(text))
    return any(f.unit == last.unit and last.end <= f.start < end for f in figures)


def _names(said: str, count: int) -> list[str]:
    """甲、乙和丙 as three names; 和 may belong to a name (商品和服务支出)."""
    names = said.split("、")
    if len(names) == count - 1:
        names[-1:] = _AND.split(names[-1], maxsplit=1)
    return names


def _posts(passage: Passage, before: Passage | None) -> Iterator[Sum]:
    """编制65名，行政编制30名、事业编制35名: the kinds of posts right behind their number."""
    ahead = [f for f in before.figures if f.unit in _POST_UNITS][-1:] if before else []
    figures = [*ahead, *passage.figures]
    for index, whole in enumerate(figures[:-2]):
        if (
            not _ALL_POSTS.search(whole.words)
            or _KIND_OF_POST.search(whole.words)
            or whole.rough
            or whole.depth
        ):
            continue
        parts = []
        for figure in figures[index + 1 :]:
            if figure.unit != whole.unit or not _KIND_OF_POST.fullmatch(figure.label):
                break
            parts.append(figure)
        if len(parts) > 1 and usual(whole, parts) and not any(f.rough or f.depth for f in parts):
            places = (before.at, passage.at) if ahead and not index else (passage.at,)
            yield Sum(passage.form.id, places, whole, tuple(parts), complete=False, listed=True)


def _staff(passage: Passage) -> Iterator[Sum]:
    """在职人员81人，专业技术人员57人、管理人员1人、工勤人员23人: the kinds of staff right behind their number."""
    for index, whole in enumerate(passage.figures[:-2]):
        if not _ALL_STAFF.search(whole.words) or whole.rough or whole.depth:
            continue
        parts = []
        for figure in passage.figures[index + 1 :]:
            if figure.unit != whole.unit or not _KIND_OF_STAFF.fullmatch(figure.label):
                break
            parts.append(figure)
        if len(parts) > 2 and usual(whole, parts) and not any(f.rough or f.depth for f in parts):
            yield Sum(passage.form.id, (passage.at,), whole, tuple(parts), complete=False, listed=True)


def _items(figures: Sequence[Figure], whole: Figure, end: int) -> list[Figure] | None:
    """The figures before `end` when each is a part of such a whole by its unit, place and name, else None."""
    said = [f for f in figures if f.start < end and f.depth == whole.depth and f.unit != "%"]
    # 产业类15个4,620万元、基建类12个3,200万元: of two figures side by side the one of the unit counts.
    edges = {f.start for f in said} & {f.end for f in said}
    parts = [f for f in said if f.unit == whole.unit or not edges & {f.start, f.end}]
    fitting = all(
        f.unit == whole.unit and f.label and not f.rough and not COMPARED.search(f.label) for f in parts
    )
    return parts if fitting else None


def number_in(said: str) -> int | None:
    """The count that a word or a digit says (三, 3); None where it says none."""
    return int(said) if said.isdigit() else number_of(said)


def _bracketed(passage: Passage) -> Iterator[Sum]:
    """An enumeration in brackets behind a figure: 65人（行政61人、事业4人）."""
    text, figures = passage.text, passage.figures
    for whole in figures:
        if text[whole.end : whole.end + 1] != "(" or whole.rough:
            continue
        end = closing(text, whole.end + 1, whole.depth + 1)
        inner = text[whole.end + 1 : end]
        if _MARKS.search(inner) or OPEN.search(inner) or re.search("[;。]", inner.rstrip(";。")):
            continue
        parts = [f for f in figures if whole.end < f.start < end and f.depth == whole.depth + 1]
        if len(parts) < 2 or any(
            f.unit != whole.unit or f.rough or not f.label or COMPARED.search(f.label) for f in parts
        ):
            continue
        complete = exhaustive(whole, parts)
        if not (complete or usual(whole, parts)) and overlapping(whole, parts):
            continue
        found = Sum(passage.form.id, (passage.at,), whole, tuple(parts), complete, listed=True)
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
