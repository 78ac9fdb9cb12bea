"""Empty the outbox."""

from __future__ import annotations

from datetime import datetime

from prefect.states import State

from flows.common import ended, flow
from tasks.deliver import empty_outbox, outcome_words


@flow(name="发送邮件", stage="邮件", flow_run_name="发送邮件", on_schedule=True)
def deliver_mails(now: datetime | None = None) -> State:
    """发出待发的邮件并记下邮件服务器的答复；无法确认是否送达的留待人工处理。

    Args:
        now: 留空即按当前时间；只在演练时填写
    """
    outcomes = empty_outbox(now, block=True)
    return ended(outcomes, *outcome_words(outcomes), otherwise="没有待发的邮件")
