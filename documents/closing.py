"""Score and grade that a form says in one closing line: 自评总分：99分 自评等级：优; 自评得分99分（优）."""

from __future__ import annotations

from typing import NamedTuple

from selfeval.labels import GRADE, squash
from selfeval.pattern import Pattern

_OF = "(?:本|该|项目|部门|单位|整体|支出|绩效|综合|自评|评价|最终|年度)*"
_LINE = Pattern(
    rf"(?:\d{{4}}年度?)?{_OF}(?:自评|评价|评定)?(?:结论|结果)?[:：]?"
    rf"{_OF}(?:总分|总得分|得分|评分|分数)(?:合计)?(?:为|是|:)?(?P<points>\d+(?:\.\d+)?)分?"
    rf"(?:\([“\"]?(?P<aside>{GRADE})[”\"]?\)|[,;。]?{_OF}(?:等级|等次|级别|评级|结论|结果)(?:评定)?(?:为|是|:)?[“\"]?(?P<grade>{GRADE})[”\"]?(?:级|等级|等次|等)?)?[。;]?"
)
_LONGEST = 60


class Closing(NamedTuple):
    """The points as written and the grade, None where the line says none."""

    points: str
    grade: str | None


def closing(text: str) -> Closing | None:
    """What a line that says the score, and nothing else but the grade, says of them; None for every other."""
    if len(text) > _LONGEST or "分" not in text:
        return None
    said = _LINE.fullmatch(squash(text))
    return Closing(said["points"], said["grade"] or said["aside"]) if said else None
