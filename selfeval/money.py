"""Amounts as Decimal 万元, and plain numbers as people type them.

Full-width digits, thousands separators (also misplaced ones), spaces inside a number and the units
元/万元/亿元 are read. What could mean two things ("402.6,3") is not read: the caller gets None.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from selfeval.pattern import Pattern

# 1 of the unit in 万元.
UNITS = {
    "元": Decimal("0.0001"),
    "千元": Decimal("0.1"),
    "万": Decimal(1),
    "万元": Decimal(1),
    "百万元": Decimal(100),
    "亿": Decimal(10000),
    "亿元": Decimal(10000),
}

# A cell longer than this says no number; it also keeps a hostile cell from being scanned.
_LONGEST = 40
# Full-width signs, dots and commas; digits need no table, Decimal is given the ASCII ones.
_HALF_WIDTH = {ord("０") + i: str(i) for i in range(10)} | {
    ord(wide): half
    for wide, half in zip("．，－−﹣＋％¥￥", ["."] + [","] + ["-"] * 3 + ["+", "%", "", ""], strict=True)
}
_SPACES = Pattern(r"[ \t\u3000\xa0\u2000-\u200b\u202f\ufeff]+")
_NUMBER = Pattern(r"[-+]?(?:\d[\d,]*)?(?:\.\d+)?")
_GROUPED = Pattern(r"\d+(?:,\d{3,4})+")
_UNIT = Pattern(r"(元|千元|万|万元|百万元|亿|亿元)(?:人民币)?$", needs="元万亿")


@lru_cache(maxsize=4096)
def parse_number(text: str) -> Decimal | None:
    """The number that a text is, None when it is not exactly one number.

    "6,152.47" "３０４６．２９" "3 046.29" and "23,50.02" are read; "402.6,3" and "12,5" are not,
    because the separator may stand for a decimal point. No unit, no percent sign.
    """
    if not text or len(text) > _LONGEST:
        return None
    return _plain(_SPACES.sub("", text.translate(_HALF_WIDTH)).strip())


def parse_amount(text: str, unit: str = "万元") -> Decimal | None:
    """An amount in 万元. `unit` holds where the text names none: parse_amount("3046.29　万元") == 3046.29."""
    if not text or len(text) > _LONGEST:
        return None
    compact = _SPACES.sub("", text.translate(_HALF_WIDTH)).strip()
    named = _UNIT.search(compact)
    if named:
        compact, unit = compact[: named.start()], named[1]
    number = _plain(compact)
    return None if number is None else number * UNITS[unit]


def parse_in_unit(text: str, unit: str) -> Decimal | None:
    """An amount in `unit`, converted when the text names another one."""
    amount = parse_amount(text, unit)
    if amount is None:
        return None
    # A text without a unit comes back digit for digit: no trip through 万元 that changes its exponent.
    plain = parse_number(text)
    return plain if plain is not None else Decimal(format(amount / UNITS[unit], "f"))


def _plain(compact: str) -> Decimal | None:
    if not compact or not _NUMBER.fullmatch(compact) or not any(c.isdigit() for c in compact):
        return None
    whole, point, fraction = compact.partition(".")
    if "," in whole:
        # With a decimal point a comma can only be a separator, however misplaced; without one
        # "12,5" may be a decimal comma, so the groups must look like groups.
        if whole.endswith(",") or (not point and not _GROUPED.fullmatch(whole.lstrip("+-"))):
            return None
        whole = whole.replace(",", "")
    return Decimal(f"{whole}.{fraction}" if point else whole)
