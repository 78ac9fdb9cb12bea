"""The administrators' daily digest: what changed, who is late, what did not arrive, what waits for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import (
    changes,
    contacts,
    cycles,
    decisions,
    mailroom,
    messages,
    objections,
    outbox,
    publications,
    requests,
    submissions,
)
from db.board import unit_statuses
from db.models import AuditEntry, CycleRow
from notifications import lists
from notifications.kinds import Kind
from notifications.lists import Entry
from selfeval.board import UnitStatus
from selfeval.cycle import Cycle, Duty, SubmissionState
from selfeval.levels import Level
from selfeval.reminders import may_send
from selfeval.workdays import local
from tasks.escalate import late_debtors, late_units
from tasks.mail import queue_office_mail
from tasks.office import clock, database, log, office_of
from tasks.settings import load_settings

# What the audit log calls it → what people call it.
ACTIONS = {
    "cycle.opened": "开启周期",
    "roster.imported": "名单变动",
    "roster.frozen": "名单固定",
    "notice.issued": "通知印发",
    "submission.received": "收到报送",
    "submission.judged": "审核",
    "submission.judged_again": "重新评判，结果有变化",
    "policy.adopted": "改按另一份政策评判",
    "extension.decided": "延期决定",
    "extension.requested": "申请延期",
    "extension.dismissed": "延期申请了结",
    "cycle.amended": "更正周期的日期或放假调休",
    "obligation.changed": "报送义务改变",
    "decision.made": "审批",
    "decision.voided": "审批失效",
    "examiners.changed": "审核人变动",
    "examination.decided": "逐级审核",
    "examination.voided": "审核意见失效",
    "objection.raised": "提出异议",
    "objection.answered": "答复异议",
    "recheck.drawn": "抽取复核样本",
    "recheck.scored": "复核",
    "recheck.voided": "复核失效",
    "rollup.taken": "形成新的汇总",
    "appraisal.judged": "自评工作考核评定",
    "appraisal.voided": "自评工作考核的评定失效",
    "publication.written": "写出公开网站",
    "publication.proved": "结果公开",
    "publication.rewritten": "同样内容的公开网页由新版软件重写",
    "accounts.approved": "登记决算批复",
    "publication.watched": "公开网站复查有变化",
    "mail.resolved": "核实邮件",
    "mail.resent": "重发邮件",
    "arrival.assigned": "来件归入单位",
    "arrival.settled": "来件办结",
    "contact.corrected": "更正邮箱",
    "contact.dismissed": "邮箱核实可用",
    "database.restored": "从备份恢复",
}
# What a decision is on, before the unit that it may name.
SUBJECTS = {
    "publication": "公开结果",
    "notice": "通知的邮件计划",
    "closing": "关闭周期",
    "redaction": "脱敏结果",
    "wording": "公开脱敏用词",
    "withdrawal": "撤下公开结果",
}
BLAME = {"bad": "无效", "noted": "未能送达"}
# Decisions are asked for this many working days before their day.
_AHEAD = 5


@task(name="管理员日报", cache_policy=NO_CACHE)
def queue_digest(year: int | None, now: datetime | None) -> int:
    """Queue today's digest, once per working day and administrator; mails queued.

    It tells of everything since the digest before it, however long ago. After the last milestone only
    a day with something to tell has one.
    """
    at, admins = clock(now), load_settings().admins
    step = local(at).date().isoformat()
    with database() as session:
        row = cycles.cycle_of(session, year)
        cycle = cycles.value_of(row)
        if not may_send(cycle, cycles.policy_of(row, cycle.policy).reminders, at):
            return 0
        if not admins:
            log.warning("没有设置 SELFEVAL_ADMIN_EMAILS，管理员日报没有发出")
            return 0
        untold = outbox.untold(session, row.id, Kind.DIGEST, step, admins)
        if not untold:
            return 0
        since = changes.last_digest(session, row, step) or row.opened_at
        late = late_units(session, row, late_debtors(session, row, at), at)
        changed = list(_changed(session, row, since, at))
        unsent = [
            Entry(f"第{mail.id}号 {mail.recipient}", f"{mail.subject}：{mail.reply}")
            for mail in changes.unsent(session, row, since, at)
        ]
        waiting = list(matters(session, row, cycle, at, unit_statuses(session, row.id)))
        if local(at).date() > cycle.milestones.publication_due and not (changed or late or unsent or waiting):
            return 0
        mail = lists.digest(
            office_of(cycle),
            year=row.year,
            since=since,
            at=at,
            changed=changed,
            late=late,
            unsent=unsent,
            waiting=waiting,
        )
        return queue_office_mail(session, row, mail, untold, step=step, at=at)


def _changed(session: Session, row: CycleRow, since: datetime, until: datetime) -> Iterator[Entry]:
    """What happened, the same things together, with the units in the order in which it happened to them."""
    names = {item.unit_code: item.unit_name for item in cycles.obligations_of(session, row.id)}
    groups: dict[str, list[str]] = {}
    for entry in changes.changes(session, row, since, until):
        who = entry.subject.rpartition("/")[2]
        listed = groups.setdefault(_title(entry), [])
        if who in names:
            listed.append(names[who])
    for title, listed in groups.items():
        yield Entry(title, "、".join(dict.fromkeys(listed)))


def _title(entry: AuditEntry) -> str:
    details, name = entry.details, ACTIONS.get(entry.action, entry.action)
    if entry.action == "submission.judged":
        return f"{name}：{SubmissionState(details['state']).label}"
    if entry.action == "obligation.changed":
        return f"{name}：{Duty(details['duty']).label}（{entry.actor}）"
    if entry.action == "extension.decided":
        return f"{name}：{'同意' if details['verdict'] == 'granted' else '不同意'}（{entry.actor}）"
    if entry.action == "examination.decided":
        level, verdict = Level(details["level"]).label, details["verdict"]
        return f"{name}：{level}{'同意' if verdict == 'accepted' else '退回'}（{entry.actor}）"
    if entry.action == "objection.answered":
        return f"{name}：{'成立' if details['answer'] == 'upheld' else '不成立'}（{entry.actor}）"
    if entry.action in ("decision.made", "decision.voided"):
        about = entry.subject.split("/")[2]
        subject = SUBJECTS.get(about, about)
        verdict = {"approved": "同意", "refused": "不同意"}.get(details.get("verdict"), details["reason"])
        return f"{name}：{subject}，{verdict}（{entry.actor}）"
    return name


def matters(
    session: Session, row: CycleRow, cycle: Cycle, at: datetime, statuses: Iterable[UnitStatus]
) -> Iterator[Entry]:
    """What only a person can settle, each with the command for it; `statuses` are those of the cycle's units."""
    strangers = submissions.unmatched(session, row.id)
    if strangers:
        names = "、".join(file.name for file in strangers)
        yield Entry(f"等待处理的来件 {len(strangers)} 件", names, "selfeval arrivals unmatched")
    asked = messages.of_kind(session, row.id, "unmatched", "question", "bounce", "oversized", "stuck")
    questions = [message for message in asked if message.kind != "bounce" or message.unit_code is None]
    if questions:
        told = "、".join(f"{message.sender}（{message.subject}）" for message in questions)
        yield Entry(f"邮箱“待人工”里的邮件 {len(questions)} 封", told)
    asked_for = requests.waiting(session, row.id)
    if asked_for:
        told = "、".join(f"{unit.unit_name}（{request.words}）" for request, unit, _ in asked_for)
        yield Entry(f"等待审批的延期申请 {len(asked_for)} 件", told, "selfeval extension list")
    raised = objections.open_objections(session, row.id)
    if raised:
        told = "、".join(f"{unit.unit_name}（应于{each.answer_on}前答复）" for each, _, unit in raised)
        yield Entry(
            f"等待答复的异议 {len(raised)} 件",
            told,
            "selfeval review answer 编码 --upheld 或 --rejected --reason 理由 --by 姓名",
        )
    levels = Counter(Level(each.awaits).label for each in statuses if each.awaits)
    if levels:
        told = "、".join(f"待{level} {count}家" for level, count in levels.items())
        yield Entry(f"等待逐级审核的单位 {levels.total()} 家", told, "selfeval review list")
    broken = [problem for problem, _ in contacts.open_problems(session, row.id)]
    if broken:
        told = "、".join(f"{problem.address}（{BLAME[problem.severity]}）" for problem in broken)
        yield Entry(f"邮件不能送达的邮箱 {len(broken)} 个", told, "selfeval roster problems")
    doubtful = mailroom.list_mails(session, row.id, state="uncertain")
    if doubtful:
        told = "、".join(f"第{mail.id}号 {mail.recipient}" for mail in doubtful)
        title = f"不能确认是否送达的邮件 {len(doubtful)} 封"
        yield Entry(title, told, "selfeval mail resolve 编号 --delivered 或 --not-delivered --person 姓名")
    yield from _decisions(session, row, cycle, at)


