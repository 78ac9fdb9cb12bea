"""X: one fact, one figure: results told in sentences, in goals and in the indicators of the whole unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from selfeval.figures import plain
from selfeval.filing import Filing, FormKind, Position
from selfeval.findings import Severity
from selfeval.labels import squash
from selfeval.pattern import Pattern
from selfeval.rules.achievements import Fact, achievements, of_form
from selfeval.rules.engine import Context, Problem, unit_rule
from selfeval.statements import MONEY, base, clean, figures, transposed

BETWEEN = "自评报告与附表应一致"
# A name this long means the same thing wherever it stands; a shorter one may mean another.
_LONG, _SHORT = 6, 4
_JUDGED = (FormKind.DEPARTMENT, FormKind.PROJECT, FormKind.FUND)
_EXTENTS = ("公里", "亩", "平方米", "立方米")
# What the units that become one of them are written with.
_EXTENT = Pattern("[里亩顷米]")
_PIECES = frozenset("件份个项条起宗家")
_PERIOD = Pattern(r"上半年|下半年|季度|\d月|累计|历年|截至|以来|首批|第.批|每|平均|日均|原有|现有|总量")
_LEVEL = Pattern(r"国家级|省级|市级|州级|县级|区级")
_CONJUNCTIONS = ("和", "及", "与", "、")
_DIGITS = Pattern(r"[\d.,]")
_PLACE = Pattern(r"[一-龥]{1,12}(?:县|市|区|旗|州|盟)$")


@unit_rule("X21", Severity.ERROR, BETWEEN)
def one_fact_has_one_figure(filing: Filing, context: Context) -> Iterator[Problem]:
    """同一事项的完成数在自评报告、封面表和自评表中应一致。"""
    yield from context.once(differing, context)


def differing(context: Context) -> list[Problem]:
    """What X21 finds."""
    found = list(_differing(context))
    found += _unsaid(found, _in_one_form(context))
    near = (pair for pair in context.once(_near, context) if _is_one_fact(*pair))
    slips = (
        Problem(
            (first.at, second.at),
            first.shown,
            second.shown,
            _difference(first, second),
            form=first.form.id,
        )
        for first, second, _ in near
    )
    return [*found, *_unsaid(found, slips)]


def _unsaid(found: list[Problem], more: Iterable[Problem]) -> list[Problem]:
    said = {(problem.stated, problem.expected) for problem in found}
    return [problem for problem in more if (problem.stated, problem.expected) not in said]


def _differing(context: Context) -> Iterator[Problem]:
    groups: dict[str, list[Fact]] = {}
    for fact in context.once(achievements, context):
        if fact.named and not fact.planned and len(fact.core) >= _LONG:
            groups.setdefault(fact.core, []).append(fact)
    for group in groups.values():
        facts = _told_once(group)
        if not facts:
            continue
        first = facts[0]
        other = next((fact for fact in facts[1:] if _contradict(first, fact)), None)
        if other is None:
            continue
        doubtful = first.scopes != other.scopes or _PERIOD.search(first.words) or _PERIOD.search(other.words)
        yield Problem(
            tuple(dict.fromkeys(fact.at for fact in facts if fact.value in (first.value, other.value))),
            first.shown,
            other.shown,
            _difference(first, other),
            severity=Severity.WARNING if doubtful else None,
            form=first.form.id,
        )


def _in_one_form(context: Context) -> Iterator[Problem]:
    """A goal's achievement or a conclusion beside the indicator of the same name in the same form, however short."""
    for form in context.filing.forms:
        if form.kind not in _JUDGED or not (form.goals or form.remarks) or not form.indicators:
            continue
        groups: dict[str, list[Fact]] = {}
        for fact in of_form(form, context):
            if fact.named and not fact.planned and len(fact.core) >= _SHORT and "累计" not in fact.words:
                groups.setdefault(fact.core, []).append(fact)
        for group in groups.values():
            rows = [fact for fact in group if not fact.words]
            told = [fact for fact in _told_once(group) if fact.words and not fact.scopes]
            if len(rows) == 1 and told and all(_contradict(fact, rows[0]) for fact in told):
                first = told[0]
                yield Problem(
                    (first.at, rows[0].at),
                    first.shown,
                    rows[0].shown,
                    _difference(first, rows[0]),
                    form=form.id,
                )


def _told_once(group: list[Fact]) -> list[Fact]:
    """Without the sentences that use the name for two figures: 新增5家，达到29家."""
    told: dict[tuple[Position, str], set[Decimal]] = {}
    places = [(fact.at, "" if fact.unit in _PIECES else fact.unit) for fact in group]
    for fact, place in zip(group, places, strict=True):
        told.setdefault(place, set()).add(fact.value)
    return [fact for fact, place in zip(group, places, strict=True) if len(told[place]) == 1]


