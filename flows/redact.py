"""The second person's confirmation of what is hidden, as a run form."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from flows.common import flow
from tasks.redacted import confirm_redaction


class RedactionConfirmation(BaseModel):
    """The form of the second person."""

    model_config = ConfigDict(
        title="脱敏确认",
        json_schema_extra={
            "description": "先用 selfeval redaction list 逐处看过；确认的是此刻的内容，此后有变化须重新确认。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    unit: str = Field("", title="预算编码", description="留空为全部单位")
    person: str = Field(title="确认人姓名", min_length=2, description="不能是审批公开的人")
    reason: str = Field("", title="说明")


@flow(name="确认脱敏", flow_run_name="确认脱敏 {form.year}")
def confirm_redacted(form: RedactionConfirmation, now: datetime | None = None) -> list[str]:
    """记录另一人对脱敏结果的确认；内容此后有变化时，该确认自动失效。

    Args:
        form: 确认意见
        now: 留空即按当前时间；只在演练时填写
    """
    return confirm_redaction(form.year, form.unit.strip() or None, form.person, form.reason, now)
