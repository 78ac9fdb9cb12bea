"""Every flow with the state that it begins from and what it is given: a person's form, or what a schedule gives."""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import yaml

from flows.appraise import AppraisalJudgement
from flows.arrivals import Assigning, Settling
from flows.cycle_decisions import Closing, CycleAmendment, DutyDecision
from flows.examine import Acceptance, ObjectionAnswer, ObjectionForm, SendingBack
from flows.extend import ExtensionDecision, RequestDismissal
from flows.mail_desk import DoubtfulMail, MailAgain
from flows.notice import NoticeIssue
from flows.open import CycleForm
from flows.papers import BulletinWanted, PapersWanted
from flows.publish import AccountsApproved, PublicationDecision, Withdrawal
from flows.recheck import RecheckResult, SampleDraw
from flows.redact import RedactionConfirmation, RedactionListing, RedactionWord
from flows.rehearse import PlanDecision, Rehearsal
from flows.rejudge import Rejudging
from tests.conftest import ROOT, copy_database
from tests.forked import Forked
from tests.tasks.conftest import Bureau, instant
from tests.tasks.killed import Ended, stands
from tests.tasks.states import BUREAU, CLEAN, DEPARTMENT, RETURNED, SAMPLED, SEED, bring

ADDRESSES = {
    "SELFEVAL_ADMIN_EMAILS": "admin@bureau.example",
    "SELFEVAL_BUREAU_EMAILS": "chief@bureau.example",
}


class Case(NamedTuple):
    """A deployment with the state that it begins from, the instant, and its form (a dict: its arguments)."""

    name: str
    state: str
    when: str
    given: Any


YEAR = {"year": 2025}
CASES = (
    Case("开启周期", "listed", "2026-02-02T09:00", CycleForm(
        year=2025, name="清禾县2025年度预算绩效自评", bureau="清禾县财政局", document_number="清财绩〔2026〕1号",
        notice=date(2026, 3, 2), unit_due=date(2026, 4, 10), department_due=date(2026, 4, 24),
        correction_due=date(2026, 5, 15), publication_due=date(2026, 6, 30), actor="管理员",
    )),
    Case("更正周期", "issued", "2026-03-20T09:00", CycleAmendment(
        year=2025, action="确定更正", unit_due=date(2026, 4, 13), reason="系统升级", person="局长")),
    Case("免报等报送义务", "issued", "2026-03-20T09:00", DutyDecision(
        year=2025, unit_code=CLEAN, duty="零报告", reason="当年无支出", person="局长")),
    Case("关闭或重新开启周期", "issued", "2026-05-20T09:00", Closing(
        year=2025, action="关闭周期", reason="今年到此为止", person="局长")),
    Case("关闭或重新开启周期", "closed", "2026-05-20T09:00", Closing(
        year=2025, action="重新开启", reason="还有一家", person="局长")),
    Case("按期办理", "judged", "2026-04-10T17:30", YEAR | {"milestone": "unit_due"}),
    Case("预演", "opened", "2026-02-20T09:00", Rehearsal(year=2025, until=date(2026, 3, 10))),
    Case("审批邮件计划", "opened", "2026-02-20T09:00", PlanDecision(
        year=2025, verdict="同意发出", person="局长")),
    Case("印发通知", "planned", "2026-03-02T09:00", NoticeIssue(year=2025, person="管理员")),
    Case("来件归入单位", "waiting", "2026-04-03T09:00", Assigning(
        numbers=[1, 2], unit_code="101", reason="来电确认", person="经办人")),
    Case("来件办结", "waiting", "2026-04-03T09:00", Settling(numbers=[1, 2], reason="寄错了", person="经办人")),
    Case("重新评判", "outdated", "2026-05-06T09:00", Rejudging(
        year=2025, action="确定重新评判", tell="发邮件告知结果有变化的单位", reason="调整",
        person="局长")),
    Case("催报", "judged", "2026-04-15T09:00", YEAR),
    Case("管理员日报", "judged", "2026-04-15T09:00", YEAR),
    Case("审批延期", "waiting", "2026-04-03T09:00", ExtensionDecision(
        year=2025, unit_code="101002", day=date(2026, 4, 20), verdict="同意延期", reason="搬迁", person="局长")),
    Case("延期申请办结", "waiting", "2026-04-03T09:00", RequestDismissal(
        number=1, reason="已电话答复", person="经办人")),
    Case("核实邮件", "waiting", "2026-04-03T09:00", DoubtfulMail(
        number=1, outcome="未送达，重新发送", person="经办人")),
    Case("补发邮件", "waiting", "2026-04-03T09:00", MailAgain(number=2, reason="说没有收到", person="经办人")),
    Case("汇总", "judged", "2026-04-15T18:00", YEAR),
    Case("审核同意", "judged", "2026-04-02T09:00", Acceptance(year=2025, department="203", person=DEPARTMENT)),
    Case("审核退回", "judged", "2026-04-02T09:00", SendingBack(
        year=2025, unit_code=CLEAN, codes=["S1"], remark="数据无佐证", person=DEPARTMENT)),
    Case("登记异议", "judged", "2026-04-02T09:00", ObjectionForm(
        year=2025, unit_code=RETURNED, words="规则读错了附表", raised_by="梁听松")),
    Case("答复异议", "objected", "2026-04-03T09:00", ObjectionAnswer(
        year=2025, unit_code=RETURNED, verdict="异议成立", reason="附表中确有", person=BUREAU)),
    Case("结果通报", "judged", "2026-04-15T18:00", YEAR),
    Case("填报情况通报", "judged", "2026-04-15T18:00", BulletinWanted(year=2025, day=date(2026, 4, 14))),
    Case("抽取复核样本", "issued", "2026-04-02T09:00", SampleDraw(year=2025, person="钱抽签", seed=SEED)),
    Case("登记复核得分", "drawn", "2026-04-03T09:00", RecheckResult(
        year=2025, unit_code=SAMPLED, score="88.5", reason="佐证材料缺两份", person="孙复核")),
    Case("考核评定", "judged", "2026-05-20T09:00", AppraisalJudgement(
        year=2025, department="203", item="工作小组", band="成立", reason="有文件", person="李四")),
    Case("自评工作考核", "judged", "2026-05-20T09:00", YEAR),
    Case("部门报告和扣分明细", "judged", "2026-05-20T09:00", PapersWanted(year=2025)),
    Case("脱敏清单", "accepted", "2026-06-01T09:00", RedactionListing(year=2025)),
    Case("确认脱敏", "accepted", "2026-06-01T09:00", RedactionConfirmation(year=2025, person="复核员")),
    Case("登记脱敏用词", "accepted", "2026-06-01T09:00", RedactionWord(
        year=2025, word="石门水库", action="一律隐去", person="复核员", reason="安全")),
    Case("审批公开", "confirmed", "2026-06-01T09:00", PublicationDecision(
        year=2025, verdict="同意公开", person="局长")),
    Case("公开准备", "approved", "2026-06-30T09:00", YEAR),
    Case("登记决算批复", "issued", "2026-05-20T09:00", AccountsApproved(
        year=2025, approved_on=date(2026, 5, 18), document_number="清财预〔2026〕9号", person="经办人")),
    Case("撤下公开结果", "published", "2026-06-02T09:00", Withdrawal(
        year=2025, unit_code=CLEAN, reason="附表填错", person="局长")),
    Case("复查公开网站", "altered", "2026-06-02T09:00", YEAR),
)  # fmt: skip
_WATCHED = "tests/apps/test_prefect_server.py::test_the_watch_killed_at_its_commits_tells_of_everything_once"
# Those that are killed elsewhere, since they need a server of some kind or more units than these.
ELSEWHERE = {
    "收集报送": "tests/tasks/mailbox/test_mailbox_faults.py::test_a_poll_killed_around_the_commit_takes_the_mail_in_once_at_the_next",
    "审核评分": "tests/deploy/test_cycle_through_failures.py::"
    "test_a_cycle_of_500_units_survives_a_dead_worker_and_a_server_restart_whole_and_nothing_is_twice",
    "发送邮件": "tests/tasks/test_killed_flows.py::"
    "test_a_killed_sender_sends_nothing_twice_and_leaves_what_is_in_doubt_to_a_person",
    "公开结果": "tests/tasks/test_publication.py::"
    "test_killed_at_any_point_a_second_run_ends_in_the_same_state_and_files",
    # These two ask a Prefect server first.
    "值守": _WATCHED,
    "到期核对": _WATCHED,
}


