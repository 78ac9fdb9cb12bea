"""The one choice that is ticked in a row of boxes: □优 ☑良 □中 □差, 优（√）良（ ）, 优√ 良 中 差."""

from __future__ import annotations

from collections.abc import Iterable

from selfeval.labels import GRADE
from selfeval.pattern import Pattern

_TICK, _BOX = "☑☒✓✔√■●▣🗹", "□☐○◻▢口"
_MARK = rf"(?:[(（]\s*[{_TICK}]?\s*[)）]|[{_TICK}{_BOX}])"
_WORD = rf"(?P<word>{GRADE})(?:等级|等次|级|等)?"
_BEFORE = Pattern(rf"(?P<mark>{_MARK})\s*{_WORD}")
_AFTER = Pattern(rf"{_WORD}\s*(?P<mark>{_MARK})")
_TICKED = Pattern(f"[{_TICK}]")
_CHOICE = Pattern(_WORD)
_CLOSE = Pattern(rf"{_WORD}(?P<mark>[{_TICK}])(?!{_WORD.replace('?P<word>', '?:')})")
# The label of the boxes and what may follow them in one line.
GRADED = Pattern(
    r"(?:等级|等次|评级|级别|评价结果|自评结果|自评结论)[^:：☑☒✓✔√■●▣□☐○◻(（优良中差合]{0,6}[:：]?"
)


def ticked_grade(text: str) -> str | None:
    """The grade that is ticked among at least two; None where none or several are, or where it is not clear."""
    if not _TICKED.search(text):
        return None
    words = {match["word"] for match in _CHOICE.finditer(text)}
    if len(words) < 2:
        return None
    for style in (_BEFORE, _AFTER):
        found = list(style.finditer(text))
        if len(found) == len(list(_CHOICE.finditer(text))):
            return _one(match["word"] for match in found if _TICKED.search(match["mark"]))
    return _one(match["word"] for match in _CLOSE.finditer(text))


def graded(text: str) -> str | None:
    """The ticked grade of a line that says what the boxes are: 自评等级：□优 ☑良 □中 □差."""
    label = GRADED.search(text)
    return ticked_grade(text[label.end() :]) if label else None


def _one(words: Iterable[str]) -> str | None:
    ticked = list(words)
    return ticked[0] if len(ticked) == 1 else None
