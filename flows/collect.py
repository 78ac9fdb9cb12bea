"""Take in what units filed.

The mailbox is polled by the schedule and not watched (IMAP IDLE): a watcher would be a run that lives for
weeks, and it would gain minutes that change nothing, since a mail counts from when the server got it.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from flows.common import did, flow, run_name
from tasks.boards import refresh_board
from tasks.collect import collect_folder
from tasks.mailbox import collect_mailbox


@flow(name="收集报送", stage="收集", flow_run_name=run_name("收集报送"))
def collect_submissions(year: int | None = None, now: datetime | None = None) -> dict[str, int]:
    """收取报送文件夹和报送邮箱中的新材料：先存档，再登记版本，并备好回执邮件。

    Args:
        year: 预算年度；留空为最近的周期
        now: 留空即按当前时间；只在演练时填写
    """
    counts = Counter(collect_folder(year, now))
    # A mailbox out of reach ends the run as failed, and what the folder gave stands on the board by then.
    mailbox = collect_mailbox(year, now, return_state=True)
    if mailbox.is_completed():
        counts.update(mailbox.result())
    if any(counts.values()):
        refresh_board(year, now)
    arrived = (
        ("versions", "份报送"),
        ("unmatched", "件待处理"),
        ("requests", "件延期申请"),
        ("returned", "封退信"),
    )
    did(*(f"{counts[key]}{what}" for key, what in arrived if counts[key]))
    mailbox.result()
    return dict(counts)
