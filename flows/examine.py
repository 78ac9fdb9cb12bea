"""Decisions of the examining levels as run forms: accept, return, objection, answer."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from prefect.states import State
from pydantic import BaseModel, ConfigDict, Field

from flows.common import answered, flow, listed
from selfeval.refusal import Refusal
from tasks.boards import refresh_board
from tasks.examine import accept_units, send_back
from tasks.objections import answer_objection, raise_objection


class Acceptance(BaseModel):
    """The form of an acceptance, of units or of a department's units without doubts."""

    model_config = ConfigDict(
        title="审核同意",
        json_schema_extra={
            "description": "预算编码和主管部门填其一。填主管部门的，同意其中轮到本人审核、没有疑点的全部单位；有疑点的请逐家审核。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    unit_codes: list[str] = Field(default_factory=list, title="预算编码", description="一家或几家单位")
    department: str = Field("", title="主管部门的预算编码", description="没有疑点的全部单位")
    person: str = Field(title="审核人姓名", min_length=2, description="须是登记的审核人，不能是填报人")
    reason: str = Field("", title="意见", description="留空为“同意”")


@flow(name="审核同意", stage="逐级审核", flow_run_name="审核同意 {form.year}")
def accept_examined(form: Acceptance, now: datetime | None = None) -> State:
    """登记审核人的同意；材料此后有变化时自动失效。

    Args:
        form: 审核意见
        now: 留空即按当前时间；只在演练时填写
    """
    codes = [code.strip() for code in form.unit_codes if code.strip()]
    department = form.department.strip()
    if bool(codes) == bool(department):
        raise Refusal("预算编码和主管部门的预算编码应填且只填一项")
    result = accept_units(form.year, codes, department or None, form.person, form.reason, now)
    refresh_board(form.year, now)
    said = [f"已同意{len(result['accepted'])}家"]
    if result["accepted"]:
        said[0] += f"：{listed([each['name'] for each in result['accepted']])}"
    if result["left"]:
        left = [f"{each['name']}（{each['why']}）" for each in result["left"]]
        said.append(f"留待逐家审核：{listed(left)}")
    return answered("；".join(said), result)


class SendingBack(BaseModel):
    """The form of a return."""

    model_config = ConfigDict(
        title="审核退回",
        json_schema_extra={
            "description": "单位收到退回邮件，写明原因、意见、审核人和答复期限；重新报送后从头审核。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    unit_code: str = Field(title="预算编码", min_length=1)
    codes: list[str] = Field(
        title="退回原因编号",
        min_length=1,
        description="政策里的编号，例如 S1 数据不实、S2 佐证材料不足、S3 分析不到位",
    )
    remark: str = Field(title="具体意见", min_length=2, description="改什么，单位照此修改")
    days: int = Field(0, title="答复期限（工作日）", ge=0, le=60, description="0 为按政策规定")
    person: str = Field(title="审核人姓名", min_length=2)


@flow(name="审核退回", stage="逐级审核", flow_run_name="审核退回 {form.unit_code}")
def return_examined(form: SendingBack, now: datetime | None = None) -> State:
    """登记审核人的退回，并备好退回邮件。

    Args:
        form: 退回意见
        now: 留空即按当前时间；只在演练时填写
    """
    result = send_back(
        form.year, form.unit_code.strip(), form.codes, form.remark, form.days or None, form.person, now
    )
    refresh_board(form.year, now)
    said = f"{result['name']}第{result['version']}次报送由{result['level']}退回（{'、'.join(result['reasons'])}）"
    return answered(
        f"{said}，应于{result['reply_due'][:16].replace('T', ' ')}前答复；退回邮件已进入待发", result
    )


class ObjectionForm(BaseModel):
    """The form of a unit's objection, filled in by whoever received it."""

    model_config = ConfigDict(
        title="登记异议",
        json_schema_extra={
            "description": "单位在答复期限内对退回提出的异议，审核人退回的、机器按规则退回的都可以，每次退回一次；答复以前退回仍然有效。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    unit_code: str = Field(title="预算编码", min_length=1)
    words: str = Field(title="异议的理由", min_length=2)
    raised_by: str = Field(title="提出人姓名（单位）", min_length=2)


@flow(name="登记异议", stage="逐级审核", flow_run_name="登记异议 {form.unit_code}")
def object_to_return(form: ObjectionForm, now: datetime | None = None) -> State:
    """登记单位的异议，告知应答复的审核人。

    Args:
        form: 异议
        now: 留空即按当前时间；只在演练时填写
    """
    result = raise_objection(form.year, form.unit_code.strip(), form.words, form.raised_by, now)
    refresh_board(form.year, now)
    due = result["answer_due"][:16].replace("T", " ")
    return answered(f"{result['name']}的异议已登记，应于{due}前“答复异议”；单位和审核人都会收到邮件", result)


class ObjectionAnswer(BaseModel):
    """The form of the answer to an objection."""

    model_config = ConfigDict(
        title="答复异议",
        json_schema_extra={
            "description": "异议成立的，退回撤销，恢复为审核通过；不成立的，退回维持，单位另有答复期限改正。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    unit_code: str = Field(title="预算编码", min_length=1)
    verdict: Literal["异议成立", "异议不成立"] = Field(title="答复")
    reason: str = Field(title="理由", min_length=2)
    person: str = Field(
        title="答复人姓名",
        min_length=2,
        description="退回的那一级的审核人；机器按规则退回的，最后一级的审核人",
    )


@flow(name="答复异议", stage="逐级审核", flow_run_name="答复异议 {form.unit_code}")
def answer_to_objection(form: ObjectionAnswer, now: datetime | None = None) -> State:
    """登记对异议的答复，告知单位。

    Args:
        form: 答复
        now: 留空即按当前时间；只在演练时填写
    """
    upheld = form.verdict == "异议成立"
    result = answer_objection(form.year, form.unit_code.strip(), upheld, form.reason, form.person, now)
    refresh_board(form.year, now)
    then = "退回撤销，恢复为审核通过" if upheld else "退回维持，单位另有期限改正"
    return answered(f"{result['name']}：{form.verdict}，{then}；告知邮件已进入待发", result)
