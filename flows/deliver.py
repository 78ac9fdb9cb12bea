"""Empty the outbox."""

from __future__ import annotations

from datetime import datetime

from flows.common import did, flow
from tasks.deliver import empty_outbox

_OUTCOMES = {"sent": "已发", "failed": "失败", "uncertain": "不能确认", "postponed": "稍后再发"}


@flow(name="发送邮件", stage="邮件", flow_run_name="发送邮件", on_schedule=True)
def deliver_mails(now: datetime | None = None) -> dict[str, int]:
    """发出待发的邮件并记下邮件服务器的答复；无法确认是否送达的留待人工处理。

    Args:
        now: 留空即按当前时间；只在演练时填写
    """
    outcomes = empty_outbox(now, block=True)
    did(*(f"{_OUTCOMES[state]}{outcomes[state]}封" for state in _OUTCOMES if outcomes.get(state)))
    return outcomes
