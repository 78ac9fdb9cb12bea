"""The decision on a unit's request for more time, as a run form."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from flows.common import flow
from tasks.boards import refresh_board
from tasks.extend import decide_extension

_MILESTONES = {"报送截止": "unit_due", "退回修改截止": "correction_due"}


class ExtensionDecision(BaseModel):
    """The decision form of an extension."""

    model_config = ConfigDict(
        title="延期审批",
        json_schema_extra={"description": "延期后的日期包含当天，到政策规定的时刻为止；原截止日期保留可查。"},
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    unit_code: str = Field(title="预算编码", min_length=1)
    milestone: Literal["报送截止", "退回修改截止"] = Field("报送截止", title="延期的是")
    day: date = Field(title="申请延至")
    verdict: Literal["同意延期", "不同意延期"] = Field(title="审批意见")
    reason: str = Field(title="理由", min_length=2)
    person: str = Field(title="审批人姓名", min_length=2)


@flow(name="审批延期", stage="催报", flow_run_name="审批延期 {form.unit_code}")
def decide_on_extension(form: ExtensionDecision, now: datetime | None = None) -> dict[str, str]:
    """记录是否同意一个单位延期，重算它的截止时间，并备好告知邮件。

    Args:
        form: 审批意见
        now: 留空即按当前时间；只在演练时填写
    """
    decided = decide_extension(
        form.year,
        form.unit_code,
        _MILESTONES[form.milestone],
        form.day,
        form.verdict == "同意延期",
        form.reason,
        form.person,
        now,
    )
    refresh_board(form.year, now)
    return decided
