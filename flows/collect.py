"""Take in what units filed.

The mailbox is polled by the schedule and not watched (IMAP IDLE): a watcher would be a run that lives for
weeks, and it would gain minutes that change nothing, since a mail counts from when the server got it.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from prefect.states import State

from flows.common import ended, flow, run_name
from tasks.boards import refresh_board
from tasks.intake import collect


@flow(name="收集报送", stage="收集", flow_run_name=run_name("收集报送"), on_schedule=True)
def collect_submissions(year: int | None = None, now: datetime | None = None) -> State:
    """收取报送文件夹和报送邮箱中的新材料，按收到的先后：先存档，再登记版本，并备好回执邮件。

    Args:
        year: 预算年度；留空为最近的周期
        now: 留空即按当前时间；只在演练时填写
    """
    taken = collect(year, now, return_state=True)
    # A mailbox out of reach ends the run as failed, and what the folder gave stands on the board by then.
    if taken.is_failed() or any(taken.result().values()):
        refresh_board(year, now)
    counts = Counter(taken.result())
    arrived = (
        ("versions", "份报送"),
        ("unmatched", "件待处理"),
        ("requests", "件延期申请"),
        ("returned", "封退信"),
        ("duplicates", "份与已报的相同"),
    )
    words = (f"{counts[key]}{what}" for key, what in arrived if counts[key])
    return ended(dict(counts), *words, otherwise="没有新的来件")
