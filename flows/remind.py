"""Remind units that owe a filing."""

from __future__ import annotations

from datetime import datetime, timedelta

from prefect.states import State

from flows.common import ended, flow, run_name
from tasks.boards import refresh_board, refresh_other_boards
from tasks.call_examiners import queue_examiner_calls
from tasks.escalate import queue_escalations, queue_late_list
from tasks.intake import collect
from tasks.remind import queue_reminders

_FOR_A_COLLECTION = timedelta(minutes=5)


@flow(name="催报", stage="催报", flow_run_name=run_name("催报"), on_schedule=True)
def remind_units(year: int | None = None, now: datetime | None = None) -> State:
    """先收取已经送到的材料，再给尚未报送或退回未改的单位备好本步骤的催报邮件，逾期的一并通报主管部门和财政局，等待逐级审核的告知审核人；同一步骤至多一次。

    只在工作日、到政策规定的时刻才发；晚了的步骤只发最近的一步，已失去意义的略过。

    Args:
        year: 预算年度；留空为最近的周期
        now: 留空即按当前时间；只在演练时填写
    """
    # What lies there by now is not asked for; a collection may have begun in the same minute.
    taken = collect(year, now, patience=_FOR_A_COLLECTION, return_state=True)
    result = {
        **queue_reminders(year, now),
        "departments": queue_escalations(year, now),
        "late_list": queue_late_list(year, now),
        "examiners": queue_examiner_calls(year, now),
    }
    refresh_board(year, now)
    refresh_other_boards(year, now)
    done = ended(
        result,
        *((result["called"], f"{result['units']}家") if result["units"] else ()),
        f"通报{result['departments']}个部门" if result["departments"] else "",
        f"逾期名单{result['late_list']}家" if result["late_list"] else "",
        f"告知审核人{result['examiners']}封" if result["examiners"] else "",
        otherwise="现在没有要催的：不是催报的日子或时刻，或者都已经催过、报齐",
    )
    # A mailbox out of reach does not hold the wave up, but who mailed may have been reminded: the run says so.
    taken.result()
    return done
