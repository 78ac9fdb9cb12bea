"""Decisions on an open cycle as run forms: what a unit owes, other dates, the close and its taking back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from prefect.states import State
from pydantic import BaseModel, ConfigDict, Field

from flows.common import answered, flow
from selfeval.cycle import Duty
from tasks.amend import amend_dates
from tasks.boards import refresh_board
from tasks.close import close_cycle, closed_words, reopen_cycle
from tasks.duty import duty_words, set_duty
from tasks.wake_up import schedule_milestones

_DUTIES = {duty.label: duty for duty in Duty}
_DATES = ("notice", "unit_due", "department_due", "correction_due", "publication_due", "lock")


class DutyDecision(BaseModel):
    """The form of a change of what a unit owes."""

    model_config = ConfigDict(
        title="报送义务",
        json_schema_extra={
            "description": "名单固定（通知印发）之后使用。不再应报的单位，还没有发出的催报随即撤回；改回“应报”即恢复。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    unit_code: str = Field(title="预算编码", min_length=1)
    duty: Literal["应报", "免报", "零报告", "并入其他单位", "撤并"] = Field(title="本周期的义务")
    into: str = Field(
        "", title="并入哪个单位", description="由它报送的单位的预算编码；只在“并入其他单位”时填写"
    )
    reason: str = Field(title="原因", min_length=2)
    person: str = Field(title="批准人姓名", min_length=2)


@flow(
    name="免报等报送义务", stage="周期", flow_run_name="报送义务 {form.year} · {form.unit_code} {form.duty}"
)
def decide_duty(form: DutyDecision, now: datetime | None = None) -> State:
    """登记一个单位本周期应报、免报、零报告、并入其他单位或撤并，写明原因和批准人。

    Args:
        form: 决定
        now: 留空即按当前时间；只在演练时填写
    """
    done = set_duty(
        form.year,
        form.unit_code.strip(),
        _DUTIES[form.duty],
        form.reason,
        form.person,
        form.into.strip() or None,
        now,
    )
    refresh_board(form.year, now)
    return answered(duty_words(done), done)


class CycleAmendment(BaseModel):
    """The form of a correction of the cycle's dates."""

    model_config = ConfigDict(
        title="更正周期",
        json_schema_extra={
            "description": "先选“只看会改变什么”运行一次，结果写在运行的状态说明里；看清以后再选“确定更正”。只填要改的，其余留空。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    action: Literal["只看会改变什么", "确定更正"] = Field("只看会改变什么", title="办理")
    notice: date | None = Field(None, title="通知印发日期", description="留空为不改")
    unit_due: date | None = Field(None, title="单位报送截止日期", description="留空为不改")
    department_due: date | None = Field(None, title="主管部门汇总截止日期", description="留空为不改")
    correction_due: date | None = Field(None, title="退回修改截止日期", description="留空为不改")
    publication_due: date | None = Field(None, title="结果公开截止日期", description="留空为不改")
    lock: date | None = Field(
        None, title="停止收取日期", description="留空为不改；取消停止收取须用周期文件（selfeval cycle amend）"
    )
    contact: str = Field("", title="联系方式", description="写在邮件里的科室、电话；留空为不改")
    reason: str = Field(title="理由", min_length=2, description="日期改变的单位会在邮件里看到")
    person: str = Field(title="决定人姓名", min_length=2)


@flow(name="更正周期", stage="周期", flow_run_name="更正周期 {form.year} · {form.action}")
def amend_cycle(form: CycleAmendment, now: datetime | None = None) -> State:
    """更正周期的日期和联系方式，日期改变的单位各收到一封邮件；也可以先看会改变什么。

    Args:
        form: 更正
        now: 留空即按当前时间；只在演练时填写
    """
    preview = form.action == "只看会改变什么"
    days = {key: day for key in _DATES if (day := getattr(form, key))}
    lines = amend_dates(form.year, days, form.contact, form.person, form.reason, preview, now)
    if not preview:
        refresh_board(form.year, now)
        schedule_milestones(form.year, now)
    head = "没有改变任何东西。确定以后会是" if preview else "已更正"
    return answered(f"{head}：{'；'.join(lines)}", lines)


class Closing(BaseModel):
    """The form of the close."""

    model_config = ConfigDict(
        title="关闭周期",
        json_schema_extra={
            "description": "关闭以后不再收取报送、不再催报；此后的来件存档、回复并列入人工处理清单。可以重新开启。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    action: Literal["关闭周期", "重新开启"] = Field(title="办理")
    reason: str = Field(title="理由", min_length=2)
    person: str = Field(title="决定人姓名", min_length=2)


@flow(name="关闭或重新开启周期", stage="周期", flow_run_name="{form.action} {form.year}")
def close_or_reopen(form: Closing, now: datetime | None = None) -> State:
    """登记关闭一个周期的决定，或者撤销它。

    Args:
        form: 决定
        now: 留空即按当前时间；只在演练时填写
    """
    if form.action == "关闭周期":
        closed = close_cycle(form.year, form.person, form.reason, now)
        said, result = "；".join(closed_words(closed)), closed
    else:
        name = reopen_cycle(form.year, form.person, form.reason, now)
        said, result = f"{name} 重新开启（{form.person}：{form.reason}）", {"name": name}
    refresh_board(form.year, now)
    return answered(said, result)
