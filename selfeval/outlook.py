"""Which sections of a report speak of what is still to come: next steps, next year's work, and all below them."""

from __future__ import annotations

from collections.abc import Iterable

from selfeval.labels import squash
from selfeval.pattern import Pattern

_AHEAD = Pattern("下一?步|下一?年|明年|次年|今后|打算|工作计划|工作安排|工作思路|展望")
_YEAR = Pattern(r"(20\d\d)年")
_HOPED = Pattern(
    r"力争|^(?:[一二三四五六七八九]是|\(?[\d一二三四五六七八九]{1,2}[.、)])?(?:20\d\d年|明年|下一?步)?,?(?:计划(?!生育|[内外])|拟|预计)"
)
_DONE = Pattern("实际|已|,(?:完成|完工|建成|实现)")
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


def hoped(said: str) -> bool:
    """力争住院率达到86%，签约10.5万人; 计划整合4所，改造450户: all of a part of a sentence that such a word stands
    before, until something is said to be done. `said`: the part up to a figure."""
    hopes = [match.end() for match in _HOPED.finditer(said)]
    return bool(hopes) and not _DONE.search(said, hopes[-1])
