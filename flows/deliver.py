"""Empty the outbox."""

from __future__ import annotations

from datetime import datetime

from flows.common import flow
from tasks.deliver import empty_outbox


@flow(name="发送邮件", flow_run_name="发送邮件")
def deliver_mails(now: datetime | None = None) -> dict[str, int]:
    """发出待发的邮件并记下邮件服务器的答复；无法确认是否送达的留待人工处理。

    Args:
        now: 留空即按当前时间；只在演练时填写
    """
    return empty_outbox(now, block=True)
