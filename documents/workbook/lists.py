"""The lists: who is late or missing, every lost point, every finding."""

from __future__ import annotations

from documents.sheets import FIRST_ROW, SCORE, UNKNOWN, Column, Lines, Table
from documents.streamed import Formula
from documents.workbook.content import LostPoint, WorkbookData
from selfeval.findings import Severity

_LATENESS = (
    Column("情形", 18),
    Column("预算编码", 12),
    Column("单位", 30),
    Column("主管部门", 26),
    Column("时间和计算", 70),
)
LOST = (
    Column("预算编码", 9),
    Column("单位", 18),
    Column("自评表或项目", 20),
    Column("位置", 14),
    Column("扣分的指标", 20),
    *(Column(head, 6, SCORE) for head in ("分值", "自评\n得分", "自评\n扣分", "复算\n得分", "复算\n扣分")),
    Column("依据的数字", 28),
    Column("计分规定", 26),
    Column("单位说明的原因", 28),
)
FINDINGS = (
    Column("预算编码", 9),
    Column("单位", 20),
    Column("级别", 6),
    Column("编号", 6),
    Column("文件", 24),
    Column("位置", 16),
    Column("问题", 50),
    Column("填报要求", 34),
)
_BETWEEN = "主管部门与所属单位之间"


def lateness(data: WorkbookData) -> Table:
    """Units that filed late, have not filed, or have not corrected, each with how that was counted."""
    rows = []
    for section in (data.status.late, data.status.missing, data.status.returned):
        kind = section.title.partition("（")[0].removesuffix("的单位")
        heads = section.head[3:]
        rows += [
            (kind, *row[:3], "\n".join(f"{head}：{cell}" for head, cell in zip(heads, row[3:], strict=True)))
            for row in section.rows
        ]
    return Table(_LATENESS, rows, 3)


def write_details(data: WorkbookData, lost: Lines, findings: Lines) -> None:
    """Both lists in one pass over the units, so that each unit's result is read once."""
    for name, code, found in ((each.name, each.code, each.finding) for each in data.made.findings):
        findings.add(
            (
                code,
                name,
                found.severity.label,
                found.code,
                _BETWEEN,
                found.where,
                found.message,
                found.sentence,
            )
        )
    number = FIRST_ROW
    for unit in data.details:
        for row in unit.findings:
            level = Severity(row.severity).label
            findings.add(
                (unit.code, unit.name, level, row.code, row.file, row.where, row.message, row.sentence)
            )
        for point in unit.lost:
            lost.add((unit.code, unit.name, *_point(point, number)))
            number += 1
    lost.end()
    findings.end()


def _point(point: LostPoint, number: int) -> tuple[object, ...]:
    stated, due = (
        Formula(f'=IF(ISNUMBER({column}{number}),F{number}-{column}{number},"{UNKNOWN}")') for column in "GI"
    )
    return (
        point.form, point.where, point.name, point.weight, point.stated, stated, point.due, due,
        point.figures, point.clause, point.reason or "没有说明",
    )  # fmt: skip
