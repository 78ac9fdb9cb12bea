"""Decisions on single mails as run forms: whether one in doubt arrived, and that one goes out again."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from prefect.states import State
from pydantic import BaseModel, ConfigDict, Field

from flows.common import answered, flow
from tasks.mail_desk import send_again, settle_mail

_WHERE = "邮件的编号见看板“邮件情况”（Artifacts → mail-health-年度）或 selfeval mail list。"


class DoubtfulMail(BaseModel):
    """The form that settles a mail in doubt."""

    model_config = ConfigDict(
        title="核实邮件",
        json_schema_extra={
            "description": f"发送中断、不能确认是否送达的邮件，问过收件人以后在此登记。{_WHERE}"
        },
    )

    number: int = Field(title="邮件编号", ge=1)
    outcome: Literal["已送达", "未送达，重新发送"] = Field(title="核实的结果")
    person: str = Field(title="核实人姓名", min_length=2)


@flow(name="核实邮件", stage="邮件", flow_run_name="核实邮件 {form.number}")
def settle_doubtful_mail(form: DoubtfulMail, now: datetime | None = None) -> State:
    """登记一封不能确认是否送达的邮件到了没有；未送达的原样再发。

    Args:
        form: 核实的结果
        now: 留空即按当前时间；只在演练时填写
    """
    said = settle_mail(form.number, form.outcome == "已送达", form.person, now)
    return answered(f"第 {form.number} 号邮件：{said}", said)


class MailAgain(BaseModel):
    """The form that sends a mail once more."""

    model_config = ConfigDict(
        title="补发邮件",
        json_schema_extra={
            "description": f"已发出、失败或已取消的邮件，内容不变、地址不变，再发一份。换地址请先更正名单。{_WHERE}"
        },
    )

    number: int = Field(title="邮件编号", ge=1)
    reason: str = Field(title="原因", min_length=2, description="例如：单位说没有收到")
    person: str = Field(title="经办人姓名", min_length=2)


@flow(name="补发邮件", stage="邮件", flow_run_name="补发邮件 {form.number}")
def resend_mail(form: MailAgain, now: datetime | None = None) -> State:
    """把一封已了结的邮件再发一份，下次发送时发出。

    Args:
        form: 补发
        now: 留空即按当前时间；只在演练时填写
    """
    fresh = send_again(form.number, form.person, form.reason, now)
    return answered(f"已备好第 {fresh} 号邮件，内容同第 {form.number} 号，下次发送时发出", fresh)
