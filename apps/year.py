"""The whole year in order, on a simulated clock: every stage is the real flow, only `now` is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from prefect.logging.handlers import APILogHandler

from apps.county import County, put
from apps.year_levels import examine, recheck
from db import audit, cycles, judging, outbox, publications, rollups, roster, submissions
from db.board import unit_statuses
from db.session import migrate
from flows.appraise import AppraisalJudgement, appraise_work, judge_appraisal
from flows.collect import collect_submissions
from flows.deliver import deliver_mails
from flows.evaluate import evaluate_submissions
from flows.notice import NoticeIssue, issue_notice
from flows.publish import PublicationDecision, PublicationNow, approve_publication, publish_results
from flows.redact import RedactionConfirmation, confirm_redacted
from flows.rehearse import PlanDecision, approve_plan
from flows.remind import remind_units
from flows.roll_up import roll_up_units
from selfeval.appraisal.result import Appraisal
from selfeval.board import Tally, by_department, total
from selfeval.cycle_file import cycle_text
from selfeval.figures import money
from selfeval.rollup.measures import AMOUNTS
from selfeval.workdays import due_instant
from tasks.appraise import take_appraisals
from tasks.archive import Archive
from tasks.office import database
from tasks.settings import load_settings

_MORNING = time(9, 0)
_ACTOR = "演示管理员"
APPROVER, CONFIRMER = "演示审批人", "演示复核人"


def flush_logs() -> None:
    """Wait until the server has every log line."""
    APILogHandler().flush()


class Year:
    """One played cycle. `play` yields the title of each step before it runs; `outcome` tells what came of it."""

    def __init__(self, county: County):
        self._county = county
        self._settings = load_settings()
        self._number = county.cycle.year
        self._workbook = ""
        self.now = self._at(county.cycle.workdays.shift(county.cycle.milestones.notice, -5))

    def play(self) -> Iterator[str]:
        days, shift = self._county.cycle.milestones, self._county.cycle.workdays.shift
        yield "导入名单，开启周期"
        self._open()
        yield "印发通知，制发空白表"
        self.now = self._at(days.notice)
        plan = PlanDecision(year=self._number, verdict="同意发出", person=APPROVER, reason="演示")
        approve_plan(plan, self.now)
        issue_notice(NoticeIssue(year=self._number, person=_ACTOR), self.now)
        self._deliver()
        yield "截止前催报"
        self._remind(shift(days.unit_due, -7))
        yield "各单位报送，回执、审核、退回或通过"
        self._file(self._county.first, shift(days.unit_due, -1))
        yield "截止日和逾期催报"
        self._remind(days.unit_due)
        self._remind(shift(days.unit_due, 1))
        yield "逾期报送"
        self._file(self._county.late, shift(days.unit_due, 2))
        self._remind(shift(days.unit_due, 3))
        yield "改正后重新报送"
        self._file(self._county.corrected, shift(days.correction_due, -3))
        if self._county.examiners:
            yield "逐级审核，退回、异议、答复，复核"
            self.now = self._at(shift(days.correction_due, -2))
            examine(self._number, self._county.examiners, _ACTOR, self.now)
            self.now = self._at(shift(days.correction_due, -1))
            recheck(self._number, self.now)
            self._deliver()
        yield "汇总成工作簿"
        self.now = self._at(shift(days.correction_due, 1))
        self._workbook = roll_up_units(self._number, self.now)
        if self._appraised():
            yield "考核自评工作，写出评分表"
            self._appraise()
        yield "第二人确认脱敏，审批并公开，读回核对"
        self.now = self._at(shift(days.publication_due, -3))
        if self._tally().accepted:
            seen = RedactionConfirmation(year=self._number, person=CONFIRMER, reason="演示")
            confirm_redacted(seen, self.now)
            form = PublicationDecision(year=self._number, verdict="同意公开", person=APPROVER, reason="演示")
            approve_publication(form, self.now)
            publish_results(PublicationNow(year=self._number), self.now)
        self._deliver()

    def _at(self, day: date) -> datetime:
        return due_instant(day, _MORNING)

    def _open(self) -> None:
        migrate(self._settings.database_url)
        with database() as session:
            roster.save_roster(session, self._county.roster, at=self.now, actor=_ACTOR)
            cycles.open_cycle(
                session, cycle_text(self._county.cycle), self._county.policies, at=self.now, actor=_ACTOR
            )

    def _file(self, files: tuple[tuple[str, Path], ...], day: date) -> None:
        if not files:
            return
        put(files, self._settings.inbox)
        self.now = self._at(day)
        collect_submissions(self._number, self.now)
        evaluate_submissions(self._number, self.now)
        self._deliver()

    def _appraised(self) -> dict[str, Appraisal]:
        """The departments that the policy appraises, by code; none where it has no table."""
        with database() as session:
            row = cycles.cycle_of(session, self._number)
            policies = {each.policy for each in cycles.obligations_of(session, row.id) if each.tier == 1}
            if not any(cycles.policy_of(row, policy).appraisal.items for policy in policies):
                return {}
            return {each.code: each for each in take_appraisals(session, row, self.now)}

    def _appraise(self) -> None:
        stands = self._appraised()
        for code, item, band, score in self._county.judged:
            form = AppraisalJudgement(
                year=self._number,
                department=code,
                item=item,
                band=band,
                score=score,
                version=stands[code].version,
                reason="演示",
                person=APPROVER,
            )
            judge_appraisal(form, self.now)
        appraise_work(self._number, self.now)

    def _remind(self, day: date) -> None:
        self.now = self._at(day)
        remind_units(self._number, self.now)
        self._deliver()

    def _deliver(self) -> None:
        # A moment later: what the step before queued is due by then.
        self.now += timedelta(minutes=1)
        deliver_mails(self.now)

    def _tally(self) -> Tally:
        with database() as session:
            return total(unit_statuses(session, cycles.cycle_of(session, self._number).id))

    def outcome(self) -> dict[str, Any]:
        """The figures of the played cycle, as the last line of the demonstration prints them."""
        with database() as session:
            row = cycles.cycle_of(session, self._number)
            counts = asdict(total(unit_statuses(session, row.id)))
            mails = outbox.count_by_kind(session, row.id, "sent")
        keys = ("expected", "received", "late", "returned", "accepted", "published")
        return {
            "units": {key: counts[key] for key in keys},
            "mails": mails,
            "site": self._settings.site,
            "mailbox": str(self._settings.home / "mails"),
            "archive": self._settings.archive,
            "workbook": self._workbook,
        }

    def story(self) -> list[str]:
        """What a person wants to know beside the figures: who is missing, what lies around unmatched."""
        with database() as session:
            row = cycles.cycle_of(session, self._number)
            departments = by_department(unit_statuses(session, row.id))
            strangers = submissions.unmatched(session, row.id)
            taken = rollups.latest(session, row.id)
            totals = list(rollups.entries_of(session, taken, "totals")) if taken else []
        lines = [_totals_line(totals[-1])] if totals else []
        lines += [f"考核   {each.name}：{each.sentence}" for each in self._appraised().values()]
        lines += [f"未报单位（{d.name}）：{'、'.join(d.missing)}" for d in departments if d.missing]
        if not self._tally().accepted:
            lines.append("没有审核通过的单位，没有可以公开的内容")
        lines += [f"无法对应单位的来件：{file.name}（{file.note}）" for file in strangers]
        return lines

    def problems(self, mailbox: Path) -> list[str]:
        """Every promise of the cycle that was not kept, as sentences; none when all is well."""
        return list(self._problems(mailbox))

    def _problems(self, mailbox: Path) -> Iterator[str]:
        with database() as session:
            row = cycles.cycle_of(session, self._number)
            tally = total(unit_statuses(session, row.id))
            states = outbox.count_by_state(session, row.id)
            _, broken = audit.verify(session)
            publication = publications.proven_publication(session, row.id)
            waiting = judging.pending(session, row.id)
            rolled = rollups.latest(session, row.id)
            stored = [f.sha256 for s in submissions.effective(session, row.id).values() for f in s.files]
        unsent = {state: count for state, count in states.items() if state not in ("sent", "cancelled")}
        if unsent:
            yield f"有邮件没有发出：{unsent}"
        kept = len(list(mailbox.glob("*.eml")))
        if kept != states.get("sent", 0):
            yield f"邮箱里有 {kept} 封邮件，发件记录是 {states.get('sent', 0)} 封"
        if waiting:
            yield f"有 {len(waiting)} 份报送没有审核"
        if tally.accepted != tally.published:
            yield f"通过 {tally.accepted} 家，公开 {tally.published} 家"
        if tally.accepted and publication is None:
            yield "没有读回核对过的公开记录"
        if broken is not None:
            yield f"留痕记录第 {broken} 号不符"
        archive = Archive(self._settings.archive)
        for digest in stored:
            archive.get(digest, 1)
        if not rolled:
            yield "没有保存汇总"
        if not Path(self._workbook).is_file():
            yield f"没有汇总工作簿：{self._workbook}"


def _totals_line(total: Mapping[str, Any]) -> str:
    """The bureau's totals with what they cover, on one line."""
    said = [
        f"{label} {money(Decimal(total['figures'][key][0]))}万元"
        for key, label in AMOUNTS.items()
        if key in total["figures"]
    ]
    return (
        f"汇总   应报 {total['expected']}，计入 {total['counted']}：{'，'.join(said) or '没有可以汇总的数'}"
    )
