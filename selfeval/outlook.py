"""Which sections of a report speak of what is still to come: next steps, next year's work, and all below them."""

from __future__ import annotations

from collections.abc import Iterable

from selfeval.labels import squash
from selfeval.pattern import Pattern

_AHEAD = Pattern("下一?步|下一?年|明年|次年|今后|打算|工作计划|工作安排|工作思路|展望")
_YEAR = Pattern(r"(20\d\d)年")
# How headings are numbered, the widest first; a heading without a number belongs to the one above it.
_LEVELS = (
    Pattern(r"第?[一二三四五六七八九十]{1,3}[、章部]"),
    Pattern(r"[(（][一二三四五六七八九十]{1,3}[)）]"),
    Pattern(r"\d{1,2}[、.．]"),
    Pattern(r"[(（]\d{1,2}[)）]"),
)


def parts_ahead(headings: Iterable[str], year: int | None) -> frozenset[str]:
    """The headings, of all in their order, that announce what comes after the report's year, with those below them."""
    found: set[str] = set()
    since: int | None = None
    for heading in headings:
        text = squash(heading)
        level = next((n for n, pattern in enumerate(_LEVELS) if pattern.match(text)), len(_LEVELS))
        if since is not None and level <= since:
            since = None
        if since is None and (_AHEAD.search(text) or _of_a_later_year(text, year)):
            since = level
        if since is not None:
            found.add(heading)
    return frozenset(found)


def _of_a_later_year(text: str, year: int | None) -> bool:
    years = [int(said) for said in _YEAR.findall(text)]
    return bool(year and years) and min(years) > year
