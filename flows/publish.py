"""Publish what a person approved, and the approval itself as a run form."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from prefect import flow
from pydantic import BaseModel, ConfigDict, Field

from flows.common import run_name
from tasks.board import refresh_board
from tasks.publish import decide_publication, write_publication


class PublicationDecision(BaseModel):
    """The approval form of the publication."""

    model_config = ConfigDict(
        title="公开审批",
        json_schema_extra={"description": "同意的是此刻的审核结果；结果此后有变化时须重新审批。"},
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    verdict: Literal["同意公开", "不同意公开"] = Field(title="审批意见")
    person: str = Field(title="审批人姓名", min_length=2)
    reason: str = Field("", title="说明")


@flow(name="审批公开", flow_run_name="审批公开 {form.year}")
def approve_publication(form: PublicationDecision, now: datetime | None = None) -> str:
    """记录是否同意公开当前的审核结果；结果此后有变化时，该决定自动失效。

    Args:
        form: 审批意见
        now: 留空即按当前时间；只在演练时填写
    """
    content_hash = decide_publication(form.year, form.verdict == "同意公开", form.person, form.reason, now)
    refresh_board(form.year, now)
    return content_hash


@flow(name="公开结果", flow_run_name=run_name("公开结果"))
def publish_results(year: int | None = None, now: datetime | None = None) -> dict[str, str | int]:
    """把经批准的结果写成静态网站，读回核对后才算公开，并备好告知邮件。

    Args:
        year: 预算年度；留空为最近的周期
        now: 留空即按当前时间；只在演练时填写
    """
    result = write_publication(year, now)
    refresh_board(year, now)
    return result
