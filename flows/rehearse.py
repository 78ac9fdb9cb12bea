"""The cycle played ahead, and the approval of its plan as a run form."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from prefect.states import State
from pydantic import BaseModel, ConfigDict, Field

from flows.common import answered, flow, run_name
from tasks.rehearse import decide_plan, show_plan


class Rehearsal(BaseModel):
    """The form of a rehearsal."""

    model_config = ConfigDict(
        title="预演",
        json_schema_extra={
            "description": "不发送、不改变任何东西。结果是看板 cycle-plan-年度（运行的 Artifacts 一栏）。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    until: date | None = Field(None, title="演到哪一天", description="留空为结果公开截止")


class PlanDecision(BaseModel):
    """The approval form of the plan of the mails."""

    model_config = ConfigDict(
        title="邮件计划审批",
        json_schema_extra={
            "description": "同意的是“预演”列出的计划：通知和此后每一步催报。日期、政策或名单此后有变化时须重新审批。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    verdict: Literal["同意发出", "不同意发出"] = Field(title="审批意见")
    person: str = Field(title="审批人姓名", min_length=2)
    reason: str = Field("", title="说明")


@flow(name="预演", stage="通知", flow_run_name=run_name("预演"))
def rehearse_cycle(form: Rehearsal, now: datetime | None = None) -> State:
    """按模拟的时钟演到最后，列出会发出的邮件和会运行的步骤（Artifacts → cycle-plan-年度）；不发送、不改变任何东西。

    Args:
        form: 演到哪一天
        now: 留空即按当前时间；只在演练时填写
    """
    mails = show_plan(form.year, form.until, now)
    board = f"本次运行的 Artifacts 一栏（cycle-plan-{form.year}）"
    return answered(f"会发出{mails}封邮件，逐步列在{board}；看清以后“审批邮件计划”", mails)


@flow(name="审批邮件计划", stage="通知", flow_run_name="审批邮件计划 {form.year}")
def approve_plan(form: PlanDecision, now: datetime | None = None) -> State:
    """记录是否同意按预演的计划印发通知和催报；没有同意，通知发不出去。

    Args:
        form: 审批意见
        now: 留空即按当前时间；只在演练时填写
    """
    agreed = form.verdict == "同意发出"
    content_hash = decide_plan(form.year, agreed, form.person, form.reason, now)
    then = "到通知印发日期自动印发，也可以现在“印发通知”" if agreed else "通知不会印发；改好以后再审批"
    return answered(f"{form.person}{form.verdict}，已登记。{then}", content_hash)
