"""The site as data: CSV and JSON of the lists and of every unit, and what each column means."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from selfeval.figures import chinese_date, percent, plain
from selfeval.public_history import Correction
from selfeval.publication import DepartmentSection, Publication, UnitEntry, Unpublished, WithdrawnEntry
from selfeval.published_page import FundingRow, IndicatorRow, UnitPage


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the data files: key in JSON, heading in CSV and on pages, and what it says."""

    key: str
    label: str
    meaning: str


UNITS = (
    Column("code", "预算编码", "单位的预算编码，全站唯一，按文本存放"),
    Column("name", "单位名称", "预算单位全称"),
    Column("department_code", "主管部门编码", "主管部门（一级预算单位）的预算编码"),
    Column("department", "主管部门", "主管部门（一级预算单位）名称"),
    Column("state", "状态", "“已公开”“已撤下”，或未公开单位当前所处的状态"),
    Column(
        "initial_budget",
        "年初预算数（万元）",
        "整体支出自评表的年度资金总额，只报自评报告的取自报告，折算为万元",
    ),
    Column(
        "adjusted_budget",
        "全年预算数（万元）",
        "整体支出自评表的年度资金总额，只报自评报告的取自报告，折算为万元",
    ),
    Column(
        "executed", "全年执行数（万元）", "整体支出自评表的年度资金总额，只报自评报告的取自报告，折算为万元"
    ),
    Column("reported_score", "自评得分", "单位填报的总分，满分100分"),
    Column("recomputed_score", "复算得分", "财政部门按评分办法根据填报数据计算的总分，满分100分"),
    Column("recheck_score", "复核得分", "抽中复核的单位由复核人评定的总分，满分100分；没有复核的为空"),
    Column("grade", "等级", "按复算得分评定；没有得分的为空"),
    Column("page", "网页", "单位页面在本站内的路径；未公开的为空"),
    Column("note", "说明", "结果更正或撤下的经过；没有的为空"),
)
TOTALS = (
    Column("department_code", "主管部门编码", "主管部门（一级预算单位）的预算编码"),
    Column("department", "主管部门", "主管部门（一级预算单位）名称"),
    Column("group", "类别", "收支、三公经费、固定资产、基础数据等"),
    Column("label", "项目", "加总的项目"),
    Column("unit", "计量单位", "万元、人或平方米"),
    Column("total", "合计", "计入的单位填报数之和；没有填报的不按零计"),
    Column("said", "填报单位数", "计入的单位中填报了这一项的单位数"),
    Column("counted", "计入单位数", "结果已公开、资金总额填报齐全，因而计入合计的单位数"),
    Column("expected", "应报单位数", "该部门应当报送的单位数，不含涉密单位"),
    Column("doubt", "待核实", "主管部门按汇总口径填报的数小于其已公开的所属单位合计的，在此写明；没有的为空"),
)
FUNDING = (
    Column("label", "项目", "资金来源或支出性质，文字同自评表"),
    Column("initial_budget", "年初预算数", "自评表填报的金额，单位见自评表"),
    Column("adjusted_budget", "全年预算数", "调整后的预算数"),
    Column("executed", "全年执行数", "全年实际支出"),
    Column("amount", "金额", "只有一列金额的自评表所填的金额"),
    Column("weight", "分值", "该行的满分"),
    Column("execution_rate", "执行率", "全年执行数÷全年预算数，单位填报"),
    Column("score", "得分", "单位填报"),
    Column("recomputed_score", "复算得分", "财政部门按评分办法计算"),
)
INDICATORS = (
    Column("level1", "一级指标", "产出、效益、满意度等"),
    Column("level2", "二级指标", "数量、质量、时效、成本等"),
    Column("name", "三级指标", "指标名称"),
    Column("target", "年度指标值", "年初确定的目标"),
    Column("actual", "实际完成值", "年末实际完成情况"),
    Column("weight", "分值", "该指标的满分"),
    Column("score", "得分", "单位填报"),
    Column("recomputed_score", "复算得分", "财政部门按评分办法计算"),
    Column("deviation_note", "偏差原因分析及改进措施", "没有完成或明显偏离目标时的说明"),
)
# In front of the rows of one unit's tables, so that tables of many units can be put together.
FORM = (
    Column("unit_code", "预算编码", "单位的预算编码"),
    Column("form", "自评表", "自评表标题"),
    Column("project", "项目名称", "项目支出自评表的项目；整体支出自评表为空"),
)
AMOUNT_UNIT = Column("amount_unit", "金额单位", "该表金额的单位：元或万元")
_FIGURES = ("initial_budget", "adjusted_budget", "executed", "amount", "weight", "score", "recomputed_score")


