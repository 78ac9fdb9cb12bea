"""Small arithmetic on filed figures: what a cell says, how a number or a day is shown, which rounding explains it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import Enum

from selfeval.filing import Cell
from selfeval.pattern import Pattern

HUNDRED = Decimal(100)
_DECIMALS = Pattern(r"[.．](\d+)")


class Fit(Enum):
    """How a stated number relates to the exact one."""

    ROUNDED = "rounded"  # equal, or rounded half up to the decimals that it shows
    TRUNCATED = "truncated"  # cut off after the decimals that it shows
    NONE = "none"


def number(cell: Cell | None) -> Decimal | None:
    """The number of a cell; None when there is no cell, or it is blank or text."""
    return None if cell is None else cell.number


def text(cell: Cell | None) -> str | None:
    """The text of a cell as filed; None when there is no cell or it is blank."""
    return cell.text if cell else None


def plain(value: Decimal) -> str:
    """A number for people and for JSON: no exponent, no trailing zeros (10.00 → 10)."""
    shown = format(value, "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def money(value: Decimal) -> str:
    """An amount in 万元 for a table: two decimals, thousands separated; what was filed in 元 has up to six."""
    return f"{points(value):,f}"


def amount(value: Decimal) -> str:
    """An amount as it was added up, with the decimals of its terms (2 + 0.50 → 2.50)."""
    return format(value, "f")


def points(value: Decimal, places: int = 2) -> Decimal:
    """Rounded half up, as scores are."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def percent(fraction: Decimal) -> str:
    """A fraction as a percentage with two decimals (0.95602 → 95.60%)."""
    return f"{points(fraction * HUNDRED)}%"


def chinese_date(day: date) -> str:
    """2026年6月10日; of an instant the day where it says it is."""
    return f"{day.year}年{day.month}月{day.day}日"


def total(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known, None when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def decimals(shown: str) -> int:
    """How many decimals a number shows (95.60% → 2, 100 → 0)."""
    match = _DECIMALS.search(shown)
    return len(match[1]) if match else 0


def fit(stated: Decimal, exact: Decimal, tolerance: Decimal, step: Decimal) -> Fit:
    """Whether `stated`, shown in steps of `step`, is `exact` rounded or cut off."""
    if (
        abs(stated - exact) <= tolerance
        or (exact / step).quantize(Decimal(1), ROUND_HALF_UP) * step == stated
    ):
        return Fit.ROUNDED
    if (exact / step).quantize(Decimal(1), ROUND_FLOOR) * step == stated:
        return Fit.TRUNCATED
    return Fit.NONE
