"""The appraisal of the self-evaluation work: judging an item as a run form, and the papers."""

from __future__ import annotations

from datetime import datetime

from prefect.states import State
from pydantic import BaseModel, ConfigDict, Field

from flows.common import answered, flow, run_name
from selfeval.appraisal.judgement import score_of
from tasks.appraise import judge_item, write_appraisals


class AppraisalJudgement(BaseModel):
    """The form for one item of a department's table."""

    model_config = ConfigDict(
        title="考核评定",
        json_schema_extra={
            "description": "先看考核评分表（或 selfeval appraisal show 编码）里的依据和分档；"
            "部门重新报送后，按材料评定的各项自动失效。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    department: str = Field(title="主管部门的预算编码", min_length=1)
    item: str = Field(title="评分表里的名称", min_length=1, description="例如 反映问题")
    band: str = Field("", title="属于哪一档", description="例如 较全面；没有分档的留空")
    score: str = Field("", title="得分", description="例如 16 或 16.5；只有一个分值的档可以留空")
    version: int = Field(
        0, title="看的是第几次报送", ge=0, description="评定自评表、自评报告时填写；工作小组等填 0"
    )
    reason: str = Field(title="理由", min_length=2)
    person: str = Field(title="评定人姓名", min_length=2)


@flow(name="考核评定", stage="考核", flow_run_name="考核评定 {form.department} {form.item}")
def judge_appraisal(form: AppraisalJudgement, now: datetime | None = None) -> State:
    """记录对一个部门一项自评工作的评定；得分超出所属分档的，说明并拒绝。

    Args:
        form: 评定意见
        now: 留空即按当前时间；只在演练时填写
    """
    judged = judge_item(
        form.year,
        form.department.strip(),
        form.item.strip(),
        form.band.strip(),
        score_of(form.score),
        form.version or None,
        form.person,
        form.reason,
        now,
    )
    said = f"{judged['department']}“{judged['item']}”评定{judged['score']}分，已登记；{judged['stands']}"
    return answered(said, judged)


@flow(name="自评工作考核", stage="考核", flow_run_name=run_name("自评工作考核"))
def appraise_work(year: int | None = None, now: datetime | None = None) -> State:
    """按此刻的报送和评定写出各部门的考核评分表和总览；待评定的不猜分，写明还有多少分。

    Args:
        year: 预算年度；留空为最近的周期
        now: 留空即按当前时间；只在演练时填写
    """
    paths = write_appraisals(year, now)
    return answered(f"已写入：{'；'.join(paths)}", paths)