def data_paths(unit: UnitEntry) -> dict[str, str]:
    """The paths of a unit's data files by what is in them."""
    base = f"units/{unit.code}"
    return {
        "json": f"{base}.json",
        "funding": f"{base}-funding.csv",
        "indicators": f"{base}-indicators.csv",
    }


def page_of(unit: UnitEntry | WithdrawnEntry) -> str:
    """The path of a unit's page within the site; a withdrawn unit keeps its address."""
    return f"units/{unit.code}.html"


def withdrawal_words(unit: WithdrawnEntry) -> str:
    """What is said in the place of a result that was taken back."""
    return f"{unit.name}的自评结果已于{chinese_date(unit.day)}撤下。原因：{unit.reason.rstrip('。')}。"


def correction_words(correction: Correction) -> str:
    """What is said of a result that was public before in an earlier version."""
    withdrawn = correction.withdrawal
    gone = (
        f"{chinese_date(withdrawn.day)}撤下（原因：{withdrawn.reason.rstrip('。')}），" if withdrawn else ""
    )
    return (
        f"更正后的结果：{chinese_date(correction.first_published)}首次公开，{gone}"
        f"依据{chinese_date(correction.corrected)}审核的更正材料重新公开。"
    )


def rate_said(label: str, rate: Decimal) -> str:
    """执行率95.60%；三公经费比上年下降3.20%: which way a change went is said, not signed."""
    change = label.removesuffix("增减")
    if change == label:
        return f"{label}{percent(rate)}"
    if not rate:
        return f"{change}没有增减"
    return f"{change}{'增长' if rate > 0 else '下降'}{percent(abs(rate))}"


def index_files(publication: Publication) -> dict[str, bytes]:
    """One row per unit of the roster, published or not, as JSON and CSV."""
    rows = list(_unit_rows(publication))
    data = {
        "bureau": publication.bureau,
        "year": publication.year,
        "document_number": publication.document_number,
        "as_of": publication.as_of.isoformat(),
        "secret_units": publication.secret_units,
        "units": rows,
        "departments": [_department(department) for department in publication.departments],
    }
    sums = [row for department in publication.departments for row in _sums(department)]
    return {"index.json": _json(data), "index.csv": _csv(UNITS, rows), "totals.csv": _csv(TOTALS, sums)}


def _department(department: DepartmentSection) -> dict[str, Any]:
    totals = department.totals
    return {
        "code": department.code,
        "name": department.name,
        "expected": totals.expected,
        "counted": totals.counted,
        "left_out": [{"name": name, "reason": reason} for name, reason in totals.left_out],
        "totals": [
            {key: row[key] for key in ("group", "label", "unit", "total", "said", "doubt")}
            for row in _sums(department)
        ],
    }


def _sums(department: DepartmentSection) -> Iterable[dict[str, Any]]:
    totals = department.totals
    for each in totals.sums:
        yield {
            "department_code": department.code,
            "department": department.name,
            "group": each.measure.group,
            "label": each.measure.label,
            "unit": each.measure.unit,
            "total": plain(each.total),
            "said": str(each.said),
            "counted": str(totals.counted),
            "expected": str(totals.expected),
            "doubt": each.doubt or None,
        }


