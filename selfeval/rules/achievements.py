"""Results and goals of the unit as a whole: what sentences, goals and indicators say was or should be done."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from selfeval.filing import Form, FormKind, Position
from selfeval.labels import squash
from selfeval.outlook import hoped
from selfeval.pattern import Pattern
from selfeval.rules.engine import Context
from selfeval.statements import MONEY, Figure, Passage, clean, figures, of_part_of_the_year

_WHOLE = (FormKind.COVER, FormKind.DEPARTMENT, FormKind.REPORT)
_PROJECTS = (FormKind.PROJECT, FormKind.FUND)
# Money has rules of its own: a budget and its execution bear one name.
_OTHER_UNITS = ("%", "年", "分", "月", "日", MONEY)
_WANTED = Pattern(
    r"任务|目标|计划(?!生育)|应(?![急用对届聘付])|拟|将|预计|指标值|下达|不低于|力争|确保|年初|上年|去年|同比|较|比(?!赛|武)|占(?!地)"
)
_NEGATED = Pattern(r"未(?!成年)|尚|剩余|减少|增加|下降")
_SCOPE = Pattern(
    r"部监管|国家|中央|部级|省级|省厅|省定|州级|市级|县级|本级|局机关|[一-龥]{2,3}[县市区旗](?=[一-龥])|乡镇|验收|入库|批复|第三方|其中"
)
_LEADING_VERBS = Pattern(r"^(?:收到|受理|依|办理|已|共|全[州市县区省])+")
_COUNTING = Pattern(
    "(?:面积|(?<=[\u4e00-\u9fff]{4})(?:(?:人|户|件|家|人次|座|个|场|批)?(?:数量|数)|里程|长度|工程|场次|次数|批次|规模)|数)$",
    needs="积数程度次模",
)
_MANY_YEARS = Pattern("[两三四五]年来|十[一二三四五]五|时期|以来|历年")
_YEAR = Pattern(r"(20\d{2})年")
# The place that opens a sentence: 青石县申请…, 白河镇:….
_PLACE = Pattern(
    r"(?:\(?[\d一二三四五六七八九十]+[.、)])?([\u4e00-\u9fff]{2,3}(?:[县区旗镇乡市]|街道))(?=[\u4e00-\u9fff:,\d])"
)
_PROJECT_SECTION = Pattern(r"项目(?!支出|情况|组织|资金|管理)|专项|补助|补贴|工程|资金$|经费$")


class Fact(NamedTuple):
    """A result: what it counts, the number in a common unit, where it stands and in which words."""

    core: str
    value: Decimal
    step: Decimal
    unit: str
    shown: str
    words: str
    planned: bool
    named: bool  # by its own words, not by the subject of its sentence
    at: Position
    form: Form
    tabled: bool

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(_SCOPE.findall(self.words))

    @property
    def rounding(self) -> Decimal:
        """One of the last decimal shown; a plain count is exact."""
        return self.step if "." in self.shown or self.step > 1 else Decimal(0)

    @property
    def quote(self) -> str:
        return f"{self.core} {self.shown}" if self.core not in self.shown else self.shown


def achievements(context: Context) -> list[Fact]:
    """The results and goals of the unit as a whole; each project of a report has its own.

    A unit that files forms of several projects alone tells of them together: there a name that one of them
    bears is meant. A report on one project is held against its form elsewhere (X34).
    """
    kinds = [form.kind for form in context.filing.forms]
    together = not {FormKind.COVER, FormKind.DEPARTMENT} & set(kinds) and sum(map(kinds.count, _PROJECTS)) > 1
    facts = _every_fact(context, (*_WHOLE, *_PROJECTS) if together else _WHOLE)
    facts = [fact for fact in facts if of_whole(fact.at)]
    owners: dict[str, set[str]] = {}
    for fact in facts:
        if fact.form.kind in _PROJECTS:
            owners.setdefault(fact.core, set()).add(fact.form.id)
    return [fact for fact in facts if len(owners.get(fact.core, ())) < 2]


def of_form(form: Form, context: Context) -> list[Fact]:
    """What one form says of its results: in its indicators, and in the goals and remarks that name one of them."""
    year, rows = context.filing.year, context.once(_of_indicators, form)
    names = {row.core for row in rows if row.core}
    told = [
        Fact(*fact, passage.at, form, True)
        for passage in context.passages.of(form)
        if not passage.at.sentence and any(name in passage.text for name in names)
        for fact in _results(passage, year)
    ]
    return [*told, *rows]


def _every_fact(context: Context, kinds: tuple[FormKind, ...]) -> Iterator[Fact]:
    # Cover, form and report say the same in the same words.
    read: dict[tuple[str, bool], list[tuple]] = {}
    places = _places(context)
    for passage in context.passages.figured:
        form = passage.form
        if form.kind not in kinds or _place_of(passage) in places:
            continue
        key = passage.text, passage.planned
        if key not in read:
            read[key] = _results(passage, context.filing.year)
        tabled = not passage.at.sentence and (form.kind is not FormKind.COVER or bool(form.goals))
        for fact in read[key]:
            yield Fact(*fact, passage.at, form, tabled)
    for form in context.filing.forms:
        if form.kind in kinds and form.kind is not FormKind.REPORT:
            yield from context.once(_of_indicators, form)


def _places(context: Context) -> frozenset[str]:
    """The places that the filing tells of one by one: 青石县申请…。白河县申请…; the unit's own is none of them."""
    unit = context.filing.unit or ""
    titles = unit + "".join(form.title + (form.unit or "") for form in context.filing.forms)
    told = {place for passage in context.passages.figured if (place := _place_of(passage))}
    others = frozenset(place for place in told if place not in titles)
    return others if len(told) > 1 else frozenset()


