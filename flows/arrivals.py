"""Decisions on arrivals that wait for a person, as run forms."""

from __future__ import annotations

from datetime import datetime

from prefect.states import State
from pydantic import BaseModel, ConfigDict, Field

from flows.common import answered, flow
from tasks.assign import assign_arrivals, settle_arrivals
from tasks.boards import refresh_board

_WHERE = "来件的编号见看板“等待决定的事”（Artifacts → waiting-年度）或 selfeval arrivals unmatched。"


class Assigning(BaseModel):
    """The form that gives arrivals to a unit."""

    model_config = ConfigDict(
        title="来件归入单位",
        json_schema_extra={
            "description": f"几件一起算一次报送，收到时间仍是来件的时间，单位会收到回执。{_WHERE}"
        },
    )

    numbers: list[int] = Field(title="来件编号", min_length=1, description="一件或几件")
    unit_code: str = Field(title="预算编码", min_length=1)
    reason: str = Field(title="怎样得知是该单位的", min_length=2)
    person: str = Field(title="经办人姓名", min_length=2)


@flow(name="来件归入单位", stage="收集", flow_run_name="来件归入 {form.unit_code}")
def assign_to_unit(form: Assigning, now: datetime | None = None) -> State:
    """把对不上单位的来件归入一个单位，登记为一次报送，并备好回执。

    Args:
        form: 归入哪个单位
        now: 留空即按当前时间；只在演练时填写
    """
    code = form.unit_code.strip()
    done = assign_arrivals(form.numbers, code, form.reason, form.person, now)
    refresh_board(None, now)
    kept = "已登记为一次报送，回执已进入待发" if done["versions"] else "内容与该单位此前报送的相同，记为重复"
    return answered(f"{len(set(form.numbers))} 件来件已归入 {code} {done['unit']}：{kept}", done)


class Settling(BaseModel):
    """The form that takes arrivals off the list."""

    model_config = ConfigDict(
        title="来件办结",
        json_schema_extra={"description": f"不是报送，或者已经另行处理的来件；原件仍在档案中。{_WHERE}"},
    )

    numbers: list[int] = Field(title="来件编号", min_length=1, description="一件或几件")
    reason: str = Field(title="怎样处理的", min_length=2, description="例如：咨询，已电话答复")
    person: str = Field(title="经办人姓名", min_length=2)


@flow(name="来件办结", stage="收集", flow_run_name="来件办结")
def settle_waiting_arrivals(form: Settling, now: datetime | None = None) -> State:
    """办结不是报送或已另行处理的来件。

    Args:
        form: 办结
        now: 留空即按当前时间；只在演练时填写
    """
    done = settle_arrivals(form.numbers, form.reason, form.person, now)
    refresh_board(None, now)
    names = "、".join(f"第 {each['id']} 号“{each['name']}”" for each in done)
    return answered(f"{names}已办结：{form.reason}（{form.person}）", done)