def unit_files(unit: UnitEntry, page: UnitPage) -> dict[str, bytes]:
    """What the unit's page shows, as one JSON file and one CSV file per kind of table."""
    paths = data_paths(unit)
    files = {paths["json"]: _json(_unit(unit) | {"forms": _forms(page), "reports": _reports(page)})}
    for kind, columns in (("funding", (*FORM, AMOUNT_UNIT, *FUNDING)), ("indicators", (*FORM, *INDICATORS))):
        rows = [
            {
                "unit_code": unit.code,
                "form": form.title,
                "project": form.project,
                "amount_unit": form.amount_unit,
            }
            | _row(row)
            for form in page.forms
            for row in getattr(form, kind)
        ]
        if rows:
            files[paths[kind]] = _csv(columns, rows)
    return files


def _unit_rows(publication: Publication) -> Iterable[dict[str, Any]]:
    for department in publication.departments:
        for unit in department.units:
            yield _unit(unit)
        for gone in department.withdrawn:
            said = {"page": page_of(gone), "note": withdrawal_words(gone)}
            yield _without_figures(department, gone, "已撤下") | said
        for absent in department.unpublished:
            yield _without_figures(department, absent, absent.state)


def _without_figures(
    department: DepartmentSection, unit: WithdrawnEntry | Unpublished, state: str
) -> dict[str, Any]:
    said = {
        "code": unit.code,
        "name": unit.name,
        "department_code": department.code,
        "department": department.name,
        "state": state,
    }
    return dict.fromkeys(column.key for column in UNITS) | said


def _unit(unit: UnitEntry) -> dict[str, Any]:
    summary = unit.summary
    return {
        "code": unit.code,
        "name": unit.name,
        "department_code": unit.department_code,
        "department": unit.department,
        "state": "已公开",
        "initial_budget": _decimal(summary.initial_budget),
        "adjusted_budget": _decimal(summary.adjusted_budget),
        "executed": _decimal(summary.executed),
        "reported_score": _decimal(summary.reported_score),
        "recomputed_score": _decimal(summary.recomputed_score),
        "recheck_score": _decimal(unit.recheck_score),
        "grade": summary.grade,
        "page": page_of(unit),
        "note": correction_words(unit.correction) if unit.correction else None,
    }


def _forms(page: UnitPage) -> list[dict[str, Any]]:
    return [
        {
            "form": form.title,
            "project": form.project,
            "amount_unit": form.amount_unit,
            "reported_score": _figure(form.reported_score),
            "recomputed_score": _figure(form.recomputed_score),
            "grade": form.grade,
            "funding": [_row(row) for row in form.funding],
            "indicators": [_row(row) for row in form.indicators],
        }
        for form in page.forms
    ]


def _reports(page: UnitPage) -> list[dict[str, Any]]:
    return [
        {
            "title": report.title,
            "sections": [
                {"heading": section.heading, "text": "\n".join(section.paragraphs)}
                for section in report.sections
            ],
        }
        for report in page.reports
    ]


def _row(row: FundingRow | IndicatorRow) -> dict[str, str | None]:
    columns = FUNDING if isinstance(row, FundingRow) else INDICATORS
    values = {column.key: getattr(row, column.key) for column in columns}
    return {key: _figure(value) if key in _FIGURES else value for key, value in values.items()}


def _figure(shown: str | None) -> str | None:
    """A figure without the thousands separators that a page shows."""
    return None if shown is None else shown.replace(",", "")


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _json(data: Mapping[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _csv(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """For spreadsheets: Excel recognises UTF-8 by the mark at its start."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.label for column in columns)
    writer.writerows([_cell(row[column.key]) for column in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: str | None) -> str:
    """What a spreadsheet would run as a formula gets an apostrophe in front and is shown as text."""
    text = value or ""
    risky = text.startswith(("=", "+", "@", "\t")) or (text.startswith("-") and not _is_figure(text))
    return f"'{text}" if risky else text


def _is_figure(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdecimal() or text == "-"
