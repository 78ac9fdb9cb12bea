"""Sums written out in sentences: (63.46-32)÷32×100%=98.31%."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, DivisionByZero, InvalidOperation
from typing import NamedTuple

from selfeval.pattern import Pattern
from selfeval.statements import Figure, Passage, base

_UNIT = r"(?:[十百千万亿]*元|[人名个分辆户亩次]|人次)"
_NUMBER = rf"\d[\d,]*(?:\.\d+)?(?:%|{_UNIT})?"
_OPERATOR = r"[-+−×xX*÷/]"
_SUM = rf"\(*{_NUMBER}\)*(?:{_OPERATOR}\(*{_NUMBER}\)*)+"
_EQUATION = Pattern(
    rf"(?<![\d.年月\-—~至/〔第])(?P<sum>{_SUM})=(?P<result>\d[\d,]*(?:\.\d+)?)(?P<unit>%|{_UNIT})?"
)
_TOKEN = Pattern(rf"(?P<number>\d[\d,]*(?:\.\d+)?)(?P<unit>%|{_UNIT})?|(?P<sign>[-+−×xX*÷/()])")
_SIGNS = {"−": "-", "×": "*", "x": "*", "X": "*", "÷": "/"}
_HUNDRED = Decimal(100)
_LONGEST = 60


class Equation(NamedTuple):
    """A result beside the sum that is written out before it."""

    stated: Figure
    formula: str
    value: Decimal


def equations(passage: Passage) -> Iterator[Equation]:
    """Every sum of the sentence whose result stands behind its sign of equality, in the unit of the result."""
    if "=" not in passage.text:
        return
    figures = {figure.start: figure for figure in passage.figures}
    for match in _EQUATION.finditer(passage.text):
        stated, written = figures.get(match.start("result")), match["sum"]
        if stated is None or stated.rough or len(written) > _LONGEST:
            continue
        value = _value(written, match["unit"] or "")
        if value is not None:
            yield Equation(stated, written, value)


def _value(written: str, unit: str) -> Decimal | None:
    """What a sum comes to in a unit; None where it mixes amounts of several units or does not parse."""
    tokens: list[str | Decimal] = []
    units = set()
    for match in _TOKEN.finditer(written):
        if match["sign"]:
            tokens.append(_SIGNS.get(match["sign"], match["sign"]))
            continue
        number = Decimal(match["number"].replace(",", ""))
        if match["unit"] == "%":
            number /= _HUNDRED
        elif match["unit"]:
            units.add(match["unit"])
        tokens.append(number)
    if len(units) > 1 or (units and unit not in (*units, "%")):
        return None
    try:
        value = _Reader(tokens).whole()
    except (IndexError, TypeError, ValueError, DivisionByZero, InvalidOperation):
        return None
    return value * _HUNDRED if unit == "%" else value * base(unit)[1]


class _Reader:
    """The four rules of arithmetic with brackets, over numbers and signs."""

    def __init__(self, tokens: list[str | Decimal]) -> None:
        self.tokens = tokens
        self.at = 0

    def whole(self) -> Decimal:
        value = self._terms()
        if self.at != len(self.tokens):
            raise ValueError("signs left over")
        return value

    def _terms(self) -> Decimal:
        value = self._factors()
        while self._next() in ("+", "-"):
            sign = self._take()
            other = self._factors()
            value = value + other if sign == "+" else value - other
        return value

    def _factors(self) -> Decimal:
        value = self._one()
        while self._next() in ("*", "/"):
            sign = self._take()
            other = self._one()
            value = value * other if sign == "*" else value / other
        return value

    def _one(self) -> Decimal:
        token = self._take()
        if token == "(":
            value = self._terms()
            if self._take() != ")":
                raise ValueError("a bracket stays open")
            return value
        if isinstance(token, str):
            raise TypeError(token)
        return token

    def _next(self) -> str | Decimal | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _take(self) -> str | Decimal:
        self.at += 1
        return self.tokens[self.at - 1]
