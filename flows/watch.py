"""Look at the published site again."""

from __future__ import annotations

from datetime import datetime

from prefect.states import State

from flows.common import ended, flow, run_name
from tasks.watch_site import look_again


@flow(name="复查公开网站", stage="公开", flow_run_name=run_name("复查公开网站"), on_schedule=True)
def watch_site(year: int | None = None, now: datetime | None = None) -> State:
    """从公开地址逐页取回，与公开时的指纹核对；网页缺失或被改动即失败并警报，同一变化只发一次邮件。

    Args:
        year: 预算年度；留空为最近的周期
        now: 留空即按当前时间；只在演练时填写
    """
    seen = look_again(year, now)
    words = f"{seen['pages']}页与公开时相同" if seen else ""
    return ended(seen, words, otherwise="还没有公开的网页，或者网站正在改写，这次没有复查")
