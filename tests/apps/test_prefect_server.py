"""`selfeval serve` on this machine: its schedules, run forms, mails, doctor, power cuts and its stop."""

from __future__ import annotations

import json
import os
from datetime import datetime

from apps.deployments import wanted_deployments
from apps.mailbox import Mailbox
from bench.mail_host import fill
from db.cycles import cycle_of, freeze_roster, issue_notice, open_cycle
from db.models import OutboxRow
from db.roster import save_roster
from db.session import transaction
from tests.db.county import DEFINITION, unit
from tests.db.county import at as instant

FORM = {
    "year": 2024, "name": "某县2024年度预算绩效自评", "bureau": "某县财政局", "document_number": "某财绩〔2026〕1号",
    "notice": "2026-03-02", "unit_due": "2026-04-10", "department_due": "2026-04-24",
    "correction_due": "2026-05-15", "publication_due": "2026-06-30", "actor": "某管理员",
}  # fmt: skip


def test_the_run_form_opens_a_cycle_and_refuses_contradictory_dates_with_the_reason(served):
    deployment = served.ask("deployments/name/开启周期/开启周期")
    labels = {each["title"] for each in deployment["parameter_openapi_schema"]["properties"].values()}
    assert labels == {"填写", "演练的时刻"}
    titles = deployment["parameter_openapi_schema"]["definitions"]["CycleForm"]["properties"]
    assert titles["unit_due"]["title"] == "单位报送截止日期" and "national-2020" in titles["policy"]["enum"]
    state = served.run_deployment("开启周期", {"form": FORM | {"unit_due": "2026-05-20"}})
    assert state["type"] == "FAILED"
    assert state["message"] == "主管部门汇总截止（2026-04-24）应不早于单位报送截止（2026-05-20）"
    state = served.run_deployment("开启周期", {"form": FORM})
    assert state["type"] == "COMPLETED", state["message"]
    # The program is installed: no other one goes before each run to fetch the code of its flow.
    assert "Downloading flow code" not in served.log and "RuntimeWarning" not in served.log
    with transaction(served.database) as session:
        assert cycle_of(session, 2024).document_number == "某财绩〔2026〕1号"
    boards = served.ask("artifacts/latest/filter", {})
    found = {board["key"] for board in boards if "某县2024年度" in board["data"]}
    assert found >= {"cycle-board-2024", "waiting-2024"}
    waiting = next(board["data"] for board in boards if board["key"] == "waiting-2024")
    form = served.ask("deployments/name/审批邮件计划/审批邮件计划")["id"]
    assert f"[审批邮件计划](/deployments/deployment/{form}/run)" in waiting


TOLD = """
from prefect.logging import disable_run_logger
from tasks.troubles import tell_of_runs
with disable_run_logger():
    print(tell_of_runs.fn(None), tell_of_runs.fn(None))
"""


def test_a_run_that_failed_is_mailed_to_the_administrators_once_with_its_reason(served):
    # One that died before it began: Prefect still calls it by two English words.
    deployment = served.ask("deployments/name/公开结果/公开结果")
    later = {"type": "SCHEDULED", "state_details": {"scheduled_time": "2099-01-01T00:00:00Z"}}
    body = {"parameters": {"form": {"year": 2025}}, "state": later}
    unbegun = served.ask(f"deployments/{deployment['id']}/create_flow_run", body)
    served.ask(f"flow_runs/{unbegun['id']}/set_state", {"state": {"type": "CRASHED"}, "force": True})
    done = served.do(TOLD, SELFEVAL_DATABASE_URL=served.database, SELFEVAL_ADMIN_EMAILS="a@bureau.example")
    assert done.returncode == 0, done.stdout + done.stderr
    first, again = map(int, done.stdout.split())
    assert first >= 1 and again == 0
    with transaction(served.database) as session:
        mails = {
            mail.subject: mail.text_body for mail in session.query(OutboxRow).filter_by(kind="run_alarm")
        }

    def told_of(run: str) -> str:
        # Before it the year of the latest cycle.
        return next(text for subject, text in mails.items() if subject.endswith(f"年度自评“{run}”没有办成"))

    assert "主管部门汇总截止（2026-04-24）应不早于单位报送截止（2026-05-20）。" in told_of("开启周期 2024")
    assert told_of("公开结果")
    assert all(subject.startswith("【绩效自评】警报：20") for subject in mails)


