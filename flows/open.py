"""Open a cycle from the run form of the Prefect UI."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from prefect.states import State
from pydantic import BaseModel, ConfigDict, Field

from flows.common import answered, flow
from selfeval.cycle import Cycle, Milestones
from selfeval.cycle_file import cycle_text
from selfeval.policy import policy_names
from tasks.boards import refresh_board
from tasks.office import clock
from tasks.open_cycle import store_cycle
from tasks.wake_up import schedule_milestones


class CycleForm(BaseModel):
    """What a new cycle needs; dates include their day until the policy's hour."""

    model_config = ConfigDict(
        title="周期", json_schema_extra={"description": "各截止日期都包含当天，到政策规定的时刻为止。"}
    )

    year: int = Field(title="预算年度", description="被评价的年度，例如 2025", ge=2000, le=2100)
    name: str = Field(title="周期名称", description="例如 某县2025年度预算绩效自评", min_length=2)
    bureau: str = Field(title="财政局名称", min_length=2)
    document_number: str = Field(title="文号", description="例如 某财绩〔2026〕3号", min_length=2)
    policy: Literal[policy_names()] = Field(
        "national-2020",
        title="政策",
        description="自带的政策；本局自己的政策文件请用命令行 selfeval cycle open 开启",
    )
    contact: str = Field("", title="联系方式", description="写在通知和邮件里的科室、电话")
    notice: date = Field(title="通知印发日期")
    unit_due: date = Field(title="单位报送截止日期")
    department_due: date = Field(title="主管部门汇总截止日期")
    correction_due: date = Field(title="退回修改截止日期")
    publication_due: date = Field(title="结果公开截止日期")
    lock: date | None = Field(
        None, title="停止收取日期", description="此日之后的来件不再计入；留空则只由人关闭周期"
    )
    actor: str = Field(title="经办人姓名", min_length=2)


@flow(name="开启周期", stage="周期", flow_run_name="开启周期 {form.year}")
def open_cycle(form: CycleForm, now: datetime | None = None) -> State:
    """开启一个年度的自评周期；日期互相矛盾时说明原因并拒绝，放假安排尚未公布的年度在结果中说明。

    Args:
        form: 周期的年度、文号、政策和各截止日期
        now: 留空即按当前时间；只在演练时填写
    """
    cycle = Cycle(
        year=form.year,
        name=form.name,
        bureau=form.bureau,
        document_number=form.document_number,
        policy=form.policy,
        contact=form.contact,
        milestones=Milestones(
            form.notice,
            form.unit_due,
            form.department_due,
            form.correction_due,
            form.publication_due,
            form.lock,
        ),
    )
    year = store_cycle(cycle_text(cycle), {}, clock(now), form.actor)
    refresh_board(year, now)
    schedule_milestones(year, now)
    said = f"{cycle.name}（{cycle.document_number}）已开启。下一步：“预演”，看过以后“审批邮件计划”"
    result = {"year": year, "provisional": cycle.provisional_note}
    return answered("；".join(filter(None, (said, cycle.provisional_note))), result)
