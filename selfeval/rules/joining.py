"""The files of one unit as one filing: what the rules between forms look at.

A unit may send its report as a document and its forms as a workbook. Only what is plainly of the same unit and
year is joined; a form that comes in two files is taken once and the two are held against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from selfeval.filing import Filing, Form, FormKind, Position
from selfeval.labels import squash
from selfeval.pattern import Pattern
from selfeval.rules.engine import Expected
from selfeval.rules.identity import SCORED, same_unit

_OF_UNIT = (FormKind.DEPARTMENT, FormKind.BASE_DATA, FormKind.COVER)
# Two papers of one kind that cover different ground.
_SCOPE = Pattern("本级|机关|汇总|合并|含下属|含二级")
_MOSTLY = 2  # a copy shares at least one in so many of its rows


class Joined(NamedTuple):
    """The filing and, for each file in it, its number among those given and the name that its places carry."""

    filing: Filing
    names: dict[int, str]


def joined(filings: Sequence[Filing], expected: Expected) -> Joined | None:
    """The files that are one unit's, as one filing with the file in every place; None when there is one at most.

    The ids of its forms are "number of the file:id".
    """
    judged = [[form for form in filing.forms if form.kind.judged] for filing in filings]
    if sum(map(bool, judged)) < 2:
        return None
    names = _names(filings)
    taken: list[Form] = []
    copies: list[tuple[Form, Form]] = []
    used: dict[int, str] = {}
    unit, year = expected.unit, expected.year
    for number, (filing, forms) in enumerate(zip(filings, judged, strict=True)):
        if not forms or not _of(filing, forms, unit, year) or _of_a_project(forms):
            continue
        forms = [_placed(replace(form, id=f"{number}:{form.id}"), names[number]) for form in forms]
        pairs = [(first, form) for form in forms for first in taken if _same_paper(first, form)]
        if not all(_alike(first, form) for first, form in pairs):
            continue  # two papers of one kind: which one the others belong to is not known
        again = {form.id for _, form in pairs}
        copies += pairs
        taken += [form for form in forms if form.id not in again]
        used[number] = names[number]
        unit = unit or filing.unit or next((form.unit for form in forms if form.kind in _OF_UNIT), None)
        year = year or filing.year
    if len(used) < 2:
        return None
    return Joined(
        Filing(file="", sha256="", unit=unit, year=year, forms=tuple(taken), copies=tuple(copies)), used
    )


def _names(filings: Sequence[Filing]) -> list[str]:
    """The names of the files; those that are not the first of their name are numbered."""
    names = [filing.file for filing in filings]
    counted = [names[: number + 1].count(name) for number, name in enumerate(names)]
    return [name if n == 1 else f"{name}（第{n}个）" for name, n in zip(names, counted, strict=True)]


def _of(filing: Filing, forms: Sequence[Form], unit: str | None, year: int | None) -> bool:
    """Whether nothing in a file says that it is of another unit or year."""
    named = [form.unit for form in forms if form.kind in _OF_UNIT and form.unit]
    named += [filing.unit] if filing.unit and not named else []
    dated = [form.year for form in forms if form.year] or [filing.year]
    return all(unit is None or same_unit(name, unit) for name in named) and all(
        year is None or said in (None, year) for said in dated
    )


def _of_a_project(forms: Sequence[Form]) -> bool:
    """Whether a file holds the report on a project: its figures are not those of the unit."""
    kinds = {form.kind for form in forms}
    alone = bool(kinds & {FormKind.PROJECT, FormKind.FUND}) and not kinds & set(_OF_UNIT)
    for form in forms:
        if form.kind is FormKind.REPORT:
            title = squash(form.title)
            if alone or ("项目" in title and "整体" not in title and "部门" not in title):
                return True
    return False


def _same_paper(first: Form, second: Form) -> bool:
    if first.kind is not second.kind or first.at.file == second.at.file:
        return False
    if first.kind in (FormKind.PROJECT, FormKind.FUND):
        return bool(first.project) and squash(first.project) == squash(second.project or "")
    return True


def _alike(first: Form, second: Form) -> bool:
    """Whether two papers of one kind are one paper: for the same ground and with much the same rows."""
    named = [(first.title, second.title)]
    named += [(first.unit, second.unit)] if first.unit and second.unit else []
    if any(set(_SCOPE.findall(one)) != set(_SCOPE.findall(other)) for one, other in named):
        return False
    rows, others = _rows(first), _rows(second)
    return len(rows & others) * _MOSTLY >= max(len(rows), len(others))


def _rows(form: Form) -> set[str]:
    if form.kind in SCORED and form.indicators:
        return {squash(row.name) for row in form.indicators}
    return {squash(entry.label) for entry in form.entries} | {squash(said.text) for said in form.sentences}


def _placed(value: Any, file: str) -> Any:
    """The same value with the file in every place."""
    kind = type(value)
    if kind is Position:
        return value._replace(file=file)
    if kind is tuple:
        return tuple([_placed(part, file) for part in value])
    if not (names := _parts(kind)):
        return value
    moved = [_placed(getattr(value, name), file) for name in names]
    return kind(*moved) if issubclass(kind, tuple) else replace(value, **dict(zip(names, moved, strict=True)))


@cache
def _parts(kind: type) -> tuple[str, ...]:
    """The names of what a value of this kind is made of; none for a number or a text."""
    if is_dataclass(kind):
        return tuple(field.name for field in fields(kind))
    return getattr(kind, "_fields", ())
