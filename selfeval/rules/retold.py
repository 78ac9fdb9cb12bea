"""X: what a report tells of an indicator, against the actual value in the form of the same project or unit.

A report tells many figures of one kind: of the year before, of a part, of a goal. One is held against an
indicator only where the form's own value stands nowhere beside that name, and where the words before the
figure leave nothing over of the indicator's name but verbs.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from selfeval.filing import Cell, Filing, Form, FormKind, Indicator
from selfeval.findings import Severity
from selfeval.labels import squash
from selfeval.outlook import hoped
from selfeval.pattern import Pattern
from selfeval.rules.achievements import of_whole
from selfeval.rules.engine import Context, Problem, unit_rule
from selfeval.rules.facts import differing, nearly_differing
from selfeval.rules.told import named_project, projects_by_name
from selfeval.statements import Figure, Passage, about, figures, of_part_of_the_year, transposed

BETWEEN = "自评报告与附表应一致"
_BRACKETS = Pattern(r"\([^()]*\)")
_NUMBERING = Pattern(r"^(?:指标)?\d+[:.、]")
# What a name says of the way of counting, and what a sentence says of the doing.
_COUNTED = Pattern(
    "(?:总?数量|册次|总?人数|人次数?|总?面积|总?里程|总?长度?|个数|次数|份数|场次|批次数?|户数|件数|座数|天数|总量|总额|金额|数|量)$"
)
_DOING = Pattern(
    r"全年|年度|当年|本年|年内|全[省市州县区旗镇乡校院局]|我[省市州县区旗镇乡校院局]|共计?|合计|总计|实际|已|分别|最终|平均|均|约|达到?|实现|完成|"
    r"建成|新建|建设|建立|开展|组织|举办|实施|发放|提供|处理|处置|改造|维护|聘用|投放|铺设|整修|修建|接待|受理|办理|承办|采购|购置|安装|配备|培训|"
    r"新增|增加|提高|提升|降低|下降|控制|覆盖|涉及|惠及|带动|发生|累计|每[\u4e00-\u9fff]{1,3}|项目区?|其中|[为至到由的了是在有按占#、\u201c\u201d\"《》]"
)
_QUOTES = Pattern('[\u201c\u201d"《》]')
_AIM = Pattern("计划(?!生育)|目标|任务|[拟将]|预计|年初|力争|确保|不低于|不少于")
# A change, another year or a part.
_OTHER = Pattern(
    r"上年|去年|同期|同比|较|比(?!例|重|赛|武)|应(?![急用对届聘付])|[仅另]|差(?!错|旅)|(?<![草高平])原(?![料因则生始创])|高于|低于|占(?!比|[\u4e00-\u9fff]{0,6}$)|"
    r"未(?!成年)|尚|剩余|超(?!市)|至20|以来|历年|下达|要求|首批|第[一二三]批|[上下]半年|季度|时段|期间|重点|[部省市州县区乡镇]级|全国|最[高低多]"
)
_CLAUSE = Pattern("[,;:。]")
_BECAME = Pattern("[至到]$")
_PLAN = Pattern("计划(?!生育)|目标|任务|[拟将]|预计|年初")
_DONE = Pattern("完成|实际|建成|实现|达到|已")
_SHARE_OF_PLAN = Pattern(
    "(?:完成|为|占|比|较|低于|高于|超过?|多于|少于)(?:了|年度|年初|全年|原)*(?:目标|计划|任务)"
)
_EACH = Pattern("(?<!平)均|每|单[价位件批个次]|吨水|/|标准")
_RATE = Pattern("[\u4e00-\u9fff]{2}(?:率|(?<![长宽高深厚])度)$")
_YEAR = Pattern(r"(20\d{2})年")
_BEHIND = Pattern(r"[^\d,;。:、()!?]{0,10}")
# Parts of a name.
_WHOLE, _MOST, _MOSTLY, _HALF, _SOME = 0.99, 0.8, 0.7, 0.5, 0.3
# A figure of so many signs is seldom met by chance.
_TELLING = 3
_LONG = 6
_FEW_MORE = 4


class _Row(NamedTuple):
    """An indicator whose actual value is one figure. `slack`: what its rounding may come to; `each`: it is told of one."""

    name: str
    value: Decimal
    slack: Decimal
    unit: str
    target: Decimal | None
    cell: Cell
    each: bool


class _Said(NamedTuple):
    """A figure of the report with the words around it that may name it, and all that is said before it."""

    figure: Figure
    words: tuple[str, ...]
    ahead: str
    passage: Passage
    aimed: bool
    result: bool
    slack: Decimal
    each: bool


class _Match(NamedTuple):
    """A figure that tells of an indicator. `sure`: its name leaves nothing open."""

    said: _Said
    sure: bool


@unit_rule("X34", Severity.ERROR, BETWEEN)
def report_retells_the_indicators(filing: Filing, context: Context) -> Iterator[Problem]:
    """自评报告、自评表文字写明的指标完成值应与自评表同一指标的实际完成值一致。"""
    found = (*context.once(differing, context), *context.once(nearly_differing, context))
    compared = [set(problem.at) for problem in found]
    for form, passages in _papers(filing, context):
        rows = [row for indicator in form.indicators if (row := _row(indicator))]
        said = list(_said(passages, filing.year, {row.unit for row in rows}))
        for row in rows:
            of_unit = [one for one in said if one.figure.unit == row.unit]
            match = _contradiction(row, [other for other in rows if other.unit == row.unit], of_unit)
            if match is None:
                continue
            told = match.said
            sure = match.sure or transposed(told.figure.shown, row.cell.text)
            # Goals and conclusions of the form itself may be told of more than its indicator.
            own = told.passage.form is form
            sure = sure and not told.figure.rough and not own
            where = "本表文字" if own else "自评报告"
            named = "" if own else form.title
            # Of the unit as a whole X21 and X22 compare whatever bears one name.
            if any({told.passage.at, row.cell.at} <= places for places in compared):
                continue
            yield Problem(
                (told.passage.at, row.cell.at),
                told.figure.shown,
                row.cell.text,
                f"{where}写明“{told.figure.words}{told.figure.shown}”，{named}指标“{row.name}”的实际完成值为 {row.cell.text}"
                + ("" if sure else "；口径不同的，请注明"),
                severity=None if sure else Severity.WARNING,
                form=told.passage.form.id,
            )


def _papers(filing: Filing, context: Context) -> Iterator[tuple[Form, list[Passage]]]:
    """Each form with indicators beside the sentences that tell of it."""
    forms = [f for f in filing.forms if f.kind in (FormKind.PROJECT, FormKind.FUND) and f.indicators]
    departments = [f for f in filing.forms if f.kind is FormKind.DEPARTMENT and f.indicators]
    names = projects_by_name(filing)
    for form in (*departments, *forms):
        yield form, [passage for passage in context.passages.of(form) if not passage.planned]
    for report in (form for form in filing.forms if form.kind is FormKind.REPORT):
        said = context.said(report)
        if len(departments) == 1:
            yield departments[0], [passage for passage in said if of_whole(passage.at)]
        if len(forms) == 1 and not departments and "整体" not in report.title:
            yield forms[0], said
            continue
        meant = {part: named_project(squash(part), names) for part in {passage.at.part for passage in said}}
        for form in forms:
            yield form, [passage for passage in said if meant[passage.at.part] is form]


def _row(indicator: Indicator) -> _Row | None:
    text = squash(indicator.actual.text)
    found = figures(text) or figures(text + squash(indicator.unit))
    if len(found) != 1 or found[0].rough:
        return None
    figure = found[0]
    wanted = [f for f in figures(squash(indicator.target.text)) if f.unit == figure.unit]
    name = _NUMBERING.sub("", _BRACKETS.sub("", squash(indicator.name)))
    if not name:
        return None  # a number or a remark in brackets alone
    return _Row(
        name,
        figure.value,
        _slack(indicator.actual.text, figure.step),
        figure.unit,
        wanted[0].value if wanted else None,
        indicator.actual,
        _EACH.search(name + indicator.actual.text) is not None,
    )


def _slack(shown: str, step: Decimal) -> Decimal:
    """What the rounding of a figure may come to; a plain count is exact."""
    return step / 2 if "." in shown or step > 1 else Decimal(0)


def _said(passages: list[Passage], year: int | None, units: set[str]) -> Iterator[_Said]:
    """What the sentences tell in one of the units."""
    heading = ""
    for passage in passages:
        text = passage.text
        for figure in passage.figures:
            if figure.unit not in units:
                continue
            behind = _BEHIND.match(text, figure.end)[0]
            named = _plain(figure.words)
            part = _part(figure, passage)
            aimed = passage.planned or _planned(part) or hoped(part) or _AIM.search(figure.words) is not None
            yield _Said(
                figure,
                (named, named + behind),
                _plain(heading + text[: figure.start] + behind),
                passage,
                aimed,
                not aimed and _is_result(figure, passage, part, year),
                _slack(figure.shown, figure.step),
                # The cost of one and the cost of all bear one name.
                _EACH.search(named + text[figure.end : figure.end + 1]) is not None,
            )
        # 1.实施面积。完成76万亩: a heading that runs on into its text.
        heading = "" if passage.figures else text


def _plain(words: str) -> str:
    return _QUOTES.sub("", words).replace("满意率", "满意度")


def _part(figure: Figure, passage: Passage) -> str:
    """What stands before a figure in its part of the sentence."""
    return passage.text[max(passage.text.rfind(sign, 0, figure.start) for sign in "。;") + 1 : figure.start]


def _is_result(figure: Figure, passage: Passage, part: str, year: int | None) -> bool:
    """Whether a figure tells what the whole year came to: no part, no change, no other year."""
    # 1200余人次 and 近300户 say between what it lies; other bounds say no more than one side.
    unclear = figure.rough and about(passage.text, figure) is None
    if unclear or figure.depth or _OTHER.search(figure.words):
        return False
    if "其中" in part.removesuffix(figure.words):
        return False
    years = _YEAR.findall(_CLAUSE.split(part)[-1])
    if year and years and int(years[-1]) != year and not _BECAME.search(figure.words):
        return False
    return not of_part_of_the_year(passage.text, figure.start)


def _planned(said: str) -> bool:
    """2023年计划新建85公里、改造桥梁7座，…: a plan holds until something is said to be done."""
    said = _SHARE_OF_PLAN.sub("", said)
    plans = [match.end() for match in _PLAN.finditer(said)]
    return bool(plans) and not _DONE.search(said, plans[-1])


def _contradiction(row: _Row, rows: list[_Row], said: list[_Said]) -> _Match | None:
    """The one figure that the report tells of an indicator, when it is not the form's."""
    right = [one for one in said if _same(row, one)]
    if right and not any(_covered(one.words, row.name) < _WHOLE for one in right):
        return None
    told = [match for one in said if one.result and (match := _match(one, row, rows, said))]
    told = [match for match in told if not _agrees(match.said, row)]
    # 控制在4.5%以内: the goal is told again.
    told = [match for match in told if match.sure] or [m for m in told if m.said.figure.value != row.target]
    if len({match.said.figure.value for match in told}) != 1:
        return None
    best = max(told, key=lambda match: match.sure)
    if right:
        # The form's figure stands elsewhere under less of the name: one of two is of another scope or wrong.
        named = best.sure and _covered(best.said.words, row.name) >= _WHOLE
        least = max(_covered(one.words, row.name) for one in right)
        return best._replace(sure=False) if named and least <= _HALF else None
    return best


