"""A cycle played ahead on a simulated clock: every mail that would go out, to whom, when and why. Pure.

Who is due what is asked of `selfeval.reminders`, as the waves that really go out do; nothing is stored
and nothing is sent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby

from selfeval.cycle import LOCK_LABEL, MILESTONE_LABELS, Cycle, Step
from selfeval.examiner_calls import ExaminerCall, call_is_due
from selfeval.legal_clock import alarm_day, alarm_step, readiness_step
from selfeval.policy import Policy
from selfeval.reminders import CORRECTION, Debtor, list_step, may_send, reminder_step
from selfeval.workdays import ONE_DAY, due_instant, local

NOTICE_STEP = "1"
# What runs all the time beside the steps that are listed; a test holds it against the deployments.
RECURRING = {
    "收集报送": "每十分钟",
    "审核评分": "每十分钟",
    "发送邮件": "每分钟",
    "汇总": "每天18时",
    "公开准备": "每半小时",
    "复查公开网站": "每天7时和13时",
    "值守": "每五分钟",
    "按期办理": "白天每半小时",
    "到期核对": "白天每半小时",
}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that would go out, once per address. `unit_code` None: to the bureau's own people."""

    at: datetime
    kind: str
    step: str
    unit_code: str | None
    name: str
    recipients: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a cycle stands. `told` are (unit, kind, step) of the mails written already, `waiting` those unsent.

    `noticed_at` None: the notice is to go out on its day, to every debtor. `legal_due` is the next legal day
    of a publication (None: nothing is left to publish), `undecided` whether a decision for it is missing;
    `calls` are the examiners for whom units wait.
    """

    cycle: Cycle
    policy: Policy
    debtors: tuple[Debtor, ...]
    departments: Mapping[str, str]
    addresses: Mapping[str, tuple[str, ...]]
    bureau: tuple[str, ...]
    admins: tuple[str, ...]
    noticed_at: datetime | None
    told: frozenset[tuple[str | None, str, str]] = frozenset()
    waiting: tuple[Mail, ...] = ()
    legal_due: date | None = None
    undecided: bool = False
    calls: tuple[ExaminerCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """A step that would run, `what` being the kind of its mails, or a milestone that passes, by its name.

    `mails` counts what the step writes.
    """

    at: datetime
    what: str
    step: str
    mails: int
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What would happen from `start` to the end of the day `until`, in order of time."""

    start: datetime
    until: date
    mails: tuple[Mail, ...]
    events: tuple[Event, ...]


def rehearse(situation: Situation, start: datetime, until: date) -> Plan:
    """Play the cycle ahead, taking it that nobody files, corrects or decides anything any more."""
    mails = tuple(_mails(situation, local(start), until))
    events = sorted(
        [*_milestones(situation, local(start), until), *_steps(mails)], key=lambda event: event.at
    )
    return Plan(local(start), until, mails, tuple(events))


