"""What a judged filing brings into the roll-up, read from the document that was stored with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from selfeval.completion import Completion, Direction, completion, is_cost
from selfeval.figures import number
from selfeval.filing import Cell, Form, FormKind, Indicator
from selfeval.labels import bare, squash
from selfeval.money import UNITS, parse_number
from selfeval.pattern import Pattern
from selfeval.quantity import in_base
from selfeval.rollup.measures import (
    AMOUNTS,
    COVER_BLOCKS,
    EXPENSE_COLUMNS,
    EXPENSES,
    FUNDING_ROLES,
)
from selfeval.rollup.packed import Packed, PackedFigures
from selfeval.rollup.units import (
    OWN_WORDS,
    GoalText,
    IndicatorFigures,
    ProjectFigures,
    Scope,
    StatedRow,
    UnitFigures,
)
from selfeval.rules.cover import Cover, cover_of, cover_rows
from selfeval.rules.expenses import buildings, expenses
from selfeval.stored import stored_forms

_SCORED = (FormKind.DEPARTMENT, FormKind.PROJECT, FormKind.FUND)
_SPEAKING = (FormKind.DEPARTMENT, FormKind.COVER, FormKind.BASE_DATA)
# 局机关及二级机构汇总, 部门汇总, （汇总）; 汇总表 alone may be a list of anything.
_WHOLE = Pattern(
    r"部门汇总|汇总数|汇总口径|\(汇总\)|[及和与、含](?:所属|下属|直属|二级)(?:各)?(?:预算)?(?:单位|机构)(?!无)"
)
_BUILDING_HEADS = {
    "area_approved": Pattern("批复规模|规模.*批复|计划规模"),
    "area_actual": Pattern("实际规模"),
    "investment_approved": Pattern("预算投资|批复投资"),
    "investment_actual": Pattern("实际投资"),
}
_COVER_KEYS = [key for names in COVER_BLOCKS.values() for key in names]
# A cover states this year's 三公 where there is no base data table.
_COVER_EXPENSES = ("three_publics", "purchase", "running", "overseas", "reception")


def figures_of(document: Mapping[str, Any]) -> UnitFigures:
    """Everything of a check document that is added or listed. The first form of a kind that says a figure counts."""
    pairs = [(form, data) for form, data in stored_forms(document) if form.kind.judged]
    forms = [form for form, _ in pairs]
    whole = next((form for form in forms if form.kind is FormKind.DEPARTMENT), None)
    cover = next((form for form in forms if form.kind is FormKind.COVER), None)
    found: dict[str, Decimal] = dict(_funding(whole)) if whole else {}
    for form in forms:
        if form.kind is FormKind.BASE_DATA:
            found = dict(_base_data(form)) | found
    rows = tuple(_stated(cover)) if cover else ()
    scope = _scope(forms, rows, found)
    if cover:
        found = dict(_cover(cover, rows, scope)) | found
    return UnitFigures(
        figures=PackedFigures(found),
        projects=Packed(_project(form, data) for form, data in pairs if form.kind is FormKind.PROJECT),
        indicators=Packed(row for form, data in pairs for row in _indicators(form, data)),
        goals=Packed(
            GoalText(form.project or form.title, expected.text, actual.text)
            for form in forms
            for expected, actual in form.goals
            if expected or actual
        ),
        scope=scope,
        stated=rows if len(rows) > 1 else (),
        place=f"{whole.title} {whole.at}" if whole else "",
    )


def said_scope(text: str) -> Scope | None:
    """What a title or a name says of whom its figures speak for."""
    squashed = squash(text)
    if _WHOLE.search(squashed):
        return Scope.WHOLE
    return Scope.OWN if OWN_WORDS.search(squashed) else None


def _scope(forms: Sequence[Form], rows: Sequence[StatedRow], found: Mapping[str, Decimal]) -> Scope | None:
    """The words of the papers; else the row of the cover that the department form repeats."""
    for kind in _SPEAKING:
        for form in forms:
            said = said_scope(f"{form.title} {form.unit or ''}") if form.kind is kind else None
            if said:
                return said
    executed = found.get("executed")
    for row in rows if len(rows) > 1 else ():
        if executed is not None and row.figures.get("cover.spending") == executed:
            return Scope.WHOLE if row.is_sum else Scope.OWN
    return None


def _money(form: Form, cell: Cell | None) -> Decimal | None:
    value = number(cell)
    return None if value is None else value * UNITS.get(form.amount_unit, Decimal(1))


def _known(pairs: Iterator[tuple[str, Decimal | None]]) -> Iterator[tuple[str, Decimal]]:
    return ((key, value) for key, value in pairs if value is not None)


def _funding(form: Form) -> Iterator[tuple[str, Decimal]]:
    def every() -> Iterator[tuple[str, Decimal | None]]:
        if form.total:
            yield from ((key, _money(form, getattr(form.total, key))) for key in AMOUNTS)
        for role in FUNDING_ROLES:
            line = next(form.lines(role), None)
            if line:
                yield from ((f"{role}.{key}", _money(form, getattr(line, key))) for key in AMOUNTS)

    return _known(every())


def _base_data(form: Form) -> Iterator[tuple[str, Decimal]]:
    table = expenses(form)
    # Last year's accounts are the other column of accounts, wherever it stands.
    last = next((h for h in table.headings if "决算" in h and h != table.spent), None)
    headings = dict(zip(EXPENSE_COLUMNS, (last, table.budget, table.spent), strict=True))

    def every() -> Iterator[tuple[str, Decimal | None]]:
        for key in EXPENSES:
            row = getattr(table, key)
            for column, heading in headings.items():
                if row and heading:
                    yield f"{key}.{column}", _money(form, row.cells.get(heading))
        yield "posts", number(table.staff.get("posts"))
        yield "people", number(table.staff.get("people"))
        for key, pattern in _BUILDING_HEADS.items():
            cells = [
                number(cell)
                for row in buildings(form)
                for heading, cell in row.items()
                if pattern.search(heading)
            ]
            known = [value for value in cells if value is not None]
            yield key, sum(known, Decimal(0)) if known else None

    return _known(every())


def _cover(form: Form, rows: Sequence[StatedRow], scope: Scope | None) -> Iterator[tuple[str, Decimal]]:
    """The cover's figures: of the one row, or of the row that speaks for the same as the department form."""
    if len(rows) > 1:
        row = next((row for row in rows if (row.is_sum if scope is Scope.WHOLE else row.is_own)), None)
        return iter(row.figures.items()) if row else iter(())
    cover = cover_of(form)
    people = (("posts", number(cover.posts)), ("people", number(cover.people)))
    return _known(iter((*_amounts(cover), *people)))


