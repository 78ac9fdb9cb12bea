"""What the samples are made of: the papers of the clean filing under short names, and changes of several cells."""

from __future__ import annotations

from dataclasses import replace

from selfeval.filing import Entry, Filing, FormKind, FundingRole
from selfeval.findings import Severity
from tests.selfeval.build import (
    base_data,
    cell,
    cover_form,
    department_form,
    filing,
    line,
    project_form,
    second_project_form,
    with_cell,
    with_line,
    with_row,
)

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
D, P, Q, G, K = department_form, project_form, second_project_form, base_data, cover_form
THIS, PLAN, LAST = "2025年决算数", "2025年预算数", "2024年决算数"


def report(**fields):
    return replace(
        D(),
        id="6",
        kind=FormKind.REPORT,
        title="自评报告",
        funding=(),
        indicators=(),
        footer=(),
        **({"reported_grade": None} | fields),
    )


def blank(**fields):
    return replace(P(), id="7", kind=FormKind.TEMPLATE, **({"unit": None, "project": None} | fields))


def split_basic(personnel: str, operating: str):
    """The department form with 人员经费 and 公用经费 below the basic expenditure."""
    rows = [
        line(label, FundingRole.OTHER, n, f" | | {said} | | | ", FundingRole.BASIC_EXPENDITURE)
        for n, (label, said) in enumerate((("其中：人员经费", personnel), ("公用经费", operating)), 30)
    ]
    return replace(D(), funding=(*D().funding, *rows))


def qualitative(actual: str, score: str, total: str, note: str = ""):
    return with_cell(
        with_row(D(), "全民阅读服务网络", actual=actual, score=score, deviation_note=note),
        "reported_score",
        total,
    )


def concluded(said: str):
    """The department form with a conclusion below its total."""
    return replace(D(), remarks=(Entry("评价结论", "", cell(said, 23, 2)),))


def expenditure(total: str):
    """The base data with what the spending is made of above its other rows."""
    rows = (
        ("支出合计", ("740.10", "812.40", total)),
        ("基本支出", ("500.00", "530.00", "541.15")),
        ("其中：人员经费", ("412.00", "440.00", "454.75")),
    )
    entries = tuple(
        Entry(label, heading, cell(said, row, n, "表3"))
        for row, (label, values) in enumerate(rows, 50)
        for n, (heading, said) in enumerate(zip((LAST, PLAN, THIS), values, strict=True), 2)
    )
    return replace(G(), entries=(*entries, *G().entries))


def changed(label: str, said: str):
    """The base data with a change against the year before behind one of its rows."""
    last = max(n for n, entry in enumerate(G().entries) if entry.label == label)
    row = G().entries[last].cell.at.row
    entries = list(G().entries)
    entries.insert(last + 1, Entry(label, "增减率（%）", cell(said, row, 5, "表3")))
    return replace(G(), entries=tuple(entries))


def buildings(rate: str):
    said = (("批复规模", "2000"), ("实际规模", "1900"), ("规模控制率", rate))
    entries = tuple(
        Entry("楼堂馆所控制情况", heading, cell(text, 40, n, "表3"))
        for n, (heading, text) in enumerate(said, 2)
    )
    return replace(G(), entries=(*G().entries, *entries))


def twice(executed: str) -> Filing:
    """A filing whose department form came a second time, with another sum spent."""
    return replace(filing(), copies=((D(), with_line(D(), FundingRole.TOTAL, executed=executed)),))


def scores(form, name: str, score: str, total: str, **other: str):
    """A row with another score, and the total that follows."""
    return with_cell(with_row(form, name, score=score, **other), "reported_score", total)


def without_notes(form, reason: str, total: str):
    """A form that has no column for deviations but one row for the reasons of all of them."""
    return replace(
        with_cell(form, "reported_score", total),
        indicators=tuple(replace(row, deviation_note=None) for row in form.indicators),
        reasons=(Entry("偏差大或目标未完成原因分析", "", cell(reason, 18, 2)),),
    )