def _place_of(passage: Passage) -> str | None:
    match = _PLACE.match(passage.text) if passage.at.sentence else None
    return match[1] if match else None


def _of_indicators(form: Form) -> list[Fact]:
    return list(_told_by_rows(form))


def _told_by_rows(form: Form) -> Iterator[Fact]:
    for row in form.indicators:
        read = figures(squash(row.actual.text))
        if not read and row.unit:
            read = figures(squash(row.actual.text + row.unit))
        if len(read) == 1 and not read[0].rough and read[0].unit not in _OTHER_UNITS:
            figure = read[0]
            yield Fact(
                core(clean(squash(row.name))),
                figure.value,
                figure.step,
                figure.unit,
                figure.shown,
                words="",
                planned=False,
                named=True,
                at=row.actual.at,
                form=form,
                tabled=True,
            )


def _results(passage: Passage, year: int | None) -> list[tuple]:
    """The facts of a sentence without their places; a name that comes twice in it counts two things there."""
    if _MANY_YEARS.search(passage.text) or _MANY_YEARS.search(passage.at.part):
        return []
    told = [fact for figure in passage.figures if (fact := _told(figure, passage, year))]
    names = [(label, unit, words) for label, _, _, unit, _, words, *_ in told]
    return [fact for fact, name in zip(told, names, strict=True) if names.count(name) == 1]


def _told(figure: Figure, passage: Passage, year: int | None) -> tuple | None:
    """What a figure says of a result: a Fact up to its place."""
    label = figure.subject if figure.generic else figure.label
    if not label or figure.unit in _OTHER_UNITS or figure.depth:
        return None
    if of_part_of_the_year(passage.text, figure.start) or _since_long_ago(figure, passage):
        return None
    years = _YEAR.findall(passage.text, max(0, figure.start - 40), figure.start) if year else ()
    if years and int(years[-1]) != year:
        return None
    part = passage.text[max(passage.text.rfind(sign, 0, figure.start) for sign in "。;") + 1 : figure.start]
    planned = passage.planned or _WANTED.search(figure.words) is not None or hoped(part)
    if _NEGATED.search(figure.words) or (figure.rough and not planned):
        return None
    return (
        core(label),
        figure.value,
        figure.step,
        figure.unit,
        figure.shown,
        figure.words,
        planned,
        not figure.generic,
    )


def _since_long_ago(figure: Figure, passage: Passage) -> bool:
    """累计建成28亩 beside 当年建成3亩: the total of many years is not that of this one."""
    if "累计" not in figure.words:
        return False
    return any(f.unit == figure.unit and "累计" not in f.words for f in passage.figures)


def core(label: str) -> str:
    """What a label counts, without the words that lead to it and 面积 or 数 behind it."""
    return _COUNTING.sub("", _LEADING_VERBS.sub("", label))


def of_whole(at: Position) -> bool:
    """Whether a place is in no section on a project."""
    return not (at.sentence and _PROJECT_SECTION.search(at.part))