def _amounts(cover: Cover) -> Iterator[tuple[str, Decimal | None]]:
    for key in _COVER_KEYS:
        yield f"cover.{key}", _money(cover.form, getattr(cover, key))
    for key in _COVER_EXPENSES:
        yield f"{key}.spent", _money(cover.form, getattr(cover, key))


def _stated(form: Form) -> Iterator[StatedRow]:
    for name, cover in cover_rows(form).items():
        figures = dict(_known(_amounts(cover)))
        if figures:
            yield StatedRow(squash(name), f"{form.title} {form.at} “{name}”", figures)


def _project(form: Form, data: Mapping[str, Any]) -> ProjectFigures:
    total = form.total
    return ProjectFigures(
        squash(form.project or form.title),
        *((_money(form, getattr(total, key)) for key in AMOUNTS) if total else (None, None, None)),
        number(form.reported_score),
        parse_number(data["recomputed_score"] or ""),
    )


def _indicators(form: Form, data: Mapping[str, Any]) -> Iterator[IndicatorFigures]:
    if form.kind not in _SCORED:
        return
    funds = _money(form, form.total.adjusted_budget) if form.total else None
    for row, judged in zip(form.indicators, data["indicators"], strict=True):
        name = bare(row.name)
        made = _made(row, completion(row), parse_number(judged["recomputed_score"] or "")) if name else None
        if made:
            kind, unit, direction, target, actual = made
            yield IndicatorFigures(
                bare(row.level1), bare(row.level2), name, unit, direction, kind, target, actual,
                number(row.weight), funds, is_cost(row),
            )  # fmt: skip


def _made(
    row: Indicator, done: Completion, recomputed: Decimal | None
) -> tuple[str, str, str, Decimal, Decimal] | None:
    """Kind, unit, direction, target and actual; None for a row that says too little."""
    if done.values is not None:
        wanted, got = done.values
        unit = done.target.unit or done.actual.unit
        if unit in ("%", "‰", "百分比"):
            return "relative", "%", str(done.direction), wanted, got
        name, scale = in_base(unit)
        if done.target.unit != done.actual.unit and done.target.unit and done.actual.unit:
            scale = Decimal(1)  # the two were brought into the base already
        return "absolute", name, str(done.direction), wanted * scale, got * scale
    weight, score = number(row.weight), recomputed if recomputed is not None else number(row.score)
    if weight and score is not None:
        return "qualitative", "", str(Direction.UP), Decimal(1), score / weight
    return None
