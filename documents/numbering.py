"""The automatic numbers of Word paragraphs, as the reader sees them: they stand in no run of text.

Counters run in the order of the document, one set per numbering scheme, as Word counts.
"""

from __future__ import annotations

from functools import cached_property

from lxml import etree

from documents.package import Package, whole
from selfeval.labels import squash
from selfeval.numerals import numeral
from selfeval.pattern import Pattern

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = _W + "val"
_PPR, _NUMPR, _PSTYLE = _W + "pPr", _W + "numPr", _W + "pStyle"
_LEVELS = 9
# Word stops counting in letters and circles somewhere; a wrong start in a file must not become a long text.
_MOST = 9999
_CHINESE = {
    *("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting"),
    *(
        "taiwaneseCountingThousand",
        "ideographDigital",
        "chineseLegalSimplified",
        "japaneseDigitalTenThousand",
    ),
}
_CIRCLED = {"decimalEnclosedCircle", "decimalEnclosedCircleChinese"}
_STEMS = {"ideographTraditional": "甲乙丙丁戊己庚辛壬癸", "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥"}
_PLACE = Pattern(r"%([1-9])")
_NUMBER = Pattern(
    r"^(?:第?[〇一二三四五六七八九十百]{1,4}[、.．章节条]|[(（][〇一二三四五六七八九十百\d]{1,4}[)）]|\d{1,3}(?:[.．]\d{1,3})*[、.．)）]?|[①-⑳])"
)


class Numbering:
    """Says the number that Word prints before a paragraph; paragraphs are to be asked for in their order."""

    def __init__(self, package: Package) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}  # scheme → level → format, text, start
        self._schemes: dict[str, str] = {}  # numId → scheme
        self._restarts: dict[str, dict[int, int]] = {}
        self._package = package
        self._counts: dict[str, list[int | None]] = {}
        self._used: set[str] = set()
        if "word/numbering.xml" in package:
            self._read(package.xml("word/numbering.xml"))

    def mark(self, paragraph: etree._Element) -> str:
        """The number with its punctuation, "" for a paragraph without one and for bullets."""
        properties = next(paragraph.iterchildren(_PPR), None)
        if not self._schemes or properties is None:
            return ""
        number, level = self._numbered(properties)
        scheme = self._schemes.get(number or "")
        levels = self._levels.get(scheme or "")
        if not levels or level not in levels:
            return ""
        return self._next(number or "", scheme or "", level, levels)

    def _numbered(self, properties: etree._Element) -> tuple[str | None, int]:
        """numId and level of a paragraph: its own, else those of its style and the styles that it is based on."""
        number, level = _own(properties)
        style = properties.find(_PSTYLE)
        name = None if style is None else style.get(_VAL)
        seen: set[str] = set()
        while number is None and name is not None and name in self._styles and name not in seen:
            seen.add(name)
            number, styled, base = self._styles[name]
            level = styled if level is None else level
            name = base
        return number, level or 0

    def _next(self, number: str, scheme: str, level: int, levels: dict[int, tuple[str, str, int]]) -> str:
        counts = self._counts.setdefault(scheme, [None] * _LEVELS)
        if number not in self._used:
            self._used.add(number)
            for restarted, start in self._restarts.get(number, {}).items():
                counts[restarted] = start - 1
        for upper in range(level):
            if counts[upper] is None:
                counts[upper] = levels[upper][2] if upper in levels else 1
        before = counts[level]
        counts[level] = levels[level][2] if before is None else before + 1
        counts[level + 1 :] = [None] * (_LEVELS - level - 1)
        style, text, _ = levels[level]
        if style == "bullet":
            return ""
        said = _PLACE.sub(lambda place: self._shown(int(place[1]) - 1, counts, levels), text)
        return said + " " if said[-1:].isdigit() else said

    def _shown(self, level: int, counts: list[int | None], levels: dict[int, tuple[str, str, int]]) -> str:
        style = levels[level][0] if level in levels else "decimal"
        return shown(min(max(counts[level] or 0, 0), _MOST), style)

    def _read(self, root: etree._Element) -> None:
        for abstract in root.iter(_W + "abstractNum"):
            scheme = abstract.get(_W + "abstractNumId", "")
            self._levels[scheme] = {
                whole(level.get(_W + "ilvl")): _level(level) for level in abstract.findall(_W + "lvl")
            }
        for number in root.findall(_W + "num"):
            name = number.get(_W + "numId", "")
            self._schemes[name] = _child(number, "abstractNumId") or ""
            for override in number.findall(_W + "lvlOverride"):
                start = _child(override, "startOverride")
                if start is not None:
                    level = whole(override.get(_W + "ilvl"))
                    if level < _LEVELS:
                        self._restarts.setdefault(name, {})[level] = whole(start, 1)
        self._schemes.pop("0", None)

    @cached_property
    def _styles(self) -> dict[str, tuple[str | None, int | None, str | None]]:
        """Style → numId, level and the style it is based on. Read for the first paragraph with a style:
        the list of all styles is often the largest part of a file.
        """
        if "word/styles.xml" not in self._package:
            return {}
        found = {}
        for style in self._package.xml("word/styles.xml").findall(_W + "style"):
            properties = style.find(_PPR)
            number, level = (None, None) if properties is None else _own(properties)
            found[style.get(_W + "styleId", "")] = (number, level, _child(style, "basedOn"))
        return found


def shown(count: int, style: str) -> str:
    """A counter in a numbering format of Word; formats that reports do not use are shown in digits."""
    if style in _CHINESE:
        return numeral(count)
    if style in _CIRCLED and 1 <= count <= 20:
        return chr(0x2460 + count - 1)
    if style in _STEMS:
        return _STEMS[style][(count - 1) % len(_STEMS[style])]
    if style in ("lowerLetter", "upperLetter") and count:
        letter = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 9)
        return letter.upper() if style == "upperLetter" else letter
    if style in ("lowerRoman", "upperRoman"):
        return _roman(count) if style == "upperRoman" else _roman(count).lower()
    if style == "none":
        return ""
    return str(count).zfill(2) if style == "decimalZero" else str(count)


def unnumbered(text: str) -> str:
    """A squashed text without the number in front, whether it was typed or counted by Word."""
    return _NUMBER.sub("", squash(text))


def _roman(count: int) -> str:
    said = ""
    for value, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        times, count = divmod(count, value)
        said += letters * times
    return said


def _own(properties: etree._Element) -> tuple[str | None, int | None]:
    numbering = properties.find(_NUMPR)
    if numbering is None:
        return None, None
    level = _child(numbering, "ilvl")
    within = None if level is None else min(whole(level), _LEVELS - 1)
    return _child(numbering, "numId"), within


def _level(level: etree._Element) -> tuple[str, str, int]:
    return (
        _child(level, "numFmt") or "decimal",
        _child(level, "lvlText") or "",
        whole(_child(level, "start"), 1),
    )


def _child(element: etree._Element, name: str) -> str | None:
    child = element.find(_W + name)
    return None if child is None else child.get(_VAL)