def _decisions(session: Session, row: CycleRow, cycle: Cycle, at: datetime) -> Iterator[Entry]:
    today, shift, days = local(at).date(), cycle.workdays.shift, cycle.milestones
    if row.notice_issued_at is None:
        if today >= shift(days.notice, -_AHEAD):
            yield from _decision(session, row, "notice", f"通知应于{days.notice}印发", "run notice")
        return
    published = publications.proven_publication(session, row.id)
    accepted = outbox.count_by_kind(session, row.id, "sent", "pending").get("accepted", 0)
    if published is None and accepted and today >= shift(days.publication_due, -_AHEAD):
        yield from _decision(
            session, row, "publication", f"结果应于{days.publication_due}前公开", "run publish"
        )


def _decision(session: Session, row: CycleRow, subject: str, due: str, then: str) -> Iterator[Entry]:
    standing = decisions.standing(session, row.id, subject)
    approve = {
        "notice": "selfeval rehearse --approve --by 姓名",
        "publication": "selfeval publication approve --person 姓名",
    }
    if standing is None:
        yield Entry(f"{SUBJECTS[subject]}还没有审批", due, approve[subject])
    elif standing.verdict == "approved":
        yield Entry(f"{SUBJECTS[subject]}已经{standing.person}审批，还没有办理", due, f"selfeval {then}")
    else:
        yield Entry(f"{standing.person}不同意{SUBJECTS[subject]}：{standing.reason}", due, approve[subject])