@unit_rule("X22", Severity.WARNING, BETWEEN)
def like_facts_say_how_they_differ(filing: Filing, context: Context) -> Iterator[Problem]:
    """相近事项的完成数不同的，应注明口径。"""
    yield from context.once(nearly_differing, context)


def nearly_differing(context: Context) -> list[Problem]:
    """What X22 finds: figures under like names that X21 does not call one fact."""
    certain = {(p.stated, p.expected) for p in context.once(differing, context)}
    return [
        Problem(
            tuple(dict.fromkeys(fact.at for fact in others)),
            first.shown,
            second.shown,
            "；".join(f"{fact.at}：{fact.quote}" for fact in others) + "；口径不同的请注明",
            form=first.form.id,
        )
        for first, second, others in context.once(_near, context)
        if (first.shown, second.shown) not in certain
    ]


def _near(context: Context) -> list[tuple[Fact, Fact, list[Fact]]]:
    """Every two facts of like names and different figures, with all that the message names."""
    return list(_near_pairs(context))


def _near_pairs(context: Context) -> Iterator[tuple[Fact, Fact, list[Fact]]]:
    facts = list(
        {(f.core, f.value, f.unit): f for f in context.once(achievements, context) if not f.planned}.values()
    )
    told: set[frozenset[str]] = set()
    # Every pair has one fact of a table.
    tabled = [fact for fact in facts if fact.tabled]
    by_gram: dict[str, list[int]] = {gram: [] for fact in tabled for gram in _grams(fact.core)}
    for index, fact in enumerate(facts):
        for gram in by_gram.keys() & _grams(fact.core):
            by_gram[gram].append(index)
    for second in tabled:
        near = {n for gram in _grams(second.core) for n in by_gram[gram]}
        for first in (facts[n] for n in sorted(near)):
            pair = frozenset((first.core, second.core))
            if pair in told or (first.at == second.at and first.core == second.core):
                continue
            if not _contradict(first, second) or not _alike(first.core, second.core):
                continue
            if first.core != second.core and first.tabled != second.tabled and _matched(facts, first, second):
                continue
            told.add(pair)
            # Every figure under one short name, else the two names that are alike.
            same = [f for f in facts if f.core == first.core and f.named and _units_meet(f, first)]
            yield first, second, same if first.core == second.core else [first, second]


def _is_one_fact(first: Fact, second: Fact, others: list[Fact]) -> bool:
    """Like names are one fact where one figure is the other's with digits changed about, or where the very name
    is told with this one figure only."""
    if first.scopes or second.scopes or _PERIOD.search(first.words) or _PERIOD.search(second.words):
        return False
    alone = first.core == second.core and len({fact.value for fact in others}) == 2 and not first.tabled
    return transposed(first.shown, second.shown) or alone


@unit_rule("X23", Severity.WARNING, BETWEEN)
def result_keeps_the_level_of_its_goal(filing: Filing, context: Context) -> Iterator[Problem]:
    """目标写明级别（国家级、省级等）的，完成数应按同一级别统计。"""
    facts = list({(f.core, f.value, f.planned): f for f in context.once(achievements, context)}.values())
    done = [fact for fact in facts if not fact.planned]
    for goal in facts:
        level = _LEVEL.search(goal.core)
        if not goal.planned or level is None:
            continue
        name = _LEVEL.sub("", goal.core)
        leveled = [f for f in done if level[0] in f.core and _share(_LEVEL.sub("", f.core), name, _SHORT)]
        plain_ones = [
            f for f in done if not _LEVEL.search(f.core) and f.core in name and len(f.core) >= _SHORT
        ]
        for whole in plain_ones[:1]:
            part = next((f for f in leveled if f.value < whole.value and _units_meet(f, whole)), None)
            if part and _units_meet(goal, whole):
                yield Problem(
                    (goal.at, whole.at, part.at),
                    whole.shown,
                    part.shown,
                    f"目标“{goal.core}”{goal.shown}按{level[0]}统计，完成数填{whole.quote}，其中{part.quote}",
                    form=whole.form.id,
                )


