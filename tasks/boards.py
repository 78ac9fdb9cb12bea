"""The boards beside the cycle's own: late units, what waits for a person, the mails, the next fourteen days.

Each names its instant. What an administrator has to decide stands beside the run form in which to do it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from httpx import HTTPError
from prefect import get_client, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL
from sqlalchemy.orm import Session

from db import arrivals, contacts, cycles, mailroom, objections, outbox, requests
from db.board import unit_statuses
from db.models import CycleRow
from notifications.kinds import Kind
from notifications.lists import Entry
from selfeval.board import UnitStatus
from selfeval.cycle import MILESTONE_LABELS
from selfeval.legal_clock import decided_from
from selfeval.outbox import MAIL_STATE_LABELS
from selfeval.workdays import local
from tasks.board import Raw, cycle_board, markdown_table
from tasks.digest import BLAME, matters
from tasks.escalate import late_debtors, late_units
from tasks.logs import clean
from tasks.office import clock, reading
from tasks.prepare_publication import outlook, undecided
from tasks.rehearse import EVENT_HEAD, event_cells, plan_of

_ROWS = 500  # the UI stays quick up to here
AHEAD = timedelta(days=14)
# How the command of a matter begins → the deployments whose run form does the same.
FORMS = {
    "selfeval arrivals": ("来件归入单位", "来件办结"),
    "selfeval extension": ("审批延期", "延期申请办结"),
    "selfeval review answer": ("答复异议",),
    "selfeval review list": ("审核同意", "审核退回"),
    "selfeval mail resolve": ("核实邮件",),
    "selfeval rehearse": ("预演", "审批邮件计划"),
    "selfeval publication approve": ("审批公开",),
    "selfeval redaction": ("脱敏清单", "确认脱敏"),
    "selfeval run notice": ("印发通知",),
    "selfeval run publish": ("公开结果",),
}


Board = tuple[str, str, list[str]]


@task(name="刷新看板", cache_policy=NO_CACHE)
def refresh_board(year: int | None, now: datetime | None) -> None:
    """Publish the cycle's board and what waits for a decision, each a new version under its key."""
    at, forms = clock(now), _run_forms()
    row, board, decisions = boards_of(year, at, forms)
    create_markdown_artifact(
        key=f"cycle-board-{row.year}",
        markdown=board,
        description=f"{row.name}：各部门报送、审核与公开进度",
    )
    _publish(row, [decisions], at)


def boards_of(year: int | None, at: datetime, forms: Mapping[str, str]) -> tuple[CycleRow, str, Board]:
    """The cycle's board and what waits for a decision, by one reading of where the units stand."""
    with reading() as session:
        row = cycles.cycle_of(session, year)
        statuses = unit_statuses(session, row.id)
        board = cycle_board(session, row, at, statuses)
        return row, board, waiting_board(session, row, at, forms, statuses)


@task(name="刷新各看板", cache_policy=NO_CACHE)
def refresh_other_boards(year: int | None, now: datetime | None) -> None:
    """Publish the boards that change with the day more than with a decision."""
    at, forms = clock(now), _run_forms()
    with reading() as session:
        row = cycles.cycle_of(session, year)
        boards = [
            late_board(session, row, at),
            mail_board(session, row, at, forms),
            coming_board(session, row, at),
        ]
    _publish(row, boards, at)


def late_board(session: Session, row: CycleRow, at: datetime) -> Board:
    """Who is late with what, and when it was last told."""
    late = late_units(session, row, late_debtors(session, row, at), at)
    rows = [
        (
            unit.code,
            unit.name,
            unit.department,
            unit.owes,
            f"{unit.due:%m-%d %H:%M}",
            str(unit.working_days_late),
            f"{unit.last_reminded:%m-%d %H:%M}" if unit.last_reminded else "—",
            clean(unit.request) or "—",
        )
        for unit in late
    ]
    head = ("预算编码", "单位", "部门", "欠什么", "截止", "逾期工作日", "上次催报", "延期申请")
    return (
        "late-list",
        "逾期名单",
        [f"逾期 {len(late)} 家。", "", *_listed(head, rows, "没有逾期的单位。")],
    )


