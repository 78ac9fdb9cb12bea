"""What a target or an actual value says: comparator, number, unit. "≥90%", "7500亩以上", "不超出3175.20万元".

A text that names no number, several numbers or a range is kept as text with number None:
it is never guessed which of its figures is meant.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from selfeval.money import UNITS, parse_number
from selfeval.numerals import in_digits, number_of
from selfeval.pattern import Pattern

_HUNDRED = Decimal(100)
# Longer texts are descriptions, not values.
_LONGEST = 60

_BEFORE = (
    (
        "≥",
        (
            "≥",
            "≧",
            "⩾",
            ">=",
            "=>",
            "不低于",
            "不少于",
            "不小于",
            "大于等于",
            "大于或等于",
            "至少",
            "达到",
            "达",
        ),
    ),
    (
        "≤",
        (
            "≤",
            "≦",
            "⩽",
            "<=",
            "=<",
            "不超过",
            "不超出",
            "不高于",
            "不大于",
            "不多于",
            "小于等于",
            "小于或等于",
            "至多",
            "控制在",
        ),
    ),
    (">", (">", "大于", "高于", "超过", "多于")),
    ("<", ("<", "小于", "低于", "少于")),
    ("=", ("=", "═", "等于")),
)
_AFTER = (
    ("≥", ("及以上", "(含)以上", "以上", "及其以上")),
    ("≤", ("及以内", "以内", "之内", "及以下", "(含)以下", "以下")),
)
_WORDS = {word: sign for sign, words in _BEFORE for word in words}
_SUFFIXES = {word: sign for sign, words in _AFTER for word in words}
_LEADS = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
_TRAILS = "|".join(sorted(map(re.escape, _SUFFIXES), key=len, reverse=True))
_LEADING, _TRAILING = Pattern(_LEADS), Pattern(_TRAILS)
_NUMBER = Pattern(r"\d[\d,]*(?:\.\d+)?")
# A digit, or what a date in Chinese numerals holds.
_SAYS_FIGURE = Pattern(r"[\d年]")
# Dates and years are no quantities: 2023年12月31日, 2023/12/31, 2024.5.8, 2023年度, 2023年底.
# A dot alone makes no date: 2024.50 is an amount.
_DATE = Pattern(
    r"(?<!\d)(?:"
    r"(?:19|20)\d{2}年\d{1,2}月(?:\d{1,2}[日号]?)?"
    r"|(?:19|20)\d{2}([-/.])\d{1,2}\1\d{1,2}[日号]?"
    r"|(?:19|20)\d{2}/\d{1,2}(?!\d)"
    r"|(?:19|20)\d{2}年[度底末初]?"
    r"|\d{1,2}月(?:\d{1,2}[日号]|[底末初])?)"
)
_CHINESE_DATE = Pattern(
    r"(?:一九|二[〇○零])[〇○零一二三四五六七八九]{2}年(?:[一二三四五六七八九十]{1,3}月(?:[一二三四五六七八九十]{1,3}[日号]?)?)?",
    needs="〇○零九",
)
_CHINESE_PART = Pattern(r"([一二三四五六七八九十]+)(?=[月日号])")
_RANGE = Pattern(r"\d\s*%?\s*[-—–~～至到]\s*\d")
_UNITS = (
    "%|‰|百分比|个百分点|"
    "[十百千万亿]*(?:平方公里|平方千米|平方米|立方米|公顷|公里|千米|公斤|千克|斤|吨|亩|米|元|人次|人|户次|户|件|个工作日|个月|个|"
    "家次|家|处|宗|项|次|场次|场|份|台|辆|套|本|篇|条|例|起|批次|批|期|班|名|位|所|座|栋|幢|间|张|册|株|头|只|片|村|天|日|小时|分钟|分|"
    "㎡|m²|m2|km²|km2|hm²|hm2|km|m|kg|t)"
)
_UNIT = Pattern(_UNITS)
_LONGEST_IN_WORDS = 16
# 五十个 counts; of 零 only what nobody wants is a number: 零事故.
_IN_WORDS = Pattern(
    rf"(?P<head>{_LEADS})?"
    rf"(?:(?P<number>[一二两三四五六七八九十]+)(?P<unit>{_UNITS})(?P<tail>{_TRAILS})?"
    "|(?P<none>零)(?:容忍)?(?:安全)?(?:责任)?(?:事故|死亡|伤亡|投诉|差错|上访|违规|发生))",
    needs="一二两三四五六七八九十零",
)
# 30日内 and 10个工作日内 are ceilings; 市内 and 境内 are places.
_WITHIN = Pattern("(?:个?工作日|日历天|天|日|个?月|小时|分钟|秒)内")
# 下达后30日内 and 送达 say no comparator.
_REACHED = Pattern("(?:^|[^下送到传转发直表])达到?")
# What is left behind a figure is a unit when it is a short word.
_NAME = Pattern(r"[^\W\d_]{1,4}")
_HALF = str.maketrans("０１２３４５６７８９．，％＝＞＜（）", "0123456789.,%=><()")
_SPACES = Pattern(r"\s+")

_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
# Areas are compared in 亩: 1 公顷 = 15 亩 (国家土地调查 conversion used by the filings themselves); weights in 吨.
_SAME = {
    "公顷": ("亩", Decimal(15)),
    "hm²": ("亩", Decimal(15)),
    "hm2": ("亩", Decimal(15)),
    "平方公里": ("亩", Decimal(1500)),
    "平方千米": ("亩", Decimal(1500)),
    "㎡": ("平方米", Decimal(1)),
    "m²": ("平方米", Decimal(1)),
    "m2": ("平方米", Decimal(1)),
    "千米": ("公里", Decimal(1)),
    "km": ("公里", Decimal(1)),
    "公斤": ("吨", Decimal("0.001")),
    "千克": ("吨", Decimal("0.001")),
    "kg": ("吨", Decimal("0.001")),
    "斤": ("吨", Decimal("0.0005")),
    "t": ("吨", Decimal(1)),
    "百分比": ("%", Decimal(1)),
    "米": ("公里", Decimal("0.001")),
    "m": ("公里", Decimal("0.001")),
    "小时": ("分钟", Decimal(60)),
}


class Quantity(NamedTuple):
    """A value as said. `comparator` is ≥ ≤ > < = or "" (none said); percent numbers are fractions (90% → 0.9).

    `until` is the last day of the one date that a text names in place of a number: 2023-12-31 for
    2023/12/31, 2023年12月底前 and 二〇二三年十二月.
    """

    comparator: str
    number: Decimal | None
    unit: str
    text: str
    until: date | None = None


@lru_cache(maxsize=4096)
def parse_quantity(text: str) -> Quantity:
    """Read a target or actual value; never fails: what names no single number has number None."""
    unread = Quantity(comparator="", number=None, unit="", text=text)
    if not _SAYS_FIGURE.search(text):
        return _in_words(unread)
    compact = _SPACES.sub("", text)
    if len(compact) > _LONGEST:
        return unread
    compact = dates_in_digits(compact.translate(_HALF))
    undated = _DATE.sub("#", compact)
    figures = _NUMBER.findall(undated)
    if not figures and undated.count("#") == 1 and "#" not in compact:
        return unread._replace(until=_until(_DATE.search(compact)[0]))
    if len(figures) != 1 or _RANGE.search(undated):
        return unread
    number = parse_number(figures[0])
    if number is None:
        return unread
    head, _, tail = undated.partition(figures[0])
    # "513.5,7" leaves a separator behind the figure, "第3名" and "1:500" are ordinals and scales.
    if tail[:1] in (",", ".", ":", "：") or head[-1:] in ("第", ":", ".", ","):
        return unread
    if head.endswith(("-", "−", "－")):
        number = -number
    found = _UNIT.match(tail)
    behind = _TRAILING.search(tail)
    named = tail[: behind.start()] if behind else tail  # 5年以上
    unit = found[0] if found else (named if _NAME.fullmatch(named) else "")
    # "万元亩" is no unit of money: what follows belongs to it, and it meets no other unit.
    if unit in UNITS and (more := _UNIT.match(tail[len(unit) :])):
        unit += more[0]
    if unit in ("%", "百分比"):
        number = number / _HUNDRED
    elif unit == "‰":
        number = number / (_HUNDRED * 10)
    return Quantity(comparator=_comparator(head, tail), number=number, unit=unit, text=text)


def _in_words(unread: Quantity) -> Quantity:
    """不少于五十个 and 零事故: a short text that is one number in Chinese numerals and what it counts."""
    compact = _SPACES.sub("", unread.text) if len(unread.text) <= _LONGEST_IN_WORDS else ""
    match = _IN_WORDS.fullmatch(compact)
    number = number_of(match["number"] or match["none"]) if match else None
    if number is None:
        return unread
    sign = _comparator(match["head"] or "", match["tail"] or "")
    return unread._replace(comparator=sign, number=Decimal(number), unit=match["unit"] or "")


def dates_in_digits(text: str) -> str:
    """A text with its dates in Chinese numerals in digits: 二〇二三年六月十日 → 2023年6月10日."""
    return _CHINESE_DATE.sub(lambda match: _date_in_digits(match[0]), text) if "年" in text else text


def _date_in_digits(text: str) -> str:
    year, _, rest = text.partition("年")
    return f"{in_digits(year)}年" + _CHINESE_PART.sub(_part_in_digits, rest)


def _part_in_digits(match: re.Match[str]) -> str:
    number = number_of(match[0])
    return match[0] if number is None else str(number)


def _until(text: str) -> date | None:
    """The last day of a date, a month or a year that names its year; None for 12月底 and for 2023-02-30."""
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    if numbers[0] < 1900:
        return None
    year, month, day = (*numbers, 0, 0)[:3]
    month = month or 12
    try:
        return date(year, month, day or monthrange(year, month)[1])
    except ValueError:
        return None


def comparable(first: Quantity, second: Quantity) -> tuple[Decimal, Decimal] | None:
    """Both numbers in one unit (万件 and 件, 公顷 and 亩, 元 and 万元), None when the units do not meet."""
    if first.number is None or second.number is None:
        return None
    if first.unit == second.unit:
        return first.number, second.number
    (one, scale), (other, other_scale) = in_base(first.unit), in_base(second.unit)
    return (first.number * scale, second.number * other_scale) if one == other else None


def _comparator(head: str, tail: str) -> str:
    # The word next to the number decides: "不低于" contains "低于", so the longest match wins.
    said = _LEADING.findall(head)
    if said and not (said[-1] in ("达", "达到") and not _REACHED.search(head)):
        return _WORDS[said[-1]]
    if _WITHIN.match(tail):
        return "≤"
    behind = _TRAILING.search(tail)
    return _SUFFIXES[behind[0]] if behind else ""


def in_base(unit: str) -> tuple[str, Decimal]:
    """The unit that amounts of this one are compared in, and how many of it one is (公顷 → 亩, 15; 千万元 → 万元, 1000)."""
    scale = Decimal(1)
    while len(unit) > 1 and unit[0] in _SCALES and unit not in _SAME and unit not in UNITS:
        scale *= _SCALES[unit[0]]
        unit = unit[1:]
    name, factor = ("万元", UNITS[unit]) if unit in UNITS else _SAME.get(unit, (unit, Decimal(1)))
    return name, scale * factor
