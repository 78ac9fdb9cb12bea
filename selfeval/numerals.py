"""Chinese numerals below a hundred, written and read: 〇, 七, 十, 二十三. Pure."""

from __future__ import annotations

_DIGITS = "〇一二三四五六七八九"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)} | {"○": 0, "零": 0, "两": 2}
_IN_DIGITS = str.maketrans({digit: str(value) for digit, value in _VALUES.items()})


def numeral(number: int) -> str:
    """〇 to 九十九; from a hundred on in digits."""
    if number >= 100:
        return str(number)
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return (_DIGITS[tens] if tens > 1 else "") + "十" + (_DIGITS[ones] if ones else "")


def number_of(text: str) -> int | None:
    """What a numeral below a hundred says; None for all else (二三, 百, an empty text)."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _VALUES.get(ones)
    high, low = _VALUES.get(tens or "一"), _VALUES.get(ones or "〇")
    return None if high is None or low is None else high * 10 + low


def in_digits(text: str) -> str:
    """A text with each numeral below ten as a digit, the way years are said: 二〇二三 → 2023."""
    return text.translate(_IN_DIGITS)
