"""Add units up into departments and the bureau."""

from __future__ import annotations

from datetime import datetime

from prefect.states import State

from flows.common import answered, did, flow, run_name
from tasks.boards import refresh_board
from tasks.roll_up import roll_up


@flow(name="汇总", stage="汇总", flow_run_name=run_name("汇总"), on_schedule=True)
def roll_up_units(year: int | None = None, now: datetime | None = None) -> State:
    """把单位汇总到部门和全局，列出与上次汇总相比的变化，写成工作簿；未报单位逐一列名，不按零计。

    Args:
        year: 预算年度；留空为最近的周期
        now: 留空即按当前时间；只在演练时填写
    """
    taken = roll_up(year, now)
    refresh_board(year, now)
    did(f"第{taken['number']}次", "" if taken["new"] else "没有变化")
    return answered(f"已写入：{taken['path']}", taken["path"])
