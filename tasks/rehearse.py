"""Play the cycle ahead without sending anything, and record the approval of the plan of its mails."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, decisions, judging
from db.models import CycleRow
from db.situation import situation
from notifications.kinds import Kind
from selfeval.cycle import MILESTONE_LABELS
from selfeval.legal_clock import alarm_from, legal_due
from selfeval.refusal import Refusal
from selfeval.rehearsal import RECURRING, Event, Plan, Situation, fingerprint, rehearse, unreachable
from selfeval.workdays import SHANGHAI
from tasks.board import markdown_table
from tasks.office import clock, database, reading
from tasks.prepare_publication import is_undecided, outlook
from tasks.settings import load_settings

SUBJECT = "notice"
_COMMAND = "“审批邮件计划”，命令 selfeval rehearse --approve --by 姓名"
_ROWS = 500


@task(name="预演", cache_policy=NO_CACHE)
def show_plan(year: int | None, until: date | None, now: datetime | None) -> int:
    """Publish the plan from now on as a Markdown artifact; number of mails in it."""
    with reading() as session:
        row = cycles.cycle_of(session, year)
        plan, words = plan_of(session, row, clock(now), until)
    lines = [f"# {row.name}：预演", "", *(f"- {sentence}" for sentence in words), ""]
    rows = [event_cells(event) for event in plan.events[:_ROWS]]
    lines += markdown_table(EVENT_HEAD, rows)
    create_markdown_artifact(
        key=f"cycle-plan-{row.year}", markdown="\n".join(lines) + "\n", description=f"{row.name}：邮件计划"
    )
    return sum(len(mail.recipients) for mail in plan.mails)


@task(name="登记邮件计划审批", cache_policy=NO_CACHE)
def decide_plan(year: int | None, approved: bool, person: str, reason: str, now: datetime | None) -> str:
    """Record a person's decision on the plan of the mails as it stands; the hash of what was decided on.

    Told again it stands once. Raises Refusal when the notice has begun to go out: it is decided on before.
    """
    with database() as session:
        row = cycles.cycle_of(session, year)
        verdict = "approved" if approved else "refused"
        if cycles.obligations_of(session, row.id):
            standing = decisions.standing(session, row.id, SUBJECT)
            if standing and (standing.verdict, standing.person) == (verdict, person):
                return standing.content_hash
            raise Refusal(f"{row.name}的名单已经固定、通知已经开始印发，邮件计划不能再审批")
        content_hash = _hash(session, row)
        decisions.decide(
            session,
            row,
            SUBJECT,
            verdict=verdict,
            person=person,
            reason=reason,
            content_hash=content_hash,
            at=clock(now),
        )
        return content_hash


def objection_to_notice(session: Session, row: CycleRow, at: datetime) -> str:
    """Why the notice may not go out, "" when its plan was approved; once begun, a notice is brought to its end."""
    if cycles.obligations_of(session, row.id):
        return ""
    return decisions.objection(
        session,
        row,
        SUBJECT,
        _hash(session, row),
        what="印发通知的邮件计划",
        changed="日期、政策或名单",
        command=_COMMAND,
        at=at,
    )


def plan_of(session: Session, row: CycleRow, start: datetime, until: date | None) -> tuple[Plan, list[str]]:
    """The plan from `start` to the end of `until` (None: the last milestone), and what it takes for granted."""
    settings = load_settings()
    stands = situation(session, row, bureau=settings.bureau_addresses, admins=settings.admins)
    until = until or stands.cycle.milestones.publication_due
    if row.notice_issued_at:
        state = outlook(session, row)
        # Whether an approval still fits is only known when the whole content is made: not before the plan reaches its alarm.
        alarmed = state.due is not None and alarm_from(stands.cycle.workdays, state.due) <= until
        undecided = alarmed and is_undecided(session, row, state)
        stands = replace(stands, legal_due=state.due, undecided=undecided)
    else:
        due = legal_due(stands.cycle, stands.policy.publication, None).day
        stands = replace(stands, legal_due=due, undecided=True)
    plan = rehearse(stands, start, until)
    return plan, _words(session, row, stands, plan)


EVENT_HEAD = ("时间", "环节", "步骤", "邮件", "说明")


def event_cells(event: Event) -> tuple[str, ...]:
    """A line of the plan as people read it."""
    return (
        f"{event.at:%Y-%m-%d %H:%M}",
        kind_label(event.what),
        event.step,
        str(event.mails or ""),
        event.why,
    )


def kind_label(kind: str) -> str:
    return Kind(kind).label if kind in set(Kind) else kind


def _words(session: Session, row: CycleRow, stands: Situation, plan: Plan) -> list[str]:
    cycle = stands.cycle
    words = [
        f"从{plan.start:%Y-%m-%d %H:%M}演到{plan.until}；只读数据库，没有发送、没有改变任何东西。",
        "假定此后没有单位报送或改正，也没有新的延期、免报等决定；收到报送、审核、公开引起的邮件不在其中。",
    ]
    if stands.noticed_at is None:
        words += [
            f"假定通知按期在{cycle.milestones.notice}印发（须先审批），名单以现在的名单为准。",
            _approval(session, row),
        ]
    pending = len(judging.pending(session, row.id))
    if pending:
        words.append(f"有{pending}份报送还没有审核，退回的将另行催改。")
    if not stands.admins:
        words.append("没有设置 SELFEVAL_ADMIN_EMAILS，没有管理员日报。")
    if not stands.bureau:
        words.append("没有设置 SELFEVAL_BUREAU_EMAILS，没有逾期名单。")
    silent = unreachable(plan.mails)
    if silent:
        words.append(f"没有邮箱、收不到邮件的：{'、'.join(silent)}。")
    days = (getattr(cycle.milestones, key) for key in MILESTONE_LABELS)
    note = cycle.workdays.provisional_note(*days)
    words += [note] if note else []
    words.append(f"不在表中的日常环节：{'，'.join(f'{what}{often}' for what, often in RECURRING.items())}。")
    return words


def _approval(session: Session, row: CycleRow) -> str:
    standing = decisions.standing(session, row.id, SUBJECT)
    if standing is None:
        return f"邮件计划还没有审批（{_COMMAND}）。"
    if standing.verdict != "approved":
        return f"{standing.person}不同意这个邮件计划：{standing.reason}。"
    if standing.content_hash != _hash(session, row):
        return f"{standing.person}审批之后日期、政策或名单有变化，须重新审批（{_COMMAND}）。"
    return f"邮件计划已由{standing.person}于{standing.decided_at:%Y-%m-%d %H:%M}审批。"


def _hash(session: Session, row: CycleRow) -> str:
    """Of the plan from the day of the notice to the last milestone, whoever asks for it and whenever."""
    stands = situation(session, row, bureau=(), admins=())
    untouched = replace(stands, noticed_at=None, told=frozenset(), waiting=())
    days = stands.cycle.milestones
    start = datetime.combine(days.notice, datetime.min.time(), tzinfo=SHANGHAI)
    plan = rehearse(untouched, start, days.publication_due)
    return fingerprint(plan, row.definition, row.policies)
