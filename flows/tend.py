"""Settle what vanished processes left behind, and tell the administrators what went wrong or did not happen."""

from __future__ import annotations

from datetime import datetime

from flows.common import did, flow
from tasks.heartbeat import settle_vanished
from tasks.troubles import tell_of_runs, tell_of_steps


@flow(name="值守", stage="值守", flow_run_name="值守", on_schedule=True)
def tend_runs(now: datetime | None = None) -> int:
    """了结已经中断而 Prefect 仍显示为运行中的运行（以心跳为准，五分钟没有心跳即为中断）；把失败、中断、没有开始的运行写信告诉管理员。

    Args:
        now: 留空即按当前时间；只在演练时填写
    """
    settled = settle_vanished(now)
    tell_of_runs(now)
    did(f"了结{settled}个" if settled else "")
    return settled


@flow(name="到期核对", stage="值守", flow_run_name="到期核对", on_schedule=True)
def check_steps(now: datetime | None = None) -> int:
    """核对该办的步骤办了没有：通知、催报、审核、发信、汇总、公开，和每个定时的环节；没有办的写信告诉管理员，同一件事一天一封。

    Args:
        now: 留空即按当前时间；只在演练时填写
    """
    told = tell_of_steps(now)
    did(f"警报{told}封" if told else "")
    return told
