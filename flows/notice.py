"""Issue the notice of a cycle."""

from __future__ import annotations

from datetime import datetime

from flows.common import flow, run_name
from tasks.boards import refresh_board
from tasks.issue_notice import freeze, record_issue, send_blanks
from tasks.office import batches


@flow(name="印发通知", flow_run_name=run_name("印发通知"))
def issue_notice(year: int | None = None, actor: str = "财政局", now: datetime | None = None) -> int:
    """固定报送名单，成文通知，给每个单位备好空白表和邮件；重复运行不会重复发送。

    Args:
        year: 预算年度；留空为最近的周期
        actor: 经办人，写入留痕记录
        now: 留空即按当前时间；只在演练时填写
    """
    queued = issue(year, actor, now)
    refresh_board(year, now)
    return queued


def issue(year: int | None, actor: str, now: datetime | None) -> int:
    """Freeze, write and queue, inside a flow; mails queued. Raises Refusal without an approved plan."""
    codes = freeze(year, now, actor)
    queued = sum(send_blanks(year, batch, now) for batch in batches(codes))
    record_issue(year, now, actor)
    return queued
