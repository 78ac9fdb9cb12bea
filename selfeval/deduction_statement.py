"""The deduction statement of a unit: every scored line with both scores, every lost point with rule, figures, clause.

Made from the stored document of `selfeval check`, so that it says what was judged and nothing newer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from selfeval.figures import plain
from selfeval.filing import FormKind
from selfeval.money import parse_number
from selfeval.paper_blocks import Column, Grid
from selfeval.stored import forms_once

UNKNOWN = "—"
_SCORED = (FormKind.DEPARTMENT, FormKind.PROJECT, FormKind.FUND)
_COLUMNS = (
    Column("计分项目", 6.1, left=True),
    Column("分值", 1.3),
    Column("自评得分", 1.5),
    Column("复算得分", 1.5),
    Column("自评扣分", 1.5),
    Column("复算扣分", 1.5),
    Column("规则、依据的数、政策条款和单位的说明", 12.6, left=True),
)


class FormStatement(NamedTuple):
    """One form: its name, both totals with their grades (None: unknown), how many lines lost points, the table."""

    name: str
    stated: Decimal | None
    due: Decimal | None
    stated_grade: str | None
    due_grade: str | None
    lost: int
    grid: Grid


def statement(document: Mapping[str, Any]) -> tuple[FormStatement, ...]:
    """The scored forms of a document in order; a document without one has no statement."""
    return tuple(_form(form) for form in _forms(document))


def loses_points(document: Mapping[str, Any]) -> bool:
    """Whether any line of any form lost points, by its own score or by the policy."""
    return any(form["deductions"] for form in _forms(document))


def _forms(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    found = forms_once(document, *_SCORED)
    return (form for form in found if form["indicators"] or form["deductions"])


def _form(form: Mapping[str, Any]) -> FormStatement:
    lost = {(each["where"], each["name"]): each for each in form["deductions"]}
    rows = [_row(line, _name(line), lost) for line in form["funding"] if line["weight"] and _scored(line)]
    rows += [_row(row, _name(row), lost) for row in form["indicators"] if row["weight"]]
    # What is left is no line of the form: the cap of the total.
    rows += [_line(each["name"], each, each) for each in lost.values()]
    total = [
        "合计",
        _number(form["total_weight"]),
        _number(form["reported_score"] or form["summed_score"]),
        _number(form["recomputed_score"]),
        _loss(form["total_weight"], form["reported_score"] or form["summed_score"]),
        _loss(form["total_weight"], form["recomputed_score"]),
        "" if form["recomputed_score"] else "有计分项目无法按政策复算，不作合计",
    ]
    return FormStatement(
        name=form["project"] or form["title"],
        stated=_decimal(form["reported_score"]),
        due=_decimal(form["recomputed_score"]),
        stated_grade=form["reported_grade"],
        due_grade=form["recomputed_grade"],
        lost=len(form["deductions"]),
        grid=Grid("", _COLUMNS, [*rows, total], total=True),
    )


def _scored(line: Mapping[str, Any]) -> bool:
    """A sub-row that repeats weight and score of the total is no line of its own."""
    return line["basis"] is not None or line["recomputed_score"] is not None


def _name(line: Mapping[str, Any]) -> str:
    if "label" in line:
        return f"{line['label'].removesuffix('执行率')}执行率"
    above = "·".join(part for part in (line["level1"], line["level2"]) if part)
    return f"{line['name'] or UNKNOWN}\n（{above}）" if above else line["name"] or UNKNOWN


def _row(line: Mapping[str, Any], name: str, lost: dict[tuple[str, str], Mapping[str, Any]]) -> list[str]:
    key = (line["where"], name.partition("\n")[0])
    return _line(name, line, lost.pop(key, None))


def _line(name: str, line: Mapping[str, Any], lost: Mapping[str, Any] | None) -> list[str]:
    kept = line.get("basis") == "stated"  # the policy has no way to compute it
    due = None if kept else line["recomputed_score"]
    cells = [name, _number(line["weight"]), _number(line["score"]), "沿用自评" if kept else _number(due)]
    if lost is None:
        return [*cells, _loss(line["weight"], line["score"]), _loss(line["weight"], due), ""]
    said = [f"规则{lost['rule']}：" if lost.get("rule") else "", f"{lost['figures']}；{lost['clause']}。"]
    if lost["reason"]:
        said.append(f"\n单位说明：{lost['reason']}")
    elif "level1" in line and _number(lost["lost"]) not in ("0", UNKNOWN):
        said.append("\n单位没有说明扣分的原因。")
    return [*cells, _number(lost["lost"]), _number(lost["recomputed_loss"]), "".join(said)]


def _loss(weight: str | None, score: str | None) -> str:
    whole, got = _decimal(weight), _decimal(score)
    return UNKNOWN if whole is None or got is None else plain(whole - got)


def _number(text: str | None) -> str:
    value = _decimal(text)
    return (text or UNKNOWN) if value is None else plain(value)


def _decimal(text: str | None) -> Decimal | None:
    return parse_number(text) if text else None
