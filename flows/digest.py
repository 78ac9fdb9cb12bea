"""Tell the administrators of the day."""

from __future__ import annotations

from datetime import datetime

from prefect.states import State

from flows.common import ended, flow, run_name
from tasks.digest import queue_digest


@flow(name="管理员日报", stage="邮件", flow_run_name=run_name("管理员日报"), on_schedule=True)
def daily_digest(year: int | None = None, now: datetime | None = None) -> State:
    """备好给管理员的日报：上次日报以来的变化、逾期的单位、没有送达的邮件、等待处理的事；每个工作日一次。

    Args:
        year: 预算年度；留空为最近的周期
        now: 留空即按当前时间；只在演练时填写
    """
    queued = queue_digest(year, now)
    return ended(
        queued,
        f"{queued}封" if queued else "",
        otherwise="没有要备的日报：不是工作日、没有到时刻、今天已经备过，或者没有设置管理员邮箱",
    )
