"""Judge again what has been judged: look first at what would change, then replace those results and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from db import cycles, judging, rejudging
from db.closing import closing
from db.models import CycleRow, Obligation, Submission
from selfeval.cycle_file import cycle_text
from selfeval.examination import name_of
from selfeval.policy import Policy, load_policy, parse_policy
from selfeval.refusal import Refusal
from selfeval.rejudging import Change, Result, change_between, objections
from tasks.board import markdown_table
from tasks.boards import board_text
from tasks.events import TOLD_OF, tell_of_units
from tasks.judgement import Version
from tasks.mail import queue_mail
from tasks.office import archive, clock, database, log

_ROWS = 500  # the UI stays quick up to here


class Order(NamedTuple):
    """What a person asks for. `policy` "" judges by what holds; `text` is that of the bureau's own policy of this
    name. Not `done`: nothing changes. `tell`: units whose result changes get a mail."""

    policy: str
    text: str | None
    done: bool
    tell: bool
    reason: str
    person: str


class Changed(NamedTuple):
    """A version whose result is another one: what becomes different, as sentences."""

    code: str
    name: str
    version: int
    said: tuple[str, ...]
    returned: bool


@task(name="准备重新评判", cache_policy=NO_CACHE)
def begin_again(year: int | None, order: Order, now: datetime | None) -> list[int]:
    """Ids of the versions to be looked at; from here on the cycle judges by the policy, if the order is to be done.

    Raises Refusal before the notice, after the close, for a policy that changes more than how is judged, and
    without a reason or a person.
    """
    if not order.reason.strip():
        raise Refusal("重新评判应写明理由")
    name_of(order.person)
    with database() as session:
        row = cycles.cycle_of(session, year)
        if row.notice_issued_at is None:
            raise Refusal("通知还没有印发，改政策请用命令 selfeval cycle amend；已有报送的才需要重新评判")
        if closing(session, row.id):
            raise Refusal("周期已经关闭，请先“关闭或重新开启周期”（命令 selfeval cycle reopen）")
        cycle = cycles.value_of(row)
        if order.policy:
            before = cycles.policy_of(row, cycle.policy)
            against = list(objections(before, _given(order)))
            if against:
                raise Refusal("；".join(against))
        same = (order.policy or cycle.policy, order.text) == (cycle.policy, row.policies.get(cycle.policy))
        if order.done and order.policy and not same:
            definition = cycle_text(replace(cycle, policy=order.policy))
            rejudging.adopt(
                session, row, definition, order.policy, order.text,
                reason=order.reason, person=order.person, at=clock(now),
            )  # fmt: skip
        return rejudging.to_judge_again(session, row.id)


@task(name="重新评判一批", cache_policy=NO_CACHE)
def judge_again(ids: Sequence[int], order: Order, now: datetime | None) -> list[Changed]:
    """Those of these versions whose result changes; replaced when the order is to be done, each in one transaction.

    One that cannot be judged for a fault of ours does not hold up the others; the faults are raised at the end.
    """
    changed: list[Changed] = []
    faults: list[Exception] = []
    for submission_id in ids:
        try:
            found = _judge_again(submission_id, order, clock(now))
        except Exception as error:  # noqa: BLE001 - raised below, after the rest of the batch
            error.add_note(f"重新评判第 {submission_id} 号报送时出错")
            faults.append(error)
            continue
        if found:
            changed.append(
                Changed(found.code, found.name, found.version, found.sentences, found.newly_returned)
            )
            log.info("%s 第%d次报送重新评判：%s", found.code, found.version, "；".join(found.sentences))
    if faults:
        raise ExceptionGroup(f"本批有 {len(faults)} 份报送未能重新评判", faults)
    return changed


@task(name="公布重新评判的结果", cache_policy=NO_CACHE)
def show_changes(
    year: int | None, changed: Sequence[Changed], looked: int, order: Order, now: datetime | None
) -> None:
    """Publish the changes as a board, at most 500 of them."""
    with database() as session:
        row = cycles.cycle_of(session, year)
    rows = [(each.code, each.name, str(each.version), "；".join(each.said)) for each in changed[:_ROWS]]
    lines = [*(f"- {each}" for each in again_words(changed, looked, order)), ""]
    lines += markdown_table(("预算编码", "单位", "第几次报送", "有什么变化"), rows) if rows else []
    title = "重新评判的结果" if order.done else "重新评判会改变什么（还没有改变）"
    create_markdown_artifact(
        key=f"rejudge-{row.year}",
        markdown=board_text(row.name, title, clock(now), lines),
        description=f"{row.name}：{title}",
    )


def again_words(changed: Sequence[Changed], looked: int, order: Order) -> list[str]:
    """What was or would be changed, as sentences without full stops."""
    lines = [f"看了{looked}家已审核的报送，结果有变化的{len(changed)}家，不变的{looked - len(changed)}家"]
    returned = sum(each.returned for each in changed)
    if returned:
        lines.append(f"由审核通过变为退回修改的{returned}家")
    if changed and order.done:
        lines.append("这些单位的审核同意、复核得分和公开的审批已失效，须重新办理")
        lines.append(
            "告知邮件已进入待发" if order.tell else "没有发邮件告知单位；退回的单位在下一次催报时得知"
        )
    return lines


def _given(order: Order) -> Policy:
    if order.text is None:
        return load_policy(order.policy)
    return parse_policy(order.text, source_name=order.policy)


def _judge_again(submission_id: int, order: Order, at: datetime) -> Change | None:
    with database() as session:
        version = Version.of(session, submission_id, at)
        submission = session.get_one(Submission, submission_id)
        policy = _policy(version.row, version.obligation, order)
        judged_at = submission.evaluation.judged_at
        before = Result(submission.state, submission.evaluation.document)
        sound = submission.attempts <= judging.MAX_ATTEMPTS
    unit, kept = version.obligation, archive()
    outcome = version.judged_by(policy, kept, sound)
    change = change_between(
        unit.unit_code, unit.unit_name, version.number, before, Result(outcome.state.value, outcome.document)
    )
    if change is None or not order.done:
        return change
    mail, attached = None, []
    if order.tell:
        why = f"因{order.reason}，财政局对你单位已审核的材料重新评判，结果有变化：{'；'.join(change.sentences)}。此前的审核结果由本次代替。"
        mail, attached = version.letter(outcome, kept, why)
    with database() as session:
        number = rejudging.replace_judgement(
            session, version.row, submission_id, judged_at=judged_at,
            reason=order.reason, person=order.person, at=at, **outcome.stored,
        )  # fmt: skip
        if number and mail:
            step = f"v{version.number}/R{number}"
            queue_mail(session, unit, mail, step=step, at=at, attachments=attached)
    if not number:
        return None
    details = {"version": version.number, "by": "rejudged"}
    tell_of_units(TOLD_OF[outcome.state], version.row.year, [(unit.unit_code, details)])
    return change


def _policy(row: CycleRow, obligation: Obligation, order: Order) -> Policy:
    """A unit with a policy of its own keeps it; once the order is carried out, the cycle's is the new one."""
    assigned = cycles.value_of(row).assignments.get(obligation.unit_code)
    if order.done or not order.policy or (assigned and assigned.policy):
        return cycles.policy_of(row, obligation.policy)
    return _given(order)
