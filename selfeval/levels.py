"""Who may decide on a filing after the machine, level by level: the words that policies and papers use."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    DEPARTMENT = "department"
    SECTION = "section"
    BUREAU = "bureau"

    @property
    def label(self) -> str:
        return {"department": "主管部门", "section": "归口业务科室", "bureau": "财政局"}[self.value]


LEVELS = {level.label: level for level in Level}
