"""Publish what a person approved, and the approval itself as a run form."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from prefect.states import State
from pydantic import BaseModel, ConfigDict, Field

from flows.common import answered, did, flow, run_name
from tasks.boards import refresh_board
from tasks.legal_clock import record_accounts
from tasks.publish import decide_publication, write_publication
from tasks.wake_up import schedule_publication
from tasks.withdraw import withdraw_publication


class PublicationDecision(BaseModel):
    """The approval form of the publication."""

    model_config = ConfigDict(
        title="公开审批",
        json_schema_extra={
            "description": "同意的是此刻的审核结果，脱敏须先由另一人确认；结果此后有变化时须重新审批。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    verdict: Literal["同意公开", "不同意公开"] = Field(title="审批意见")
    person: str = Field(title="审批人姓名", min_length=2)
    reason: str = Field("", title="说明")


@flow(name="审批公开", stage="公开", flow_run_name="审批公开 {form.year}")
def approve_publication(form: PublicationDecision, now: datetime | None = None) -> State:
    """记录是否同意公开当前的审核结果；结果此后有变化时，该决定自动失效。

    Args:
        form: 审批意见
        now: 留空即按当前时间；只在演练时填写
    """
    agreed = form.verdict == "同意公开"
    content_hash = decide_publication(form.year, agreed, form.person, form.reason, now)
    refresh_board(form.year, now)
    then = "到期自动公开；要提前，“公开结果”" if agreed else "不会公开任何结果"
    return answered(f"{form.person}{form.verdict}，已登记。{then}", content_hash)


class PublicationNow(BaseModel):
    """The form that publishes."""

    model_config = ConfigDict(
        title="公开结果",
        json_schema_extra={
            "description": "须先由一人“审批公开”、另一人“确认脱敏”；到期会自动公开，这里用于提前或补办。重复运行不会重复公开。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)


@flow(name="公开结果", stage="公开", flow_run_name=run_name("公开结果"))
def publish_results(form: PublicationNow, now: datetime | None = None) -> State:
    """把经批准的结果写成静态网站，读回核对后才算公开，并备好告知邮件。

    Args:
        form: 公开
        now: 留空即按当前时间；只在演练时填写
    """
    result = write_publication(form.year, now)
    refresh_board(form.year, now)
    did(f"{result['units']}家")
    return answered(f"已公开{result['units']}家，取回核对相符：{result['address']}", result)


class AccountsApproved(BaseModel):
    """The form for the approval of final accounts, which starts the legal clock."""

    model_config = ConfigDict(
        title="登记决算批复",
        json_schema_extra={"description": "批复日期决定法定公开期限；再次登记以最后一次为准，此前的留痕。"},
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    department: str = Field("", title="主管部门的预算编码", description="留空为全部主管部门")
    approved_on: date = Field(title="决算批复日期")
    document_number: str = Field("", title="批复文号")
    person: str = Field(title="登记人姓名", min_length=2)


@flow(name="登记决算批复", stage="公开", flow_run_name="登记决算批复 {form.year}")
def accounts_approved(form: AccountsApproved, now: datetime | None = None) -> State:
    """登记部门决算的批复日期，算出法定公开期限，并相应安排公开时间。

    Args:
        form: 批复情况
        now: 留空即按当前时间；只在演练时填写
    """
    dues = record_accounts(
        form.year, form.department or None, form.approved_on, form.document_number, form.person, now
    )
    schedule_publication(form.year, now)
    return answered(f"已登记。法定公开期限：{'；'.join(f'{name} {due}' for name, due in dues.items())}", dues)


class Withdrawal(BaseModel):
    """The form that takes a published result back."""

    model_config = ConfigDict(
        title="撤下公开结果",
        json_schema_extra={
            "description": "网页立即换成撤下说明，原因会公开显示；更正材料审核通过并重新审批后再公开。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    unit_code: str = Field("", title="预算编码", description="留空为撤下全部结果")
    reason: str = Field(title="撤下原因（公开显示）", min_length=2)
    person: str = Field(title="决定人姓名", min_length=2)


@flow(name="撤下公开结果", stage="公开", flow_run_name="撤下公开结果 {form.year}")
def withdraw_results(form: Withdrawal, now: datetime | None = None) -> State:
    """撤下一个单位（或全部）的公开结果：网页换成说明，其余网页不变；原来的指纹留存。

    Args:
        form: 撤下决定
        now: 留空即按当前时间；只在演练时填写
    """
    result = withdraw_publication(form.year, form.unit_code or None, form.person, form.reason, now)
    refresh_board(form.year, now)
    what = f"{form.unit_code}的结果" if form.unit_code else "全部结果"
    return answered(f"{what}已撤下，网页换成说明，取回核对相符", result)
