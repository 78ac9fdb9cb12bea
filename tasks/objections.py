"""What units object to, by a person's hand or by mail, and the answers, each with its mails in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import cycles, objections
from db.examiners import examiners_in
from db.extensions import dues_of
from db.models import Contact, CycleRow, Examination, MailMessage, Objection, Obligation, Submission
from notifications import examination as mails
from notifications.examination import Decided
from selfeval.examination import ExaminationRefused, Examiner, examiners_of, levels_for, name_of
from selfeval.levels import Level
from selfeval.refusal import Refusal
from selfeval.summary import Summary
from selfeval.workdays import due_instant, local
from tasks.events import Happening, tell_when_committed
from tasks.examine import decided, reply_on_for, unit_of
from tasks.mail import queue_mail, queue_office_mail
from tasks.office import clock, database, log, office_of
from tasks.settings import load_settings


@task(name="登记异议", cache_policy=NO_CACHE)
def raise_objection(
    year: int | None, code: str, words: str, raised_by: str, now: datetime | None
) -> dict[str, str]:
    """Record a unit's objection to a return, by a person or by the rules, and tell those who answer it."""
    at, raised_by = clock(now), name_of(raised_by)
    if not words.strip():
        raise Refusal("异议应写明理由")
    with database() as session:
        row = cycles.cycle_of(session, year)
        due = take_objection(session, row, code, words.strip(), raised_by, at)
        return {
            "code": code,
            "name": unit_of(session, row, code).unit_name,
            "answer_due": due.isoformat(timespec="minutes"),
        }


def take_objection(
    session: Session,
    row: CycleRow,
    code: str,
    words: str,
    raised_by: str,
    at: datetime,
    mail: MailMessage | None = None,
) -> datetime:
    """Record an objection, `mail` being what it came in, and tell the unit and those who answer it; until when.

    Raises ExaminationRefused for what was not returned, was objected to before, or comes too late.
    """
    unit = unit_of(session, row, code)
    cycle, policy = cycles.value_of(row), cycles.policy_of(row, unit.policy)
    made = objections.object_to(
        session,
        row,
        code,
        words=words,
        raised_by=raised_by,
        until=dues_of(session, row, unit).correction.instant,
        answer_on=cycle.workdays.shift(local(at).date(), policy.examination.answer_days),
        at=at,
        raised_at=mail.received_at if mail else None,
        mail_id=mail.id if mail else None,
    )
    answer_due = due_instant(made.answer_on, policy.filing.due_hour)
    returned = _returned(session, row, unit, made)
    letter = partial(
        mails.objection,
        office_of(cycle),
        unit_name=unit.unit_name,
        unit_code=code,
        year=unit.year,
        version=session.get_one(Submission, made.submission_id).version,
        by=returned.by,
        remark=returned.remark,
        words=made.words,
        raised_by=made.raised_by,
        raised_at=made.raised_at,
        answer_due=answer_due,
    )
    who = [each.email for each in returned.answerers] or load_settings().bureau_addresses
    command = f"selfeval review answer {code} --upheld 或 --rejected --reason 理由 --by 姓名"
    queue_mail(session, unit, letter(), step=f"O{made.id}", at=at)
    queue_office_mail(session, row, letter(command=command), who, step=f"O{made.id}", at=at)
    log.info("%s 提出异议，等待%s答复", code, returned.by.level)
    return answer_due


def take_letter(
    session: Session, row: CycleRow, code: str, mail: MailMessage, words: str, at: datetime
) -> str:
    """Record the objection that a mail makes, in time if the mail came in time; why that cannot be, "" when done."""
    names = {
        contact.email.lower(): contact.name.strip()
        for contact in session.scalars(select(Contact).where(Contact.unit_code == code))
    }
    # Boards show who objects: the name, and never the address.
    raised_by = names.get(mail.sender) or "单位来信"
    try:
        take_objection(session, row, code, words, raised_by, at, mail)
    except ExaminationRefused as refusal:
        return str(refusal)
    return ""


@task(name="答复异议", cache_policy=NO_CACHE)
def answer_objection(
    year: int | None, code: str, upheld: bool, reason: str, person: str, now: datetime | None
) -> dict[str, str]:
    """Record the answer to a unit's objection and tell the unit."""
    at, person = clock(now), name_of(person)
    if not reason.strip():
        raise Refusal("答复异议应写明理由")
    with database() as session:
        row = cycles.cycle_of(session, year)
        unit = unit_of(session, row, code)
        policy = cycles.policy_of(row, unit.policy)
        made = objections.answer(
            session,
            row,
            code,
            upheld=upheld,
            reason=reason.strip(),
            person=person,
            reply_on=reply_on_for(session, row, unit, policy, None, at),
            at=at,
        )
        returned = _returned(session, row, unit, made)
        titles = {each.person: each.title for each in returned.answerers}
        mail = mails.objection_answered(
            office_of(cycles.value_of(row)),
            unit_name=unit.unit_name,
            year=unit.year,
            version=session.get_one(Submission, made.submission_id).version,
            words=made.words,
            upheld=upheld,
            reason=made.answer_reason,
            by=Decided(
                returned.by.level, titles.get(made.answer_person, made.answer_person), made.answered_at
            ),
            reply_due=due_instant(made.reply_on, policy.filing.due_hour) if made.reply_on else None,
            examined_on=bool(levels_for(policy.examination, unit.tier)),
        )
        queue_mail(session, unit, mail, step=f"O{made.id}", at=at)
        if upheld:
            told = {"version": session.get_one(Submission, made.submission_id).version, "by": "objection"}
            tell_when_committed(session, Happening.ACCEPTED, row.year, code, told)
        return {"code": code, "name": unit.unit_name, "answer": made.answer, "reason": made.answer_reason}


@dataclass(frozen=True, slots=True)
class _Returned:
    """The return that an objection is about: who answers (level), who returned, when; in which words."""

    by: Decided
    remark: str
    answerers: tuple[Examiner, ...]


def _returned(session: Session, row: CycleRow, unit: Obligation, made: Objection) -> _Returned:
    everybody = examiners_in(session, row.id)
    if made.examination_id is not None:
        decision = session.get_one(Examination, made.examination_id)
        who = examiners_of(everybody, Level(decision.level), unit.department_code)
        return _Returned(decided(decision), decision.reason, who)
    levels = levels_for(cycles.policy_of(row, unit.policy).examination, unit.tier)
    judged = session.get_one(Submission, made.submission_id).evaluation
    errors = Summary.from_json(judged.summary).errors
    who = examiners_of(everybody, levels[-1], unit.department_code) if levels else ()
    level = levels[-1].label if levels else "财政局"
    return _Returned(Decided(level, "按规则审核", judged.judged_at), f"审核有{errors}项错误", who)
