"""Reading a policy's TOML data field by field, collecting every mistake as a Chinese sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from selfeval.pattern import Pattern

_NONE = "none"
_HOUR = Pattern(r"([01]\d|2[0-3]):([0-5]\d)")
_MONTH_DAY = Pattern(r"(\d\d)-(\d\d)")


def merge(parent: dict, child: dict, *, whole: Sequence[str], path: str = "") -> dict:
    """`child` over `parent`: tables key by key, everything else and the paths in `whole` replaced."""
    result = dict(parent)
    for key, value in child.items():
        here = f"{path}{key}"
        below = result.get(key)
        if isinstance(value, dict) and isinstance(below, dict) and here not in whole:
            value = merge(below, value, whole=whole, path=f"{here}.")
        result[key] = value
    return result


class Reader:
    """One table of a policy file. A mistake yields a stand-in value, so that all of them are found at once."""

    def __init__(self, data: dict, path: str = "", mistakes: list[str] | None = None):
        self._data = data
        self._path = path
        self._read: set[str] = set()
        self._tables: list[Reader] = []
        self.mistakes: list[str] = [] if mistakes is None else mistakes

    def _take(self, key: str, wanted: str, convert: Callable[[Any], Any], stand_in: Any) -> Any:
        self._read.add(key)
        where = f"{self._path}{key}"
        if key not in self._data:
            self.mistakes.append(f"缺少 {where}（{wanted}）")
            return stand_in
        value = convert(self._data[key])
        if value is None:
            self.mistakes.append(f"{where} 应为{wanted}，现为“{self._data[key]}”")
            return stand_in
        return value

    def _optional(self, key: str, wanted: str, convert: Callable[[Any], Any]) -> Any:
        self._read.add(key)
        if self._data.get(key, _NONE) == _NONE:
            return None
        return self._take(key, wanted, convert, None)

    def text(self, key: str) -> str:
        return self._take(key, "文字", _text, "")

    def texts(self, key: str) -> tuple[str, ...]:
        return self._take(key, "文字列表", lambda value: _each(value, _text), ())

    def optional_text(self, key: str) -> str:
        """A text, "" when the key is absent."""
        return self._optional(key, "文字", _text) or ""

    def optional_texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty when the key is absent."""
        return self._optional(key, "文字列表", lambda value: _each(value, _text)) or ()

    def number(self, key: str) -> Decimal:
        return self._take(key, "不小于 0 的数", _number, Decimal(0))

    def optional_number(self, key: str) -> Decimal | None:
        return self._optional(key, '不小于 0 的数或 "none"', _number)

    def numbers(self, key: str) -> dict[str, Decimal]:
        """A table from names to numbers."""

        def convert(value: Any) -> dict[str, Decimal] | None:
            if not isinstance(value, dict):
                return None
            numbers = {name: _number(number) for name, number in value.items()}
            return None if None in numbers.values() else numbers

        return self._take(key, "“名称 = 数”的一节", convert, {})

    def integer(self, key: str) -> int:
        return self._take(key, "不小于 0 的整数", _integer, 0)

    def optional_integer(self, key: str) -> int | None:
        return self._optional(key, '不小于 0 的整数或 "none"', _integer)

    def integers(self, key: str) -> tuple[int, ...]:
        return self._take(key, "整数列表", lambda value: _each(value, _integer), ())

    def choice(self, key: str, choices: tuple[str, ...]) -> Any:
        return self._take(
            key, "、".join(choices) + " 之一", lambda value: value if value in choices else None, choices[0]
        )

    def optional_choice(self, key: str, choices: tuple[str, ...], default: str) -> Any:
        return self.choice(key, choices) if key in self._data else default

    def hour(self, key: str) -> time:
        return self._take(key, "时刻，例如 17:30", _hour, time(0))

    def month_day(self, key: str) -> tuple[int, int] | None:
        return self._optional(key, '“月-日”，例如 "06-30"', _month_day)

    def table(self, key: str) -> Reader:
        data = self._take(key, "一节", lambda value: value if isinstance(value, dict) else None, {})
        return self._child(data, f"{self._path}[{key}] ")

    def rows(self, key: str, *, required: bool = True) -> list[Reader]:
        """A list of tables."""
        if not required and key not in self._data:
            return []
        data = self._take(key, "若干节的列表", _rows, [])
        return [self._child(row, f"{self._path}[{key}] 第{n}行 ") for n, row in enumerate(data, 1)]

    def _child(self, data: dict, path: str) -> Reader:
        child = Reader(data, path, self.mistakes)
        self._tables.append(child)
        return child

    def refuse_unknown(self) -> None:
        """A key that nothing has asked for is a slip of the pen, here and in every table below."""
        self.mistakes += [f"不认识的项目 {self._path}{key}" for key in self._data if key not in self._read]
        for table in self._tables:
            table.refuse_unknown()


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    return number if number.is_finite() and number >= 0 else None


def _integer(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _each(value: Any, convert: Callable[[Any], Any]) -> tuple | None:
    if not isinstance(value, list):
        return None
    values = tuple(convert(item) for item in value)
    return None if None in values else values


def _hour(value: Any) -> time | None:
    if isinstance(value, time):
        return value
    match = _HOUR.fullmatch(value) if isinstance(value, str) else None
    return time(int(match[1]), int(match[2])) if match else None


def _month_day(value: Any) -> tuple[int, int] | None:
    match = _MONTH_DAY.fullmatch(value) if isinstance(value, str) else None
    if not match:
        return None
    try:
        # A day that a common year lacks cannot be a yearly deadline.
        day = date(2001, int(match[1]), int(match[2]))
    except ValueError:
        return None
    return day.month, day.day


def _rows(value: Any) -> list[dict] | None:
    return value if isinstance(value, list) and all(isinstance(row, dict) for row in value) else None