def _same(row: _Row, one: _Said) -> bool:
    """Whether the report tells the form's value: beside its name, or a figure that no chance brings there."""
    if one.aimed or not _agrees(one, row) or not (one.result or one.figure.value == row.value):
        return False
    telling = one.figure.unit != "%" and sum(sign.isdigit() for sign in one.figure.shown) >= _TELLING
    return telling or _covered((one.ahead,), row.name) >= _SOME


def _agrees(one: _Said, row: _Row) -> bool:
    figure = one.figure
    if figure.rough and (between := about(one.passage.text, figure)):
        return between[0] <= row.value <= between[1]
    if row.unit == "%" and _whole_number_of(figure.value, row.value):
        return True
    return abs(figure.value - row.value) <= max(one.slack, row.slack)


def _whole_number_of(first: Decimal, second: Decimal) -> bool:
    """Whether one of two rates is the other rounded to whole per cent: 93% of 93.04%; two whole ones are exact."""
    return any(
        exact != rounded == exact.quantize(Decimal(1), ROUND_HALF_UP)
        for exact, rounded in ((first, second), (second, first))
    )


def _match(one: _Said, row: _Row, rows: list[_Row], said: list[_Said]) -> _Match | None:
    """Whether a figure tells of an indicator by its words; what is said before it helps."""
    if row.unit != "%" and one.each is not row.each:
        return None
    rate = _RATE.search(row.name)
    if rate and rate[0] not in one.ahead and rate[0] not in one.words[0]:
        return None
    own = _covered(one.words, row.name)
    bare = own < _SOME and not _leftover(one.words[0], row.name)
    if rate and rate[0] not in (one.ahead if bare else one.words[0]):
        return None
    if any(
        (said_of_other := _covered(one.words, other.name)) > own
        or (said_of_other == own and _agrees(one, other))
        for other in rows
        if other is not row
    ):
        return None
    alone = rate is not None and _told_alone(rate[0], rows, said)
    if all(_leftover(words, row.name) for words in one.words):
        core = _COUNTED.sub("", row.name)
        # 改造老旧供热管网 in the goals of the form whose indicator is 改造管网长度.
        rest = min(len(_leftover(words, row.name)) for words in one.words)
        inner = one.passage.form.kind is not FormKind.REPORT
        if inner and own >= _WHOLE and rest <= _FEW_MORE:
            return _Match(one, False)
        # 接待游客716万人次 beside 游客接待量761万人次.
        if inner and own >= _HALF and transposed(one.figure.shown, row.cell.text):
            return _Match(one, False)
        inside = len(core) >= _LONG and any(core in words for words in one.words)
        return _Match(one, False) if inside or (alone and own >= _MOSTLY) else None
    ahead = _covered((one.ahead,), row.name)  # the longest comparison comes last
    if own >= _MOST or (own >= _SOME and ahead >= _MOST):
        return _Match(one, True)
    if own >= _HALF or ahead >= _WHOLE:
        return _Match(one, False)
    return _Match(one, False) if alone and ahead >= _SOME else None


