"""Write the bulletin of results as a draft."""

from __future__ import annotations

from datetime import datetime

from prefect.states import State

from flows.common import answered, flow, run_name
from tasks.results import write_results
from tasks.totals import take_totals


@flow(name="结果通报", stage="汇总", flow_run_name=run_name("结果通报"))
def draft_results(year: int | None = None, now: datetime | None = None) -> State:
    """先汇总，再把自评结果写成通报初稿（Word）；只有人才能写的地方标黄。已有的一稿不会被覆盖。

    Args:
        year: 预算年度；留空为最近的周期
        now: 留空即按当前时间；只在演练时填写
    """
    take_totals(year, now)
    draft = write_results(year, now)
    said = "已写入" if draft["written"] else "已有的一稿没有改动"
    return answered(f"{said}：{draft['path']}", draft["path"])
