"""What is hidden before publication, as run forms: the second person's confirmation, words of the cycle."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from prefect.states import State
from pydantic import BaseModel, ConfigDict, Field

from flows.common import answered, flow
from tasks.redacted import confirm_redaction, list_redaction
from tasks.redaction_board import show_redaction
from tasks.redaction_words import decide_word, forget_word


class RedactionListing(BaseModel):
    """The form that lists what is hidden."""

    model_config = ConfigDict(
        title="脱敏清单",
        json_schema_extra={
            "description": "不改变任何东西。结果是看板 redaction-年度（运行的 Artifacts 一栏），只显示打码后的内容。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    unit: str = Field("", title="预算编码", description="留空为全部单位")


@flow(name="脱敏清单", stage="公开", flow_run_name="脱敏清单 {form.year}")
def list_redacted(form: RedactionListing, now: datetime | None = None) -> State:
    """逐处列出公开前隐去了什么、在哪里，谁已经确认；只显示打码后的内容。

    Args:
        form: 看哪一家
        now: 留空即按当前时间；只在演练时填写
    """
    listed = list_redaction(form.year, form.unit.strip() or None)
    show_redaction(form.year, listed, now)
    waiting = sum(not unit["confirmed_by"] for unit in listed)
    said = f"{len(listed)}家的脱敏清单在本次运行的 Artifacts 一栏（redaction-{form.year}），{waiting}家待确认"
    return answered(f"{said}；看过以后“确认脱敏”", len(listed))


class RedactionConfirmation(BaseModel):
    """The form of the second person."""

    model_config = ConfigDict(
        title="脱敏确认",
        json_schema_extra={
            "description": "先运行“脱敏清单”逐处看过；确认的是此刻的内容，此后有变化须重新确认。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    unit: str = Field("", title="预算编码", description="留空为全部单位")
    person: str = Field(title="确认人姓名", min_length=2, description="不能是审批公开的人")
    reason: str = Field("", title="说明")


@flow(name="确认脱敏", stage="公开", flow_run_name="确认脱敏 {form.year}")
def confirm_redacted(form: RedactionConfirmation, now: datetime | None = None) -> State:
    """记录另一人对脱敏结果的确认；内容此后有变化时，该确认自动失效。

    Args:
        form: 确认意见
        now: 留空即按当前时间；只在演练时填写
    """
    codes = confirm_redaction(form.year, form.unit.strip() or None, form.person, form.reason, now)
    return answered(
        f"{form.person}确认了{len(codes)}家的脱敏结果，已登记。全部确认以后由另一人“审批公开”", codes
    )


class RedactionWord(BaseModel):
    """The form for a word that is hidden or kept in one cycle."""

    model_config = ConfigDict(
        title="脱敏用词",
        json_schema_extra={
            "description": "在政策之外，本周期一律隐去或不得隐去的词；此后脱敏须重新确认，公开须重新审批。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    word: str = Field(
        title="词",
        min_length=2,
        max_length=40,
        description="填写的内容会留在界面里：要隐去的是人名、号码的，请改用命令 selfeval redaction hide",
    )
    action: Literal["一律隐去", "不得隐去", "撤销登记"] = Field(title="怎样处理")
    person: str = Field(title="决定人姓名", min_length=2)
    reason: str = Field(title="原因", min_length=2)


@flow(name="登记脱敏用词", stage="公开", flow_run_name="登记脱敏用词 {form.year}")
def decide_redaction_word(form: RedactionWord, now: datetime | None = None) -> State:
    """登记本周期一律隐去或不得隐去的一个词，或者撤销登记。

    Args:
        form: 词和决定
        now: 留空即按当前时间；只在演练时填写
    """
    word = form.word.strip()
    if form.action == "撤销登记":
        forget_word(form.year, word, form.person, form.reason, now)
    else:
        action = "hide" if form.action == "一律隐去" else "keep"
        decide_word(form.year, word, action, form.person, form.reason, now)
    return answered(f"{form.action}，已登记（{form.person}）。脱敏须重新确认，公开须重新审批", word)
