"""Judging again after the policy or the rules have changed, as a run form."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from prefect.states import State
from pydantic import BaseModel, ConfigDict, Field

from flows.common import answered, did, flow
from selfeval.policy import policy_names
from tasks.boards import refresh_board
from tasks.office import batches
from tasks.rejudge import Order, again_words, begin_again, judge_again, show_changes

_AS_IT_STANDS = "现行政策"


class Rejudging(BaseModel):
    """The form that has the filings of a cycle judged again."""

    model_config = ConfigDict(
        title="重新评判",
        json_schema_extra={
            "description": "政策或审核规则变了以后使用。先选“只看会改变什么”运行一次，看 Artifacts → rejudge-年度；"
            "再选“确定重新评判”。结果不变的单位不受影响；有变化的，原结果留存，审核同意、复核得分和公开审批失效。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    policy: Literal[(_AS_IT_STANDS, *policy_names())] = Field(
        _AS_IT_STANDS,
        title="按哪个政策",
        description="“现行政策”用于程序更新以后；本局自己的政策文件请用命令 selfeval rejudge --policy",
    )
    action: Literal["只看会改变什么", "确定重新评判"] = Field("只看会改变什么", title="办理")
    tell: Literal["不发邮件", "发邮件告知结果有变化的单位"] = Field("不发邮件", title="告知单位")
    reason: str = Field(title="理由", min_length=2, description="写在给单位的邮件里，例如：省厅调整等级划分")
    person: str = Field(title="决定人姓名", min_length=2)


@flow(name="重新评判", stage="审核", flow_run_name="重新评判 {form.year} · {form.action}")
def rejudge(form: Rejudging, now: datetime | None = None) -> State:
    """按新的政策或规则重新评判已审核的报送；也可以先看会改变什么。重复运行不会重复改变、重复发信。

    Args:
        form: 按什么评判、办不办
        now: 留空即按当前时间；只在演练时填写
    """
    policy = "" if form.policy == _AS_IT_STANDS else form.policy
    done = form.action == "确定重新评判"
    order = Order(policy, None, done, form.tell != "不发邮件", form.reason, form.person)
    ids = begin_again(form.year, order, now)
    changed = [each for batch in batches(ids) for each in judge_again(batch, order, now)]
    show_changes(form.year, changed, len(ids), order, now)
    if done and changed:
        refresh_board(form.year, now)
    did(f"{len(changed)}家有变化")
    head = "" if done else "没有改变任何东西。确定以后会是："
    return answered(head + "；".join(again_words(changed, len(ids), order)), len(changed))