def fingerprint(plan: Plan, definition: str, policies: Mapping[str, str]) -> str:
    """The hash of what is approved: the cycle, its policies, and which unit gets which mail on which day.

    Addresses and the mails to the bureau's own people are left out: a corrected address changes no plan.
    """
    mails = [
        [mail.at.date().isoformat(), mail.kind, mail.step, mail.unit_code]
        for mail in plan.mails
        if mail.unit_code
    ]
    content = json.dumps([definition, dict(policies), mails], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _mails(situation: Situation, start: datetime, until: date) -> Iterator[Mail]:
    yield from situation.waiting
    # A unit hears of a step once, whether it was reminded or told that it is late.
    told = {(code, "reminder" if kind == "overdue" else kind, step) for code, kind, step in situation.told}
    noticed_at, calls = situation.noticed_at, list(situation.calls)
    hours = sorted({d.reminders.hour for d in situation.debtors} | {situation.policy.reminders.hour})
    day = start.date()
    while day <= until:
        for hour in hours:
            at = due_instant(day, hour)
            if at < start:
                if day > start.date() or hour != hours[-1]:
                    continue
                at = start
            if noticed_at is None and day >= situation.cycle.milestones.notice:
                noticed_at = at
                yield from _notices(situation, at)
            if noticed_at is not None:
                yield from _wave(situation, noticed_at, told, at)
                yield from _examiners(situation, calls, at)
                yield from _publication(situation, told, at)
            yield from _digest(situation, noticed_at, told, at)
        day += ONE_DAY


def _notices(situation: Situation, at: datetime) -> Iterator[Mail]:
    for debtor in situation.debtors:
        # Part of the notices may be written when the wave was broken off.
        if (debtor.code, "notice", NOTICE_STEP) not in situation.told:
            yield _to_unit(situation, debtor, at, "notice", NOTICE_STEP, "通知印发，附空白表")


def _wave(situation: Situation, noticed_at: datetime, told: set, at: datetime) -> Iterator[Mail]:
    cycle, policy = situation.cycle, situation.policy
    steps: dict[tuple, Step | None] = {}
    for debtor in situation.debtors:
        # Thousands of units share a handful of dates.
        alike = (debtor.reminders, debtor.wave, debtor.due, debtor.dues.lock, debtor.owing_since)
        if alike not in steps:
            steps[alike] = reminder_step(cycle, debtor, at)
        step = steps[alike]
        if step is None or (debtor.code, "reminder", step.key) in told:
            continue
        told.add((debtor.code, "reminder", step.key))
        kind = "overdue" if step.overdue else "reminder"
        yield _to_unit(situation, debtor, at, kind, step.key, _cause(debtor, step))
    late = [debtor for debtor in situation.debtors if debtor.is_late(at)]
    for code, units in groupby(late, key=lambda debtor: debtor.department_code):
        listed = list(units)
        step = list_step(cycle, policy, listed, noticed_at, policy.reminders.department_from, at)
        if step and (code, "escalation", step.key) not in told:
            told.add((code, "escalation", step.key))
            why = f"{len(listed)}家单位逾期：{'、'.join(debtor.name for debtor in listed)}"
            name, to = situation.departments[code], situation.addresses.get(code, ())
            yield Mail(at, "escalation", step.key, code, name, to, why)
    step = list_step(cycle, policy, late, noticed_at, policy.reminders.bureau_from, at)
    if step and situation.bureau and (None, "late_list", step.key) not in told:
        told.add((None, "late_list", step.key))
        why = f"全部逾期单位{len(late)}家"
        yield Mail(at, "late_list", step.key, None, cycle.bureau, situation.bureau, why)


def _examiners(situation: Situation, calls: list[ExaminerCall], at: datetime) -> Iterator[Mail]:
    """Mails to those for whom units wait; `calls` is brought up to date with them."""
    for number, call in enumerate(calls):
        if call_is_due(situation.cycle, situation.policy.reminders, call, at):
            calls[number] = replace(call, told=at)
            step, who = at.date().isoformat(), "、".join(call.persons)
            yield Mail(at, "examine_call", step, None, who, (call.address,), call.why)


def _digest(situation: Situation, noticed_at: datetime | None, told: set, at: datetime) -> Iterator[Mail]:
    key = (None, "digest", at.date().isoformat())
    if key in told or not situation.admins or not may_send(situation.cycle, situation.policy.reminders, at):
        return
    last = situation.cycle.milestones.publication_due
    if at.date() > last and not (noticed_at and any(debtor.is_late(at) for debtor in situation.debtors)):
        return
    told.add(key)
    yield Mail(at, "digest", key[2], None, "管理员", situation.admins, "每个工作日一封")


def _publication(situation: Situation, told: set, at: datetime) -> Iterator[Mail]:
    due, workdays = situation.legal_due, situation.cycle.workdays
    if due is None or not situation.admins or not may_send(situation.cycle, situation.policy.reminders, at):
        return
    found = []
    step = readiness_step(workdays, due, at)
    if step:
        found.append(("readiness", step.key, f"须于{due}前公开：各部门备好多少、缺什么决定"))
    if situation.undecided and alarm_day(workdays, due, at):
        found.append(("publication_alarm", alarm_step(at), "没有人审批公开；审批以后不再发出"))
    for kind, key, why in found:
        if (None, kind, key) not in told:
            told.add((None, kind, key))
            yield Mail(at, kind, key, None, "管理员", situation.admins, why)


def _to_unit(situation: Situation, debtor: Debtor, at: datetime, kind: str, step: str, why: str) -> Mail:
    return Mail(at, kind, step, debtor.code, debtor.name, situation.addresses.get(debtor.code, ()), why)


def _cause(debtor: Debtor, step: Step) -> str:
    label = MILESTONE_LABELS["correction_due" if debtor.wave == CORRECTION else "unit_due"]
    when = f"之后第{step.offset}个工作日" if step.overdue else f"之前第{-step.offset}个工作日"
    day = debtor.due.instant.date()
    moved = f"（已顺延，原为{debtor.due.original.date()}）" if debtor.due.extended else ""
    owes = "退回后未改正" if debtor.wave == CORRECTION else "尚未报送"
    return f"{label}{day}{moved}{when if step.offset else '当日'}，{owes}"


def _milestones(situation: Situation, start: datetime, until: date) -> Iterator[Event]:
    for key, label in MILESTONE_LABELS.items():
        day = getattr(situation.cycle.milestones, key)
        if key == "notice":
            continue
        at = situation.cycle.due(key, situation.policy.filing.due_hour)
        if start <= at and day <= until:
            why = "公开须经审批；公开后各单位收到公开邮件" if key == "publication_due" else "各单位的延期另计"
            yield Event(at, label, "", 0, why)
    lock = situation.cycle.lock(situation.policy.filing.due_hour)
    if lock and start <= lock and lock.date() <= until:
        yield Event(lock, LOCK_LABEL, "", 0, "此后的来件只存档，不再计入；延期更晚的单位除外")


def _steps(mails: Sequence[Mail]) -> Iterator[Event]:
    """The mails of one run, kind and step together."""

    def run(mail: Mail) -> tuple[datetime, str, str]:
        return mail.at, mail.kind, mail.step

    for (at, kind, step), group in groupby(sorted(mails, key=run), key=run):
        listed = list(group)
        count = sum(len(mail.recipients) for mail in listed)
        named = (
            f"{len(listed)}家"
            if listed[0].unit_code
            else "；".join(dict.fromkeys(mail.why for mail in listed))
        )
        yield Event(at, kind, step, count, named)


def unreachable(mails: Iterable[Mail]) -> list[str]:
    """Names of those for whom a mail is due and no address is known."""
    return list(dict.fromkeys(mail.name for mail in mails if not mail.recipients))