_VANISHED = """
from datetime import datetime, timedelta
from prefect import get_client
from prefect.states import Running
from db import heartbeats
from flows.tend import tend_runs
from selfeval.workdays import SHANGHAI
from tasks.heartbeat import settle_vanished
from tasks.office import database

at = datetime.now(SHANGHAI)
def sign(run, seen):
    with database() as session:
        heartbeats.beat(session, str(run.id), "值守", host="县局", worker_pid=1, pid=2, at=seen)
with get_client(sync_client=True) as client:
    dead, alive, foreign = (client.create_flow_run(tend_runs, state=Running()) for _ in range(3))
    sign(dead, at - timedelta(minutes=6))
    sign(alive, at - timedelta(minutes=4))
    print("settled", tend_runs(), tend_runs())
    for run in (dead, alive, foreign):
        state = client.read_flow_run(run.id).state
        print(state.name, state.message or "")
with database() as session:
    print("signs", *(str(run.id) in heartbeats.signs(session) for run in (dead, alive)))
    heartbeats.end(session, str(alive.id))
"""


def test_a_run_whose_process_is_silent_is_settled_once_and_others_are_left_alone(served):
    done = served.do(_VANISHED)
    assert done.returncode == 0, done.stdout + done.stderr
    settled, dead, alive, foreign, signs = done.stdout.splitlines()
    # The tick's own two runs had their signs and took them along at their end.
    assert (settled, signs) == ("settled 1 0", "signs False True")
    assert dead.startswith("Crashed 进程中断（最后一次心跳") and "机器 县局" in dead
    assert alive.strip() == foreign.strip() == "Running"


_KILLED = """
import multiprocessing
import os
from datetime import timedelta
from prefect import get_client
from prefect.states import Running
from db import heartbeats
from db.models import OutboxRow
from flows.tend import tend_runs
from tasks.office import clock, database
from tests.tasks.killed import run_body

forked = multiprocessing.get_context("fork")

def run(flow, now, kill_at=0):
    process = forked.Process(target=run_body, args=(f"flows.tend:{flow}", {"now": now}, dict(os.environ), kill_at))
    process.start()
    process.join()
    return process.exitcode

def mails():
    with database() as session:
        return session.query(OutboxRow).filter_by(kind="run_alarm").count()

now = clock(None)
for flow, at in (("tend_runs", now), ("check_steps", now.replace(year=2026, month=3, day=2, hour=12))):
    dead = None
    if flow == "tend_runs":
        with get_client(sync_client=True) as client:
            dead = client.create_flow_run(tend_runs, state=Running()).id
        with database() as session:
            heartbeats.beat(session, str(dead), "值守", host="县局", worker_pid=1, pid=2, at=at - timedelta(minutes=6))
    said = [mails(), run(flow, at, kill_at=1), run(flow, at), mails(), run(flow, at), mails()]
    if dead:
        with get_client(sync_client=True) as client:
            said.append([state.name for state in client.read_flow_run_states(dead)].count("Crashed"))
        with database() as session:
            said.append(str(dead) in heartbeats.signs(session))
    print(*said)
"""