def _deployments() -> dict[str, str]:
    listed = yaml.safe_load((ROOT / "deploy" / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    return {each["name"]: each["entrypoint"] for each in listed}


ENTRYPOINTS = _deployments()
IDS = [f"{ENTRYPOINTS[case.name].rpartition('.')[2]}-{case.state}" for case in CASES]


def arguments(
    case: Case, later: timedelta = timedelta(0), kill_at: int = 0
) -> tuple[str, dict[str, Any], dict[str, str], int]:
    """What `tests.tasks.killed.work` is given to run a case's flow in this process's environment."""
    module, _, name = ENTRYPOINTS[case.name].rpartition(".")
    given, now = case.given, instant(case.when) + later
    named = {**given, "now": now} if isinstance(given, Mapping) else {"form": given, "now": now}
    return f"{module}:{name}", named, dict(os.environ), kill_at


class Stage:
    """A case whose bureau is put back to the state that it begins from before every run."""

    def __init__(self, case: Case, bureau: Bureau, process: Forked):
        self._case, self._bureau, self._process = case, bureau, process
        bring(bureau, case.state)
        self._begin = bureau.home.with_name(f"{bureau.home.name}-begin")
        shutil.copytree(
            bureau.home, self._begin, ignore=shutil.ignore_patterns("selfeval.db*"), symlinks=True
        )

    def reset(self, url: str) -> None:
        home = self._bureau.home
        for path in home.iterdir():
            if not path.name.startswith(("selfeval.db", "received")):
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        shutil.copytree(self._begin, home, dirs_exist_ok=True, symlinks=True)
        copy_database(url, self._bureau.url)

    def run(self, later: timedelta = timedelta(0)) -> Ended:
        """Run it to its end."""
        return self._process.do(*arguments(self._case, later))

    def killed(self, at: int) -> bool:
        """Whether a run of it died at this point."""
        return self._process.do(*arguments(self._case, kill_at=at)) == -signal.SIGKILL

    def stands(self) -> Counter[str]:
        return stands(self._bureau.url, self._bureau.home)
