"""Issue the notice of a cycle."""

from __future__ import annotations

from datetime import datetime

from prefect.states import State
from pydantic import BaseModel, ConfigDict, Field

from flows.common import answered, did, flow, run_name
from tasks.boards import refresh_board
from tasks.issue_notice import freeze, record_issue, send_blanks
from tasks.office import batches


class NoticeIssue(BaseModel):
    """The form that issues the notice."""

    model_config = ConfigDict(
        title="印发通知",
        json_schema_extra={
            "description": "先看“预演”，在“审批邮件计划”里同意；没有同意，通知发不出去。重复运行不会重复发送。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    person: str = Field(title="经办人姓名", min_length=2)


@flow(name="印发通知", stage="通知", flow_run_name=run_name("印发通知"))
def issue_notice(form: NoticeIssue, now: datetime | None = None) -> State:
    """固定报送名单，成文通知，给每个单位备好空白表和邮件；重复运行不会重复发送。

    Args:
        form: 印发
        now: 留空即按当前时间；只在演练时填写
    """
    queued = issue(form.year, form.person, now)
    refresh_board(form.year, now)
    did(f"{queued}封")
    said = f"报送名单已经固定，{queued}封通知连同空白表已进入待发" if queued else "通知此前都已备好，没有重复"
    return answered(said, queued)


def issue(year: int | None, actor: str, now: datetime | None) -> int:
    """Freeze, write and queue, inside a flow; mails queued. Raises Refusal without an approved plan."""
    codes = freeze(year, now, actor)
    queued = sum(send_blanks(year, batch, now) for batch in batches(codes))
    record_issue(year, now, actor)
    return queued
