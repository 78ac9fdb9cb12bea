"""How people call the states of a mail in the outbox."""

from __future__ import annotations

MAIL_STATE_LABELS = {
    "pending": "待发",
    "claimed": "即将发出",
    "sending": "正在发送",
    "sent": "已发出",
    "failed": "发送失败",
    "uncertain": "不能确认是否送达",
    "cancelled": "已取消",
}
