"""A finding: a frozen value that quotes what is wrong, where, and what would be right."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from selfeval.filing import Position


class Severity(StrEnum):
    """error: two figures that cannot both hold · warning: a person decides · notice: text · info: reconciles."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"
    INFO = "info"

    @property
    def label(self) -> str:
        return {"error": "错误", "warning": "疑点", "notice": "提示", "info": "说明"}[self.value]


class Finding(NamedTuple):
    """What a rule found. `form` is the id of the form (None: the whole file); `sentence` is the rule itself.

    `where` is for people; `places` are the same positions for the program that writes comments there.
    """

    code: str
    severity: Severity
    form: str | None
    where: str
    sentence: str
    stated: str | None
    expected: str | None
    message: str
    places: tuple[Position, ...] = ()
