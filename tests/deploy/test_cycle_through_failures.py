"""Five hundred units through a cycle on a real server, PostgreSQL and two workers, while parts of it die."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from email import policy
from email.parser import BytesHeaderParser

from sqlalchemy import select

from db import audit, cycles, heartbeats, rollups
from db.models import AuditEntry, Evaluation, OutboxRow, Submission
from selfeval.rollup.record import content_from
from tests.db.county import at
from tests.deploy import many_units
from tests.deploy.bureau import OVER, YEAR, Bureau
from tests.deploy.cluster import until
from tests.deploy.many_units import SUBORDINATE, UNITS


def test_a_cycle_of_500_units_survives_a_dead_worker_and_a_server_restart_whole_and_nothing_is_twice(
    bureau,
):
    with bureau.transaction() as session:
        cycles.issue_notice(
            session, cycles.cycle_of(session, YEAR), at=at("2026-03-02T09:00"), actor="管理员"
        )

    # The server dies in the middle of a wave and comes back: the run goes on, and says so afterwards.
    wave = bureau.begin("催报", at("2026-03-20T09:00"))
    reminders = OutboxRow.kind == "reminder"
    until(lambda: bureau.count(reminders) >= 50, "no reminder was ever queued")
    bureau.cluster.kill("server")
    assert bureau.count(reminders) < len(UNITS), "the wave was over before the server died"
    bureau.cluster.start_server()
    bureau.end(wave)

    sending = bureau.begin("发送邮件", at("2026-03-20T09:30"))
    many_units.file_everything(bureau.inbox)
    bureau.end(sending)
    bureau.run("收集报送", at("2026-04-08T11:00"))
    # One worker judges and the other one sends; the machine that judges dies.
    judging = bureau.begin("审核评分", at("2026-04-08T11:10"))
    sending = bureau.begin("发送邮件", at("2026-04-08T11:10"))
    until(lambda: bureau.count(Evaluation.submission_id > 0) >= 100, "nothing was ever judged")
    sign = bureau.sign(judging)
    victim = next(name for name, pid in bureau.workers.items() if pid == sign.worker_pid)
    bureau.cluster.kill(victim)
    del bureau.workers[victim]
    assert bureau.count(Evaluation.submission_id > 0) < len(SUBORDINATE), "all were judged before it died"
    bureau.end(sending)
    # Five minutes after its last sign of life the run is settled, and the stage is free again.
    assert bureau.cluster.state(judging) == "RUNNING"
    bureau.run("值守", sign.seen_at + timedelta(minutes=5))
    assert bureau.cluster.state(judging) == "CRASHED"
    for stage, when in (
        ("审核评分", "2026-04-08T11:20"),
        ("汇总", "2026-04-08T18:00"),
        ("发送邮件", "2026-04-08T18:01"),
    ):
        bureau.run(stage, at(when))

    states, totals = many_units.plain_totals(bureau.inbox)
    _nothing_is_twice(bureau, states)
    with bureau.transaction() as session:
        row = cycles.cycle_of(session, YEAR)
        taken = rollups.latest(session, row.id)
        content = content_from(rollups.parts_of(session, taken))
        assert {unit["code"]: unit["state"] for unit in content["units"]} == states
        assert content["totals"] == totals
        assert totals[-1]["expected"] == len(UNITS)
        assert audit.verify(session)[1] is None
        assert not heartbeats.signs(session)
    runs = bureau.flow_runs()
    assert runs and not [run.name for run in runs if run.state.type.value not in OVER]


def _nothing_is_twice(bureau: Bureau, states: dict[str, str]) -> None:
    """Every unit judged once and told everything once, and the mail server got what the outbox says."""
    with bureau.transaction() as session:
        rows = session.scalars(select(OutboxRow)).all()
        versions = Counter(session.scalars(select(Submission.unit_code)))
        judged = Counter(
            session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "submission.judged"))
        )
    filers = [unit.code for unit in SUBORDINATE]
    assert versions == Counter(filers)
    assert judged == Counter(f"cycle/{YEAR}/unit/{code}" for code in filers)
    assert Counter(row.state for row in rows) == {"sent": len(rows)}
    told = Counter((row.kind, row.unit_code) for row in rows)
    verdicts = [(states[code], code) for code in filers]
    assert told == Counter(
        [
            *(("reminder", unit.code) for unit in UNITS),
            *(("receipt", code) for code in filers),
            *verdicts,
        ]
    )
    received = [
        BytesHeaderParser(policy=policy.default).parsebytes(path.read_bytes())["Message-ID"]
        for path in bureau.mailbox.folder.glob("*.eml")
    ]
    assert Counter(received) == Counter(row.message_id for row in rows)
