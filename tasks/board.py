"""The cycle board: where every department stands, true at the instant it names. As Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db import cycles, rechecks, rollups, submissions
from db.closing import intake_note
from db.models import CycleRow
from selfeval.board import (
    OWING,
    STATE_LABELS,
    DepartmentTally,
    Tally,
    UnitStatus,
    by_department,
    provisional_note,
    total,
)
from selfeval.findings import Severity
from tasks.examine import waiting
from tasks.publication_board import HEAD, PublicationBoard, publication_board
from tasks.recheck import show

_ROWS = 500  # the UI stays quick up to here
_COUNTS = ("应报", "已报", "逾期报送", "退回", "通过", "公开", "未报")


class Raw(str):
    """A cell that is Markdown already: made here, of nothing that comes from rosters and files."""

    __slots__ = ()


def cycle_board(session: Session, row: CycleRow, at: datetime, statuses: list[UnitStatus]) -> str:
    """The cycle's board as Markdown, with its units as they stand."""
    strangers = [(file.name, file.note) for file in submissions.unmatched(session, row.id)]
    cycle = cycles.value_of(row)
    notes = [provisional_note(cycle, statuses), intake_note(session, row, cycle, at)]
    persons = [
        *_examination(waiting(session, row, statuses)),
        *_recheck(session, row),
        *_differences(session, row),
    ]
    board = board_markdown(row.name, statuses, strangers, at, notes, publication_board(session, row, at))
    return board + "".join(f"{line}\n" for line in persons)


def board_markdown(
    name: str,
    statuses: list[UnitStatus],
    strangers: list[tuple[str, str]],
    at: datetime,
    notes: Sequence[str] = (),
    publication: PublicationBoard | None = None,
) -> str:
    """The board as Markdown: departments, the publication, units that owe something, late and excused ones, files of nobody."""
    lines = [f"# {name}", "", f"截至 {at:%Y-%m-%d %H:%M}（北京时间）", ""]
    for note in filter(None, notes):
        lines += [f"**{_escaped(note)}**", ""]
    lines += markdown_table(
        ("部门", *_COUNTS, "未报单位"), [_department(d) for d in by_department(statuses)], _total(statuses)
    )
    if publication:
        lines += _publication(publication)
    open_units = [s for s in statuses if s.state in ("missing", "returned", "received")]
    lines += ["", f"## 尚未完成的单位（{len(open_units)}家）", ""]
    rows = [
        (
            s.code,
            s.name,
            STATE_LABELS[s.state],
            str(s.version) if s.version else "—",
            _late(s),
            "；".join(s.extensions) or "—",
        )
        for s in open_units[:_ROWS]
    ]
    lines += (
        markdown_table(("预算编码", "单位", "状态", "第几次报送", "首次报送逾期", "延期"), rows)
        if rows
        else ["没有。"]
    )
    late = [(s.code, s.name, s.lateness) for s in statuses if s.lateness and s.state in OWING]
    excused = [(s.code, s.name, STATE_LABELS[s.state], s.exemption) for s in statuses if s.state not in OWING]
    for title, head, found in (
        ("逾期报送的单位", ("预算编码", "单位", "逾期"), late),
        ("不需要报送的单位", ("预算编码", "单位", "情形", "说明"), excused),
    ):
        if found:
            lines += ["", f"## {title}（{len(found)}家）", "", *markdown_table(head, found[:_ROWS])]
    if strangers:
        lines += ["", f"## 等待处理的来件（{len(strangers)}件）", ""]
        lines += markdown_table(("文件", "原因"), strangers[:_ROWS])
    return "\n".join(lines) + "\n"


def _examination(open_units: Sequence[Mapping[str, Any]]) -> list[str]:
    """What waits for the decision of persons; nothing where the policy asks for none."""
    if not open_units:
        return []
    rows = [
        (
            each["level"],
            each["code"],
            each["name"],
            "、".join(each["examiners"]) or "未登记",
            str(each["doubts"]),
        )
        for each in open_units[:_ROWS]
    ]
    head = ("轮到", "预算编码", "单位", "审核人", "疑点")
    return ["", f"## 等待逐级审核的单位（{len(open_units)}家）", "", *markdown_table(head, rows)]


def _recheck(session: Session, row: CycleRow) -> list[str]:
    """The sampled units with the three scores; nothing before a sample was drawn."""
    if rechecks.standing_sample(session, row.id) is None:
        return []
    keys = ("code", "name", "reported_score", "recomputed_score", "recheck_score", "person", "reason")
    rows = [tuple(unit[key] or "—" for key in keys) for unit in show(session, row)["units"][:_ROWS]]
    head = ("预算编码", "单位", "自评得分", "复算得分", "复核得分", "复核人", "理由")
    return ["", f"## 复核的单位（{len(rows)}家）", "", *markdown_table(head, rows)]


def _differences(session: Session, row: CycleRow) -> list[str]:
    """In what departments and their units disagree, by the last roll-up; nothing where they agree."""
    taken = rollups.latest(session, row.id)
    found = list(rollups.entries_of(session, taken, "findings")) if taken else []
    if not found:
        return []
    rows = [
        (each["name"], f"{each['rule']} {Severity(each['severity']).label}", each["message"])
        for each in found[:_ROWS]
    ]
    title = f"## 部门汇总数与所属单位不一致（{len(found)}处，第{taken.number}次汇总）"
    return ["", title, "", *markdown_table(("部门", "规则", "差在哪里"), rows)]


def _publication(publication: PublicationBoard) -> list[str]:
    lines = ["", "## 公开", ""]
    for alarm in publication.alarms:
        lines += [f"**警报：{_escaped(alarm)}**", ""]
    lines += [*(f"- {_escaped(sentence)}" for sentence in publication.sentences), ""]
    return lines + markdown_table(HEAD, [line.cells for line in publication.departments[:_ROWS]])


def _department(department: DepartmentTally) -> tuple[str, ...]:
    return (department.name, *_counts(department.tally), "、".join(department.missing) or "—")


def _total(statuses: list[UnitStatus]) -> tuple[str, ...]:
    return ("合计", *_counts(total(statuses)), "")


def _counts(tally: Tally) -> tuple[str, ...]:
    counts = (
        tally.expected, tally.received, tally.late, tally.returned, tally.accepted, tally.published, tally.missing
    )  # fmt: skip
    return tuple(str(count) for count in counts)


def _late(status: UnitStatus) -> str:
    return status.lateness or "—"


def markdown_table(head: tuple[str, ...], rows: list[tuple[str, ...]], *last: tuple[str, ...]) -> list[str]:
    """A table as lines of Markdown; nothing in a cell is taken for markup."""

    def line(cells: tuple[str, ...]) -> str:
        # Names come from rosters and files: nothing in them may end a cell or start markup.
        return "| " + " | ".join(cell if isinstance(cell, Raw) else _escaped(cell) for cell in cells) + " |"

    return [line(head), "|" + " --- |" * len(head), *(line(row) for row in (*rows, *last))]


def _escaped(text: str) -> str:
    flat = " ".join(text.split())
    for character in "\\`*_{}[]<>|#":
        flat = flat.replace(character, f"\\{character}")
    return flat
