"""Settle what vanished processes left behind."""

from __future__ import annotations

from datetime import datetime

from flows.common import flow
from tasks.heartbeat import settle_vanished


@flow(name="值守", flow_run_name="值守")
def tend_runs(now: datetime | None = None) -> int:
    """了结已经中断而 Prefect 仍显示为运行中的运行：以心跳为准，五分钟没有心跳即为中断。

    Args:
        now: 留空即按当前时间；只在演练时填写
    """
    return settle_vanished(now)