def _told_alone(rate: str, rows: list[_Row], said: list[_Said]) -> bool:
    """Whether one indicator only and one figure only bear the name of such a rate."""
    values = {other.figure.value for other in said if other.result and rate in other.words[0]}
    return len(values) == 1 and sum(other.name.endswith(rate) for other in rows) == 1


@lru_cache(maxsize=8192)
def _covered(said: tuple[str, ...], name: str) -> float:
    """How much of a name some words say in its order: 快检 says half of 快速检测."""
    return max(_common(signs, words) / len(core) for words in said for core, signs in _cores(name))


@lru_cache(maxsize=1024)
def _cores(name: str) -> list[tuple[str, dict[str, int]]]:
    """A name with and without the way of counting, each with the places of its signs as bits of a number."""
    found = []
    for core in {_COUNTED.sub("", name) or name, name}:
        places: dict[str, int] = {}
        for at, sign in enumerate(core):
            places[sign] = places.get(sign, 0) | 1 << at
        found.append((core, places))
    return found


def _common(first: dict[str, int], second: str) -> int:
    """The length of the longest row of signs that stand in both texts in this order; `first` by the places of its signs.

    A row of the usual table as the bits of one number (Hyyrö, “Bit-parallel LCS-length computation revisited”,
    2004): a bit that is off is a place of the first text where the length grows.
    """
    every = row = (1 << sum(map(int.bit_count, first.values()))) - 1
    for sign in second:
        if sign in first:
            met = row & first[sign]
            row = (row + met | row - met) & every
    return every.bit_count() - row.bit_count()


@lru_cache(maxsize=8192)
def _leftover(said: str, name: str) -> str:
    """What the words say beside the name and the doing: the words for another thing, or for a part of it."""
    marked = [False] * len(said)
    for index in range(len(said) - 1):
        if said[index : index + 2] in name:
            marked[index] = marked[index + 1] = True
    rest = "".join("|" if mark else sign for sign, mark in zip(said, marked, strict=True))
    return "".join(
        sign for sign in _DOING.sub("", _COUNTED.sub("", rest)) if sign not in name and sign != "|"
    )