@unit_rule("X24", Severity.WARNING, "预算绩效自评范围应包括对下转移支付")
def transfers_are_stated(filing: Filing, context: Context) -> Iterator[Problem]:
    """资金分配给下级地区的，应作为转移支付填报。"""
    every = context.passages.distinct
    none = next(((f, p) for p in every for f in p.figures if "转移支付" in f.label and f.value == 0), None)
    if none is None:
        return
    for passage in every:
        # A project's list of places is enough; the same list stands in the form and on the cover.
        named = [f for f in passage.figures if f.unit == MONEY and f.value and _PLACE.fullmatch(f.label)]
        if len(named) >= 3:
            said = "、".join(f"{f.label}{f.shown}" for f in named)
            total = plain(sum(f.value for f in named))
            yield Problem(
                (none[1].at, passage.at),
                none[0].shown,
                f"{total}万元",
                f"{none[0].label}填 {none[0].shown}，但资金分配给 {said}，合计 {total}万元",
                form=passage.form.id,
            )
            return


@unit_rule("X25", Severity.WARNING, "填报要求：指标应覆盖项目的主要产出")
def results_of_a_project_are_indicators(filing: Filing, context: Context) -> Iterator[Problem]:
    """项目实际完成的主要产出应设有对应的指标。"""
    shared = {got.text for form in filing.forms if form.kind is FormKind.DEPARTMENT for _, got in form.goals}
    for form in filing.forms:
        if form.kind is not FormKind.PROJECT or not form.indicators:
            continue
        names = [
            clean(squash(row.name)) + squash(row.target.text) + squash(row.actual.text)
            for row in form.indicators
        ]
        for _, got in form.goals:
            if got.text in shared:
                continue  # the results of the whole unit, not of this project
            if not _EXTENT.search(got.text):
                continue
            outputs = [
                f for f in figures(squash(got.text)) if f.unit in _EXTENTS and not f.generic and not f.depth
            ]
            missing = [
                f
                for f in outputs
                if not any(f.shown in name or _share(f.label, name, -(-len(f.label) // 2)) for name in names)
            ]
            if len(missing) >= 2:
                said = "、".join(f"{f.label}{f.shown}" for f in missing)
                yield Problem(
                    got.at, None, "增设相应的指标", f"实际完成情况写明 {said}，没有对应的指标", form=form.id
                )


def _contradict(first: Fact, second: Fact) -> bool:
    if not first.words and not second.words:
        return False  # indicators are held against each other elsewhere
    if first.value == second.value or not _units_meet(first, second):
        return False
    return abs(first.value - second.value) > max(first.rounding, second.rounding)


def _units_meet(first: Fact, second: Fact) -> bool:
    return first.unit == second.unit or {first.unit, second.unit} <= _PIECES


def _alike(first: str, second: str) -> bool:
    """Two names that share most of the shorter one, or are one short name."""
    shorter = min(len(first), len(second))
    if first == second:
        return _SHORT <= len(first) < _LONG
    size, here, there = _longest_common(first, second, _LONG)
    before = first[:here], second[:there]
    # 省级… and 国家级… are two things; 新增和控制… is a sum that the other is a part of.
    if all(before) or any(words.endswith(_CONJUNCTIONS) for words in before):
        return False
    return size * 5 >= shorter * 3 and size > 0


def _matched(facts: list[Fact], first: Fact, second: Fact) -> bool:
    """Whether one of two like names has its very own name on the other side: then they are two things."""
    return any(
        (fact.core == second.core and fact.tabled == first.tabled)
        or (fact.core == first.core and fact.tabled == second.tabled)
        for fact in facts
    )


def _grams(text: str) -> set[str]:
    return {text[i : i + _SHORT] for i in range(len(text) - _SHORT + 1)}


def _share(first: str, second: str, size: int) -> bool:
    """Whether a run of so many signs stands in both texts."""
    return any(first[i : i + size] in second for i in range(len(first) - size + 1))


def _longest_common(first: str, second: str, least: int) -> tuple[int, int, int]:
    """The longest run that stands in both texts and where it does first; (0, 0, 0) if shorter than `least`."""
    if not _share(first, second, least):
        return 0, 0, 0
    return next(
        (size, i, second.index(first[i : i + size]))
        for size in range(min(len(first), len(second)), least - 1, -1)
        for i in range(len(first) - size + 1)
        if first[i : i + size] in second
    )


def _difference(first: Fact, second: Fact) -> str:
    gap, unit = abs(first.value - second.value), first.unit
    written, other = (_DIGITS.sub("", fact.shown) for fact in (first, second))
    if written == other and written:
        # 300公斤 and 320公斤 differ by 20公斤, not by 0.02吨.
        gap, unit = gap / base(written)[1], written
    message = f"{first.at}：{first.quote}；{second.at}：{second.quote}，相差 {plain(gap)}{unit}"
    if written != other:
        message += f"（{first.shown} = {plain(first.value)}{first.unit}，{second.shown} = {plain(second.value)}{second.unit}）"
    return message
