"""Lines of a report that look like headings and are items of a list: 1.负责测绘 2.负责规划, nothing below each. Pure.

A single line does not tell; its neighbours do: a heading has text below it, items follow each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from selfeval.labels import ATTACHMENT, squash
from selfeval.numerals import number_of
from selfeval.pattern import Pattern

# A section: its heading, and its paragraphs as sentences.
Section = tuple[str, list[list[str]]]

_NUMBERED = Pattern(r"\s*([(（]?)\s*(\d{1,2}|[一二三四五六七八九十]{1,3}|[①-⑳])\s*([)）、.．]?)(?!\d)")
_DAY = Pattern(
    r"[\d〇○零一二三四五六七八九]{4}年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日"
)
# A list without numbers shows by its third line; two may be a title set in two lines.
_LEAST_PLAIN = 3
# Headings whose tables stand below them, not text.
_TOPIC = Pattern(r"(?:情况|分析|措施|建议|问题|结论|概述|概况|依据|说明|结果|表)$")


class _Line(NamedTuple):
    """A heading or the start of a paragraph, with its kind of number and its number ("" and 0: none)."""

    section: int
    heading: bool
    text: str
    style: str
    number: int


def with_items(sections: Sequence[Section], unit: str | None = None) -> list[Section]:
    """The sections with the items of lists as paragraphs of the section before them.

    So are the lines of a title page and of a signature: 附件1, the day, the name of the `unit` (None: unknown).
    """
    lines = list(_lines(sections))
    items = {at for at, (heading, _) in enumerate(sections) if heading and _signs(heading, unit)}
    start = 0
    for at in range(1, len(lines) + 1):
        if at < len(lines) and _follows(lines[at - 1], lines[at]):
            continue
        items |= _items(lines[start:at], lines[at] if at < len(lines) else None)
        start = at
    found: list[Section] = []
    for index, (heading, paragraphs) in enumerate(sections):
        if index not in items:
            found.append((heading, list(paragraphs)))
            continue
        if not found:
            found.append(("", []))
        found[-1][1].extend([[heading], *paragraphs])
    return found


def _signs(heading: str, unit: str | None) -> bool:
    text = squash(heading)
    return bool(ATTACHMENT.fullmatch(text) or _DAY.fullmatch(text)) or (
        unit is not None and text == squash(unit)
    )


def _lines(sections: Sequence[Section]) -> Iterable[_Line]:
    for index, (heading, paragraphs) in enumerate(sections):
        if heading:
            yield _Line(index, True, heading, *_mark(heading))
        for paragraph in paragraphs:
            yield _Line(index, False, paragraph[0], *_mark(paragraph[0]))


def _follows(before: _Line, line: _Line) -> bool:
    if line.style != before.style:
        return False
    # Paragraphs without numbers are text, not items.
    return line.number == before.number + 1 if line.style else before.heading and line.heading


def _items(run: Sequence[_Line], after: _Line | None) -> set[int]:
    """The sections of a run of lines whose headings are items."""
    if after and not after.heading and after.section == run[-1].section and run[-1].heading:
        run = run[:-1]  # it has text below it
    if not run:
        return set()
    headings = {line.section for line in run if line.heading}
    if any(not line.heading for line in run):
        return headings
    wide, least = "一" in run[0].style, 2 if run[0].style else _LEAST_PLAIN
    if wide or len(run) < least or all(_TOPIC.search(line.text) for line in run):
        return set()
    return headings


def _mark(text: str) -> tuple[str, int]:
    match = _NUMBERED.match(text)
    if match is None:
        return "", 0
    left, number, right = match.groups()
    if number.isdecimal():
        return f"{left}1{right}", int(number)
    if "①" <= number <= "⑳":
        return "①", ord(number) - ord("①") + 1
    if not left and not right:
        return "", 0  # 一是…, 三公经费: a word
    value = number_of(number)
    return (f"{left}一{right}", value) if value else ("", 0)
