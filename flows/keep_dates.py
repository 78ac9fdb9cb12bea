"""What the days of a cycle ask for by themselves, whether their run woke this flow or the regular tick did."""

from __future__ import annotations

from datetime import datetime

from prefect.runtime import flow_run

from flows.common import flow
from flows.notice import issue
from tasks.boards import refresh_board, refresh_other_boards
from tasks.issue_notice import notice_is_due
from tasks.roll_up import roll_up
from tasks.wake_up import LABELS, schedule_milestones

_ACTOR = "按期办理"


def _name() -> str:
    year, milestone = flow_run.parameters.get("year"), flow_run.parameters.get("milestone")
    return f"{LABELS.get(milestone, '按期办理')} {year or '当前周期'}"


@flow(name="按期办理", stage="周期", flow_run_name=_name, on_schedule=True)
def keep_dates(year: int | None = None, milestone: str = "", now: datetime | None = None) -> dict[str, str]:
    """安排周期的各个日期；通知到期且邮件计划已审批的，印发；截止时刻汇总一次；刷新全部看板。

    Args:
        year: 预算年度；留空为最近的周期
        milestone: 由哪个日期唤起；平时留空
        now: 留空即按当前时间；只在演练时填写
    """
    if notice_is_due(year, now):
        issue(year, _ACTOR, now)
    arranged = schedule_milestones(year, now)
    if milestone in LABELS and milestone != "notice":
        roll_up(year, now)
    refresh_board(year, now)
    refresh_other_boards(year, now)
    return arranged
