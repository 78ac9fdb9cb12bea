"""The decision on a unit's request for more time, as a run form."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from prefect.states import State
from pydantic import BaseModel, ConfigDict, Field

from flows.common import answered, flow
from tasks.boards import refresh_board
from tasks.extend import decide_extension, dismiss_request, dismissed_words

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
def decide_on_extension(form: ExtensionDecision, now: datetime | None = None) -> State:
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
    said = f"{decided['unit']}的{decided['milestone']}：{form.verdict}到{decided['asked']}，原定{decided['original']}"
    return answered(f"{said}；告知邮件已进入待发", decided)


class RequestDismissal(BaseModel):
    """The form that settles a letter which needs no decision."""

    model_config = ConfigDict(
        title="延期申请办结",
        json_schema_extra={
            "description": "来信不是申请延期，或者已经另行答复：写明原因，单位会收到邮件，截止时间不变。"
            "申请的编号见看板“等待决定的事”（Artifacts → waiting-年度）或 selfeval extension list。"
        },
    )

    number: int = Field(title="申请编号", ge=1)
    reason: str = Field(title="原因", min_length=2, description="单位会在邮件里看到，例如：已电话答复")
    person: str = Field(title="经办人姓名", min_length=2)


@flow(name="延期申请办结", stage="催报", flow_run_name="延期申请办结 {form.number}")
def dismiss_extension_request(form: RequestDismissal, now: datetime | None = None) -> State:
    """办结一件不需要审批的延期来信，备好告知单位的邮件。

    Args:
        form: 办结
        now: 留空即按当前时间；只在演练时填写
    """
    done = dismiss_request(form.number, form.reason, form.person, now)
    refresh_board(None, now)
    return answered(dismissed_words(done), done)
