"""The re-check as run forms: the draw and the score of a sampled unit."""

from __future__ import annotations

from datetime import datetime

from prefect.states import State
from pydantic import BaseModel, ConfigDict, Field

from flows.common import answered, flow, listed
from tasks.boards import refresh_board
from tasks.recheck import draw_sample, score_unit


class SampleDraw(BaseModel):
    """The form of the draw."""

    model_config = ConfigDict(
        title="抽取复核样本",
        json_schema_extra={
            "description": "按政策的比例从应报单位中按部门分层抽取；种子留存，任何人都能重算出同一样本。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    person: str = Field(title="抽取人姓名", min_length=2)
    seed: str = Field("", title="种子", description="例如当众摇出的号码；留空由系统随机产生并留存")
    again: str = Field("", title="重抽的理由", description="已有样本时必填，原样本作废留痕；平时留空")


@flow(name="抽取复核样本", stage="复核", flow_run_name="抽取复核样本 {form.year}")
def draw_recheck(form: SampleDraw, now: datetime | None = None) -> State:
    """抽取一次复核样本；没有写明重抽理由的，不会重抽。

    Args:
        form: 抽取
        now: 留空即按当前时间；只在演练时填写
    """
    drawn = draw_sample(form.year, form.person, form.seed.strip(), form.again, now)
    refresh_board(form.year, now)
    names = listed([f"{each['code']} {each['name']}" for each in drawn["units"]])
    said = f"应报{drawn['frame']}家中抽{len(drawn['units'])}家（种子 {drawn['seed']}）：{names}"
    return answered(f"{said}。复核以后逐家“登记复核得分”", drawn)


class RecheckResult(BaseModel):
    """The form of one unit's re-check."""

    model_config = ConfigDict(
        title="复核得分",
        json_schema_extra={"description": "只有抽中的单位可以登记；单位重新报送后，复核得分自动失效。"},
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    unit_code: str = Field(title="预算编码", min_length=1)
    score: str = Field(title="复核得分", description="0至100，至多两位小数", pattern=r"^\d{1,3}(\.\d{1,2})?$")
    reason: str = Field(title="理由", description="与自评、复算得分为什么相同或不同", min_length=2)
    person: str = Field(title="复核人姓名", min_length=2)


@flow(name="登记复核得分", stage="复核", flow_run_name="登记复核得分 {form.unit_code}")
def score_recheck(form: RecheckResult, now: datetime | None = None) -> State:
    """登记一个抽中单位的复核得分，与自评得分、复算得分并列。

    Args:
        form: 复核结果
        now: 留空即按当前时间；只在演练时填写
    """
    scored = score_unit(form.year, form.unit_code.strip(), form.score, form.reason, form.person, now)
    refresh_board(form.year, now)
    said = f"自评 {scored['reported_score'] or '未填'}，复算 {scored['recomputed_score'] or '无'}"
    return answered(f"{scored['name']}：{said}，复核 {scored['recheck_score']}，已登记", scored)
