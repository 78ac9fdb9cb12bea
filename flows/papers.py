"""The bureau's papers, written on demand."""

from __future__ import annotations

from datetime import date, datetime, time

from prefect.states import State
from pydantic import BaseModel, ConfigDict, Field

from flows.common import answered, flow
from selfeval.workdays import due_instant
from tasks.bulletin import write_status_bulletin
from tasks.deduction_papers import write_statements
from tasks.department_reports import write_reports
from tasks.settings import load_settings
from tasks.totals import take_totals


class PapersWanted(BaseModel):
    """Which papers to write."""

    model_config = ConfigDict(
        title="成文",
        json_schema_extra={
            "description": "先汇总一次，再写部门自评报告的初稿和各单位的扣分明细；已有的报告初稿不会被覆盖。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    department: str = Field("", title="主管部门编码", description="留空为全部部门")


@flow(name="部门报告和扣分明细", stage="汇总", flow_run_name="成文 {form.year}")
def write_papers(form: PapersWanted, now: datetime | None = None) -> State:
    """汇总一次，把部门自评报告的初稿和各单位的扣分明细写进文书文件夹；重复运行不会覆盖已有的初稿。

    Args:
        form: 写哪些
        now: 留空即按当前时间；只在演练时填写
    """
    department = form.department.strip() or None
    take_totals(form.year, now)
    reports, statements = write_reports(form.year, department), write_statements(form.year, None, department)
    said = [
        f"写了{len(reports['papers'])}份部门自评报告的初稿，已有的{len(reports['kept'])}份没有改动",
        f"扣分明细{len(statements['papers'])}份",
        f"都在 {load_settings().papers}",
        *reports["notes"],
        *statements["without"],
    ]
    return answered("；".join(said), {"reports": reports, "statements": statements})


class BulletinWanted(BaseModel):
    """Of which moment the bulletin of the filings is to be."""

    model_config = ConfigDict(
        title="填报情况通报",
        json_schema_extra={
            "description": "应报、按时、逾期、未报和不需报送的单位，按部门列出；写成 Word 和 Excel，放进文书文件夹。"
        },
    )

    year: int = Field(title="预算年度", ge=2000, le=2100)
    day: date | None = Field(
        None, title="截至日期", description="留空为此刻；填以前的日期，按那一天结束时的情形"
    )


@flow(name="填报情况通报", stage="汇总", flow_run_name="填报情况通报 {form.year}")
def write_filing_bulletin(form: BulletinWanted, now: datetime | None = None) -> State:
    """把报送情况写成通报，Word 和 Excel 各一份；以前任一天的情形也能写。

    Args:
        form: 截至哪一天
        now: 留空即按当前时间；只在演练时填写
    """
    asof = due_instant(form.day, time.max) if form.day else None
    paths = write_status_bulletin(form.year, asof, now)
    return answered(f"已写入：{'；'.join(paths)}", paths)
