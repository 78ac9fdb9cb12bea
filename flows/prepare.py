"""On the way to the publication: what is ready, what is missing, and the publication when it is due."""

from __future__ import annotations

from datetime import datetime

from prefect.states import State

from flows.common import ended, flow, run_name
from tasks.boards import refresh_board
from tasks.prepare_publication import publish_when_due, queue_readiness
from tasks.wake_up import schedule_publication


@flow(name="公开准备", stage="公开", flow_run_name=run_name("公开准备"), on_schedule=True)
def prepare_publication(year: int | None = None, now: datetime | None = None) -> State:
    """按法定期限发出准备清单（前10、5、2个工作日）和缺审批的警报，安排公开时间；已审批而到期的，公开。

    Args:
        year: 预算年度；留空为最近的周期
        now: 留空即按当前时间；只在演练时填写
    """
    mails = queue_readiness(year, now)
    moment = schedule_publication(year, now)
    published = publish_when_due(year, now)
    if published:
        refresh_board(year, now)
    return ended(
        {**mails, "scheduled": moment, "published": published},
        f"准备清单{mails['readiness']}封" if mails["readiness"] else "",
        f"警报{mails['alarm']}封" if mails["alarm"] else "",
        "网站已更新" if published else "",
        otherwise=f"将在{datetime.fromisoformat(moment):%Y-%m-%d %H:%M}公开，现在没有要办的"
        if moment
        else "现在没有要办的",
    )
