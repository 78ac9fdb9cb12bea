"""Tell the administrators of runs that went wrong and of steps that were due and did not happen.

A run that failed by hand is told once; what a schedule repeats with the same words, once a day, and so is a
step that is missing: an alarm every ten minutes is read by nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from cronsim import CronSim
from prefect import get_client, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import DeploymentFilter, FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import FlowRunSort
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import cycles, decisions, judging, publications, rollups
from db.cycles import CycleConflict
from db.models import CycleRow, Evaluation, OutboxRow, Submission
from notifications.running import run_alarm
from selfeval.cycle import SubmissionState
from selfeval.troubles import Trouble, ended_badly, known_as, not_begun
from selfeval.workdays import SHANGHAI, local
from tasks.escalate import due_escalations, due_late_list
from tasks.logs import clean
from tasks.mail import queue_office_mail
from tasks.office import clock, database, log, office_of
from tasks.prepare_publication import outlook
from tasks.publish import SUBJECT as PUBLICATION
from tasks.remind import due_calls
from tasks.settings import WORK_POOL, load_settings
from tasks.wake_up import moments

_BACK = timedelta(hours=24)
_LATE = timedelta(minutes=15)
# What runs every few minutes, or every half hour, has had its second chance by then.
GRACE = timedelta(hours=1)
_ROLL_UP_EVERY = timedelta(hours=26)
_RUNS = 200


@task(name="报告出错的运行", cache_policy=NO_CACHE)
def tell_of_runs(now: datetime | None) -> int:
    """Queue a mail for every run of the last day that failed, crashed or did not begin; mails queued."""
    at = clock(now)
    with get_client(sync_client=True) as client:
        ended = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state={"type": {"any_": ["FAILED", "CRASHED"]}}, end_time={"after_": at - _BACK}
            ),
            sort=FlowRunSort.END_TIME_DESC,
            limit=_RUNS,
        )
        late = client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state={"name": {"any_": ["Late"]}}, expected_start_time={"before_": at - _LATE}
            ),
            limit=_RUNS,
        )
        stages = stages_of(client, [*ended, *late])
    return _tell(
        [
            *(_of_run(run, stages.get(run.deployment_id)) for run in ended),
            *(_of_late(run, stages.get(run.deployment_id), at) for run in late),
        ],
        at,
    )


@task(name="核对到期的步骤", cache_policy=NO_CACHE)
def tell_of_steps(now: datetime | None) -> int:
    """Queue a mail for every step that was due and did not happen, whatever the reason; mails queued."""
    at = clock(now)
    try:
        with database() as session:
            found = list(missed_steps(session, cycles.cycle_of(session), at))
    except CycleConflict:
        return 0
    with get_client(sync_client=True) as client:
        found += idle_schedules(client, at)
    return _tell(found, at)


def missed_steps(session: Session, row: CycleRow, at: datetime) -> Iterator[Trouble]:
    """From our database and the calendar: what should stand there by now and does not."""
    day = f"@{local(at).date()}"
    notice = moments(session, row).get("notice")
    if notice and at >= notice + GRACE:
        yield Trouble(
            f"notice{day}", "通知到期没有印发", f"应于{notice:%Y-%m-%d %H:%M}印发。",
            "没有审批的，请负责人看过预演后审批；已审批的，运行“印发通知”。",
            "selfeval rehearse --approve --by 姓名，然后 selfeval run notice",
        )  # fmt: skip
    owed = due_calls(session, row, at - GRACE) if row.notice_issued_at else []
    if owed:
        steps = "、".join(sorted({step.key for _, step in owed}))
        yield Trouble(
            f"remind{day}", "催报到期没有发出", f"{len(owed)}家单位的催报（{steps}）没有备好。",
            "看“催报”是否被暂停、最近的运行为什么失败；再运行一次，已发的不会重复。", "selfeval run remind",
        )  # fmt: skip
    yield from _lists_not_sent(session, row, at - GRACE, day)
    waiting = [
        each
        for each in session.scalars(
            select(Submission).where(Submission.id.in_(judging.pending(session, row.id)))
        )
        if each.received_at <= at - GRACE
    ]
    if waiting:
        yield Trouble(
            f"evaluate{day}", "有报送一直没有审核", f"{len(waiting)}份报送收到一小时以上，还没有审核。",
            "看“审核评分”是否被暂停、最近的运行为什么失败；再运行一次。", "selfeval run evaluate",
        )  # fmt: skip
    stuck = session.scalar(
        select(func.count()).where(
            OutboxRow.cycle_id == row.id,
            OutboxRow.state.in_(("pending", "claimed")),
            OutboxRow.not_before <= at - GRACE,
        )
    )
    if stuck:
        yield Trouble(
            f"outbox{day}", "有邮件一直没有发出", f"{stuck}封邮件该发而一小时以上没有发出。",
            "看“发送邮件”是否被暂停、邮件服务器是否连得上。", "selfeval doctor",
        )  # fmt: skip
    if _roll_up_is_stale(session, row, at):
        yield Trouble(
            f"roll-up{day}", "汇总没有更新", "昨天以前审核通过的单位，还没有计入汇总。",
            "看“汇总”是否被暂停、最近的运行为什么失败；再运行一次。", "selfeval run roll-up",
        )  # fmt: skip
    moment = outlook(session, row).moment if row.notice_issued_at else None
    decision = decisions.standing(session, row.id, PUBLICATION)
    if (
        moment
        and at >= moment + GRACE
        and decision
        and decision.verdict == "approved"
        and publications.publication_of(session, decision.id) is None
    ):
        yield Trouble(
            f"publication{day}", "结果到期没有公开", f"已经审批，应于{moment:%Y-%m-%d %H:%M}公开。",
            "看“公开准备”“公开结果”最近的运行为什么失败；再运行一次。", "selfeval run publish",
        )  # fmt: skip


def _lists_not_sent(session: Session, row: CycleRow, at: datetime, day: str) -> Iterator[Trouble]:
    """The lists of late units that were due by then and do not stand in the outbox."""
    if not row.notice_issued_at:
        return
    remedy = "看“催报”是否被暂停、最近的运行为什么失败；再运行一次，已发的不会重复。"
    # A department without an address has nobody to be told; the roster's own warnings say so.
    untold = [code for code, _, _ in due_escalations(session, row, at) if cycles.addresses_of(session, code)]
    if untold:
        yield Trouble(
            f"escalation{day}", "逾期通报到期没有发出", f"没有通报的主管部门：{'、'.join(untold)}。",
            remedy, "selfeval run remind",
        )  # fmt: skip
    late, step = due_late_list(session, row, at)
    if step and load_settings().bureau_addresses:
        yield Trouble(
            f"late-list{day}", "逾期名单到期没有报送", f"应报送本局的逾期名单（{step.key}，{len(late)}家）没有备好。",
            remedy, "selfeval run remind",
        )  # fmt: skip


def idle_schedules(client: SyncPrefectClient, at: datetime) -> list[Trouble]:
    """The active schedules that have brought nothing to its end since the time before the last, as one matter.

    What a person has paused or switched off is theirs to know.
    """
    idle = []
    for deployment in client.read_deployments(limit=_RUNS):
        crons = [each.schedule.cron for each in deployment.schedules if each.active]
        if deployment.work_pool_name != WORK_POOL or deployment.paused or not crons:
            continue
        since = expected_since(crons, at)
        if deployment.created and deployment.created > since:
            continue
        if not _completed(client, deployment, since):
            idle.append(f"{deployment.name}（{since:%m-%d %H:%M}以来）")
    if not idle:
        return []
    return [
        Trouble(
            f"idle@{local(at).date()}", "有定时的环节没有运行", f"到时间而没有办成的：{'、'.join(idle)}。",
            "刚停过机的，等半小时会自己补上；否则看工作进程是否在线，这些环节最近的运行为什么失败。",
            "selfeval doctor",
        )
    ]  # fmt: skip


def expected_since(crons: Iterable[str], at: datetime) -> datetime:
    """The time before the last at which a schedule was due, seen a while ago: since then one run should be over."""
    found = []
    for cron in crons:
        times = CronSim(cron, (at - GRACE / 2).astimezone(SHANGHAI), reverse=True)
        next(times)
        found.append(next(times))
    return max(found)


def _completed(client: SyncPrefectClient, deployment: DeploymentResponse, since: datetime) -> bool:
    return bool(
        client.read_flow_runs(
            deployment_filter=DeploymentFilter(id={"any_": [deployment.id]}),
            flow_run_filter=FlowRunFilter(
                state={"type": {"any_": ["COMPLETED"]}}, end_time={"after_": since}
            ),
            limit=1,
        )
    )


def _roll_up_is_stale(session: Session, row: CycleRow, at: datetime) -> bool:
    """Whether a unit that was accepted long ago is in no roll-up yet."""
    taken = rollups.latest(session, row.id)
    accepted = session.scalar(
        select(func.max(Evaluation.judged_at))
        .join(Submission, Submission.id == Evaluation.submission_id)
        .where(
            Submission.cycle_id == row.id,
            Submission.effective,
            Submission.state == SubmissionState.ACCEPTED.value,
            Evaluation.judged_at <= at - _ROLL_UP_EVERY,
        )
    )
    return accepted is not None and (taken is None or taken.taken_at < accepted)


def stages_of(client: SyncPrefectClient, runs: Iterable[FlowRun]) -> dict[UUID, str]:
    """The names of the deployments that the runs are of."""
    ids = list({run.deployment_id for run in runs if run.deployment_id})
    found = client.read_deployments(deployment_filter=DeploymentFilter(id={"any_": ids})) if ids else []
    return {each.id: each.name for each in found}


def _of_run(run: FlowRun, stage: str | None) -> Trouble:
    message = clean(run.state.message or "")
    # A person waits for the run that they started; of a schedule only another reason is news, until tomorrow.
    once = str(run.id)
    if run.auto_scheduled:
        once = f"{run.flow_id} {run.state.type} {message} {run.end_time.astimezone(SHANGHAI).date()}"
    return ended_badly(known_as(run.name, stage), message, crashed=run.state.is_crashed(), once=once)


def _of_late(run: FlowRun, stage: str | None, at: datetime) -> Trouble:
    due = run.expected_start_time.astimezone(SHANGHAI)
    once = f"{run.deployment_id} {local(at).date()}"
    return not_begun(known_as(run.name, stage), f"{due:%Y-%m-%d %H:%M}", once=once)


def _tell(found: Iterable[Trouble], at: datetime) -> int:
    admins, queued = load_settings().admins, 0
    for trouble in found:
        log.warning("%s：%s", trouble.title, trouble.sentence)
        if not admins:
            continue
        try:
            with database() as session:
                row = cycles.cycle_of(session)
                mail = run_alarm(office_of(cycles.value_of(row)), year=row.year, trouble=trouble, at=at)
                queued += queue_office_mail(session, row, mail, admins, step=trouble.key, at=at)
        except CycleConflict:
            return 0  # a mail belongs to a cycle; whoever opens the first one sees the run itself
    return queued