def waiting_board(
    session: Session, row: CycleRow, at: datetime, forms: Mapping[str, str], statuses: Iterable[UnitStatus]
) -> Board:
    """What only a person can settle, each with the run form and the command for it."""
    cycle = cycles.value_of(row)
    found = {entry.title: entry for entry in matters(session, row, cycle, at, statuses)}
    state = outlook(session, row) if row.notice_issued_at else None
    # What is decided on is the whole content with its redacted copies: not to be made all year for a board.
    if state and state.due and local(at).date() >= decided_from(cycle.workdays, state.due):
        found |= {entry.title: entry for entry in undecided(session, row, state)}
    lines = _listed(
        ("等待的事", "说明", "在这里办理", "或用命令"),
        [
            (entry.title, clean(entry.details), _forms_for(entry, forms), entry.command or "—")
            for entry in found.values()
        ],
        "没有等待决定的事。",
    )
    strangers = [
        (
            str(each.id),
            each.name,
            each.unit_code or "—",
            f"{each.received_at:%Y-%m-%d %H:%M}",
            clean(each.note),
        )
        for each, _ in arrivals.waiting(session, row.id)
    ]
    if strangers:
        lines += ["", f"## 等待处理的来件（{len(strangers)}件）", ""]
        lines += _listed(("编号", "文件", "单位", "收到时间", "原因"), strangers)
    asked = [
        (
            str(request.id),
            unit.unit_code,
            unit.unit_name,
            MILESTONE_LABELS[request.milestone],
            str(request.asked_on or "未写明"),
            clean(request.words),
        )
        for request, unit, _ in requests.waiting(session, row.id)
    ]
    if asked:
        lines += ["", f"## 等待审批的延期申请（{len(asked)}件）", ""]
        lines += _listed(("编号", "预算编码", "单位", "延期的是", "申请延至", "来信"), asked)
    raised = [
        (unit.unit_code, unit.unit_name, clean(each.words), str(each.answer_on))
        for each, _, unit in objections.open_objections(session, row.id)
    ]
    if raised:
        lines += ["", f"## 等待答复的异议（{len(raised)}件）", ""]
        lines += _listed(("预算编码", "单位", "异议的理由", "应答复的日期"), raised)
    if any(entry.title.startswith("等待逐级审核的单位") for entry in found.values()):
        lines += ["", f"等待逐级审核的单位，轮到谁审核、有几项疑点，逐家列在看板 cycle-board-{row.year}。"]
    return "waiting", "等待决定的事", [f"共 {len(found)} 项。", "", *lines]


def mail_board(session: Session, row: CycleRow, at: datetime, forms: Mapping[str, str]) -> Board:
    """How the mails stand by kind, and each one that did not arrive; recipients by their unit alone."""
    states = list(MAIL_STATE_LABELS)
    counts = {state: outbox.count_by_kind(session, row.id, state) for state in states}
    kinds = [kind for kind in Kind if any(counts[state].get(kind) for state in states)]
    table = [(kind.label, *(str(counts[state].get(kind, 0)) for state in states)) for kind in kinds]
    lines = _listed(("种类", *(MAIL_STATE_LABELS[state] for state in states)), table, "还没有邮件。")
    troubled = [
        (
            str(mail.id),
            MAIL_STATE_LABELS[state],
            Kind(mail.kind).label,
            mail.unit_code or "本局",
            mail.subject,
            clean(mail.reply),
        )
        for state in ("uncertain", "failed")
        for mail in mailroom.list_mails(session, row.id, state=state)
    ]
    lines += ["", f"## 没有送达或不能确认的邮件（{len(troubled)}封）", ""]
    lines += [_links(("核实邮件", "补发邮件"), forms), ""] if troubled else []
    lines += _listed(("编号", "状态", "种类", "单位", "主题", "服务器答复"), troubled, "没有。")
    broken = [
        (str(problem.id), BLAME[problem.severity], f"{problem.found_at:%Y-%m-%d %H:%M}", str(number))
        for problem, number in contacts.open_problems(session, row.id)
    ]
    if broken:
        lines += ["", f"## 不能送达的邮箱（{len(broken)}个，地址见 selfeval roster problems）", ""]
        lines += _listed(("序号", "情形", "发现时间", "退回的邮件"), broken)
    return "mail-health", "邮件情况", lines


def coming_board(session: Session, row: CycleRow, at: datetime) -> Board:
    """What will happen in the next fourteen days when nobody files or decides anything."""
    until = (at + AHEAD).date()
    plan, words = plan_of(session, row, at, until)
    lines = [*(f"- {sentence}" for sentence in words), ""]
    rows = [event_cells(event) for event in plan.events]
    return (
        "next-days",
        f"今后14天（到{until}）",
        [*lines, *_listed(EVENT_HEAD, rows, "没有到期的步骤和日期。")],
    )


def board_text(name: str, title: str, at: datetime, lines: Iterable[str]) -> str:
    """A board as Markdown, under its name and its instant."""
    return "\n".join([f"# {name}：{title}", "", f"截至 {at:%Y-%m-%d %H:%M}（北京时间）", "", *lines]) + "\n"


def _publish(row: CycleRow, boards: Sequence[Board], at: datetime) -> None:
    for key, title, lines in boards:
        create_markdown_artifact(
            key=f"{key}-{row.year}",
            markdown=board_text(row.name, title, at, lines),
            description=f"{row.name}：{title}",
        )


def _listed(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], none: str = "没有。") -> list[str]:
    if not rows:
        return [none]
    left = [f"另有 {len(rows) - _ROWS} 行没有列出。"] if len(rows) > _ROWS else []
    return [*markdown_table(head, list(rows[:_ROWS])), *(["", *left] if left else [])]


def _forms_for(entry: Entry, forms: Mapping[str, str]) -> str:
    names = next((names for start, names in FORMS.items() if entry.command.startswith(start)), ())
    return _links(names, forms) if names else "—"


def _links(names: Iterable[str], forms: Mapping[str, str]) -> Raw:
    return Raw("　".join(f"[{name}]({forms[name]})" if name in forms else name for name in names))


def _run_forms() -> dict[str, str]:
    """Deployment → where its run form is, on the same server; {} when none answers."""
    if not PREFECT_API_URL.value():
        return {}
    try:
        with get_client(sync_client=True) as client:
            return {each.name: f"/deployments/deployment/{each.id}/run" for each in client.read_deployments()}
    except (HTTPError, PrefectHTTPStatusError):
        return {}
