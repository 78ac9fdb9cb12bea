"""What Excel shows for a number under a number format: "95.60%" for 0.956 under 0.00%.

Covers the formats of Chinese office files: decimals, thousands, percent, accounting, literals, dates
and times. Fractions, scientific notation and conditions are shown as General.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

from selfeval.pattern import Pattern

# The built-in formats of ECMA-376 part 1 §18.8.30 with the meaning they have in Chinese Excel.
BUILTIN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"',
    28: 'm"月"d"日"',
    29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"',
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    41: "#,##0;-#,##0",
    42: "#,##0;-#,##0",
    43: "#,##0.00;-#,##0.00",
    44: "#,##0.00;-#,##0.00",
    45: "mm:ss",
    46: "h:mm:ss",
    47: "mm:ss",
    50: 'yyyy"年"m"月"',
    51: 'm"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 a serial date has no time zone
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_SERIAL = 2_958_465  # 9999-12-31
_TOKEN = Pattern(
    r'"([^"]*)"|\\(.)|[_*](.)|\[([^\]]*)\]|(AM/PM|A/P)|([ymdhsYMDHS]+)|([0#?.,]+)|(.)', re.DOTALL
)
_HUNDRED = Decimal(100)
# Excel shows at most 30 decimals; the largest float has 309 digits before the point.
_MOST_DECIMALS = 30
_WIDE = Context(prec=400)


class _Section(NamedTuple):
    parts: tuple[str | None, ...]  # literals; None stands for the number
    least: int  # decimals always shown
    most: int
    grouped: bool
    percent: int
    zero: bool  # a zero is shown as a digit
    dated: tuple[tuple[str, str], ...]  # (kind, text) tokens when the section is a date


def general(value: float) -> str:
    """A number as General shows it: no binary noise, no exponent. 0.9806999999999999 → "0.9807"."""
    return _plain(exact(value))


def exact(value: float) -> Decimal:
    """A float as the 15 significant digits that Excel keeps."""
    return Decimal(format(value, ".15g"))


def show(value: float, code: str, epoch_1904: bool) -> str:
    """A number under a format code."""
    number = exact(value)
    sections = _compile(code)
    if not sections:
        return _plain(number)
    section = _choose(sections, number)
    if section.dated:
        return _date(value, section, epoch_1904) or _plain(number)
    if number == 0 and not section.zero:
        # Accounting formats show zero as a dash, which would read as blank; the figure is known, so it is said.
        return "0"
    if None not in section.parts:
        return "".join(part for part in section.parts if part)
    return _numeric(number, section, signed=len(sections) < 2 or section is sections[0])


def _choose(sections: tuple[_Section, ...], number: Decimal) -> _Section:
    if number == 0 and len(sections) > 2:
        return sections[2]
    return sections[1] if number < 0 and len(sections) > 1 else sections[0]


def _numeric(number: Decimal, section: _Section, signed: bool) -> str:
    for _ in range(section.percent):
        number *= _HUNDRED
    # A second section brings its own sign; accounting brackets are said as a minus.
    bracketed = not signed and "(" in section.parts
    shown = (number if signed or bracketed else abs(number)).quantize(
        Decimal(1).scaleb(-section.most), ROUND_HALF_UP, _WIDE
    )
    digits = format(shown, ",f" if section.grouped else "f")
    if section.most > section.least and "." in digits:
        whole, _, fraction = digits.partition(".")
        fraction = fraction[: section.least] + fraction[section.least :].rstrip("0")
        digits = f"{whole}.{fraction}" if fraction else whole
    literals = (part for part in section.parts if not (bracketed and part in ("(", ")")))
    return "".join(digits if part is None else part for part in literals).strip()


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f") if number else "0"


@lru_cache(maxsize=512)
def _compile(code: str) -> tuple[_Section, ...]:
    """The sections of a code; empty for General and for what is not covered."""
    if code.lower() in ("general", "@", "") or re.search(r"\[[<>=]|[eE][+-]|[?#0]\s*/\s*[?#0\d]", code):
        return ()
    sections = []
    for piece in _split(code):
        parts: list[str | None] = []
        dated: list[tuple[str, str]] = []
        digits, percent = "", 0
        for quoted, escaped, padding, bracket, noon, date, figure, other in _TOKEN.findall(piece):
            literal = quoted or escaped or other
            if figure and (figure.strip(".,") or digits):
                if not digits:
                    parts.append(None)
                    dated.append(("literal", figure))
                digits += figure
            elif date or noon:
                dated.append(("date", (date or noon).lower()))
            elif bracket:
                if bracket.startswith("$"):
                    parts.append(bracket[1:].partition("-")[0])
                elif bracket.lower() in ("h", "hh", "m", "mm", "s", "ss"):
                    dated.append(("date", bracket.lower()))
            elif not padding:
                percent += other == "%"
                parts.append(figure or literal)
                dated.append(("literal", figure or literal))
        is_date = any(kind == "date" for kind, _ in dated) and not digits.strip(".,")
        fraction = digits.partition(".")[2]
        sections.append(
            _Section(
                parts=tuple(parts),
                least=min(fraction.count("0"), _MOST_DECIMALS),
                most=min(len(fraction.replace(",", "")), _MOST_DECIMALS),
                grouped="," in digits.rstrip(",").partition(".")[0],
                percent=min(percent, 2),
                zero="0" in digits,
                dated=tuple(dated) if is_date else (),
            )
        )
    return tuple(sections)


def _split(code: str) -> list[str]:
    pieces, quoted = [""], False
    for character in code:
        quoted ^= character == '"'
        if character == ";" and not quoted:
            pieces.append("")
        else:
            pieces[-1] += character
    return pieces


def _date(value: float, section: _Section, epoch_1904: bool) -> str | None:
    if not 0 <= value <= _LAST_SERIAL:
        return None
    moment = (_EPOCH_1904 if epoch_1904 else _EPOCH) + timedelta(seconds=round(value * 86400))
    said, after_hour = [], False
    dates = [text for kind, text in section.dated if kind == "date"]
    for kind, text in section.dated:
        if kind == "literal":
            said.append(text)
            continue
        follows = dates.index(text) + 1
        minutes = text[0] == "m" and (after_hour or (follows < len(dates) and dates[follows][0] == "s"))
        said.append(_piece(moment, text, minutes))
        after_hour = text[0] == "h"
    return "".join(said).strip()


def _piece(moment: datetime, token: str, minutes: bool) -> str:
    if token in ("am/pm", "a/p"):
        return "上午" if moment.hour < 12 else "下午"
    if token[0] == "y":
        return f"{moment.year}" if len(token) > 2 else f"{moment.year % 100:02}"
    number = {
        "m": moment.minute if minutes else moment.month,
        "d": moment.day,
        "h": moment.hour,
        "s": moment.second,
    }[token[0]]
    return f"{number:02}" if len(token) == 2 else str(number)