def test_the_watch_killed_at_its_commits_tells_of_everything_once(served, sqlite_url):
    with transaction(sqlite_url) as session:
        open_cycle(session, DEFINITION, {}, at=instant("2026-02-02T09:00"), actor="管理员")
    done = served.do(
        _KILLED,
        SELFEVAL_DATABASE_URL=sqlite_url,
        SELFEVAL_ADMIN_EMAILS="one@a.example,two@a.example",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ended, missed = (line.split() for line in done.stdout.splitlines())
    before, killed, first, after, again, last = ended[:6]
    assert (killed, first, again) == ("-9", "0", "0") and int(before) < int(after) == int(last)
    # Settled once, and its sign of life is gone.
    assert ended[6:] == ["1", "False"]
    # The notice was not issued on its day: one matter, two administrators.
    assert missed == [last, "-9", "0", str(int(last) + 2), "0", str(int(last) + 2)]


def test_mails_go_over_the_server_that_prefect_keeps_when_the_environment_names_none(served, tmp_path):
    kind = served.ask("block_types/slug/selfeval-mail-server")
    assert kind["name"] == "selfeval 邮件服务器"
    url = f"sqlite:///{tmp_path / 'selfeval.db'}"
    mails = fill(url, 3, ("notice",))
    environment = {
        "SELFEVAL_DATABASE_URL": url, "SELFEVAL_HOME": str(tmp_path), "SELFEVAL_MAIL_FROM": "selfeval@bureau.example",
    }  # fmt: skip
    with Mailbox(tmp_path / "received") as mailbox:
        script = (
            "from tasks.mail_server import MailServer; from flows.deliver import deliver_mails;"
            f" MailServer(host='127.0.0.1', port={mailbox.port}, tls='none').save('selfeval');"
            " print('outcome', deliver_mails())"
        )
        done = served.do(script, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
    assert f"outcome {{'sent': {mails}}}" in done.stdout
    assert len(list(mailbox.folder.glob("*.eml"))) == mails


WAKE = """
import json, sys
from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.logging import disable_run_logger
from tasks.legal_clock import record_accounts
from tasks.wake_up import schedule_publication
from datetime import date, datetime
from selfeval.workdays import SHANGHAI
now = datetime(2037, 5, 7, 9, tzinfo=SHANGHAI)
waits = FlowRunFilter(tags={"all_": ["publication-2036"]}, state={"type": {"any_": ["SCHEDULED"]}})
with disable_run_logger(), get_client(sync_client=True) as client:
    for day in sys.argv[1:]:
        if day != "-":
            record_accounts.fn(2036, "101", date.fromisoformat(day), "某财预〔2037〕9号", "经办人", now)
        moment = schedule_publication.fn(2036, now)
        runs = client.read_flow_runs(flow_run_filter=waits)
        print(json.dumps([str(moment), [(str(run.next_scheduled_start_time), run.name) for run in runs]]))
"""


def test_one_run_of_the_publication_waits_for_its_moment_and_moves_with_the_legal_day(
    served, tmp_path, sqlite_url
):
    with transaction(sqlite_url) as session:
        save_roster(session, [unit("101", "某县教育局")], at=instant("2037-02-01T09:00"), actor="管理员")
        # Far off, so that no worker of another test takes the run; 2037 has the weekdays of 2026.
        definition = DEFINITION.replace("2026", "2037").replace("2025", "2036")
        row = open_cycle(session, definition, {}, at=instant("2037-02-02T09:00"), actor="管理员")
        freeze_roster(session, row, at=instant("2037-03-02T09:00"), actor="管理员")
        issue_notice(session, row, at=instant("2037-03-02T09:00"), actor="管理员")
    done = served.do(
        WAKE, "-", "-", "2037-05-06", "2037-05-03",
        SELFEVAL_DATABASE_URL=sqlite_url, SELFEVAL_HOME=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    woken = [
        (moment, [(datetime.fromisoformat(start), name) for start, name in waiting])
        for moment, waiting in map(json.loads, done.stdout.splitlines())
    ]

    def one_run(moment: str, name: str) -> tuple[str, list[tuple[datetime, str]]]:
        return moment, [(datetime.fromisoformat(moment), name)]

    assert woken == [
        # The cycle's own day, asked for twice: one run, seen in the interface under its moment.
        one_run("2037-06-30T09:00:00+08:00", "公开结果 2036（2037-06-30 09:00）"),
        one_run("2037-06-30T09:00:00+08:00", "公开结果 2036（2037-06-30 09:00）"),
        # The accounts are approved: twenty days, the same run moved.
        one_run("2037-05-26T09:00:00+08:00", "公开结果 2036（2037-05-26 09:00）"),
        # And corrected to another day, a Saturday: on the Friday.
        one_run("2037-05-22T09:00:00+08:00", "公开结果 2036（2037-05-22 09:00）"),
    ]


DATES = """
from datetime import date, datetime
from prefect.logging import disable_run_logger
from tasks.amend import amend_dates
from db import cycles
from tasks.close import close_cycle
from tasks.office import database
from tasks.wake_up import schedule_milestones
from selfeval.workdays import SHANGHAI
from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter
import json
now = datetime(2037, 2, 10, 9, tzinfo=SHANGHAI)
waits = FlowRunFilter(state={"type": {"any_": ["SCHEDULED"]}}, name={"like_": " 2036（"})

def waiting(when):
    schedule_milestones.fn(2036, now)
    with get_client(sync_client=True) as client:
        runs = [run for run in client.read_flow_runs(flow_run_filter=waits) if "公开" not in run.name]
    print(json.dumps([when, [run.name for run in sorted(runs, key=lambda run: run.next_scheduled_start_time)]]))

with disable_run_logger():
    waiting("look")
    waiting("look again")
    amend_dates.fn(2036, {"unit_due": date(2037, 4, 17)}, "", "局长", "考试周", False, now)
    waiting("moved")
    with database() as session:
        row = cycles.cycle_of(session)
        cycles.freeze_roster(session, row, at=now, actor="管理员")
        cycles.issue_notice(session, row, at=now, actor="管理员")
    close_cycle.fn(2036, "局长", "不办了", now)
    waiting("closed")
"""


def test_every_day_of_a_cycle_waits_as_one_run_moves_with_its_date_and_goes_with_the_cycle(
    served, tmp_path, sqlite_url
):
    with transaction(sqlite_url) as session:
        save_roster(session, [unit("101", "某县教育局")], at=instant("2037-02-01T09:00"), actor="管理员")
        definition = DEFINITION.replace("2026", "2037").replace("2025", "2036")
        open_cycle(session, definition, {}, at=instant("2037-02-02T09:00"), actor="管理员")
    done = served.do(DATES, SELFEVAL_DATABASE_URL=sqlite_url, SELFEVAL_HOME=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    waited = dict(map(json.loads, done.stdout.splitlines()))
    first = waited["look"]
    assert first[:2] == ["通知印发 2036（2037-03-02 09:00）", "单位报送截止 2036（2037-04-10 17:30）"]
    assert len(first) == 4 and waited["look again"] == first
    assert waited["moved"] == [first[0], "单位报送截止 2036（2037-04-17 17:30）", *first[2:]]
    assert waited["closed"] == []


IDLE = """
from prefect import get_client
from tasks.office import clock
from tasks.troubles import idle_schedules
with get_client(sync_client=True) as client:
    print("idle", len(idle_schedules(client, clock(None))))
"""


def test_every_schedule_gets_scheduled_runs(served):
    waiting = {entry.name for entry in wanted_deployments() if entry.schedules}

    def all_scheduled() -> bool:
        for name in list(waiting):
            asked = {
                "deployments": {"name": {"any_": [name]}},
                "flow_runs": {
                    "state": {"type": {"any_": ["SCHEDULED"]}},
                    "tags": {"all_": ["auto-scheduled"]},
                },
            }
            if served.ask("flow_runs/count", asked):
                waiting.remove(name)
        return not waiting

    assert waiting and not all_scheduled()
    served.resume_schedules()
    # The scheduler has a loop of its own: ask until it has run.
    served.until(all_scheduled, every=1)
    # What was registered a few minutes ago has not had its turn twice.
    done = served.do(IDLE)
    assert (done.returncode, done.stdout) == (0, "idle 0\n"), done.stderr


def test_the_doctor_finds_the_server_by_itself_and_names_what_is_not_as_it_should_be(served):
    def doctor() -> tuple[int, list[dict[str, str]]]:
        done = served.run("-m", "apps.cli", "doctor", "--json", PREFECT_API_URL="", PREFECT_HOME="")
        return done.returncode, json.loads(done.stdout)

    _, checks = doctor()
    control = {check["area"]: check for check in checks if check["area"] in ("Prefect", "计划", "工作进程")}
    assert [check["health"] for check in control.values()] == ["ok"] * 3, control
    # The mail server that an earlier test has kept in Prefect, without a sender in the environment.
    sending = next(check for check in checks if check["area"] == "发信")
    assert sending["health"] == "error" and "SELFEVAL_MAIL_FROM" in sending["sentence"]
    gone, stopped, renamed = (
        served.ask(f"deployments/name/{name}/{name}") for name in ("汇总", "催报", "发送邮件")
    )
    served.tell(f"deployments/{gone['id']}", "DELETE")
    served.tell(
        f"deployments/{stopped['id']}/schedules/{stopped['schedules'][0]['id']}", "PATCH", {"active": False}
    )
    served.tell(
        f"deployments/{served.ask('deployments/name/收集报送/收集报送')['id']}", "PATCH", {"paused": True}
    )
    served.ask(
        f"deployments/{renamed['id']}/schedules",
        [{"slug": "old", "schedule": {"cron": "0 3 * * *", "timezone": "Asia/Shanghai"}, "active": True}],
    )
    code, checks = doctor()
    said = {check["sentence"]: check["health"] for check in checks if check["area"] == "计划"}
    assert code == 1
    assert said == {
        "Prefect 里缺少1个部署：汇总": "error",
        "“催报”的定时计划被停用，到时间不会运行": "note",
        "“收集报送”被暂停，到时间不会运行": "note",
        "“发送邮件”另有一个定时计划（old）“0 3 * * *”，会多运行": "note",
    }


def test_after_a_power_cut_the_next_start_finds_the_same_state_and_a_stop_leaves_no_process(served):
    before = served.schedules()
    second = served.run("-m", "apps.cli", "serve", "--port", "1", PREFECT_API_URL="")
    assert second.returncode == 1 and "已有一个 selfeval serve 在运行" in second.stderr
    family = served.cut_power()
    assert len(family) >= 3  # service, server, worker
    served.start()
    # What a person has switched off stays off, nothing is doubled, and what was missing is back.
    assert served.schedules() == before | {"汇总": [("roll-up", "0 18 * * *", True)]}
    assert served.ask("deployments/name/收集报送/收集报送")["paused"]
    state = served.run_deployment(
        "开启周期", {"form": FORM | {"year": 2023, "document_number": "某财绩〔2026〕2号"}}
    )
    assert state["type"] == "COMPLETED", state["message"]
    family = served.family()
    assert served.stop() == 0
    assert "已停止" in served.said
    assert not [pid for pid in family if os.path.exists(f"/proc/{pid}")]  # noqa: PTH110
    assert "运行“开启周期 2023”" in served.log and "Traceback" not in served.said
