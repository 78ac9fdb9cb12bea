"""The control room on a real server: names and tags of runs, events, an automation of the bureau's own, the guard
against foreign pages."""

from __future__ import annotations

import json
import re
import shutil
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from apps.county import example_county
from db.cycles import open_cycle
from db.models import CycleRow, Obligation, OutboxRow
from db.roster import save_roster
from db.session import transaction
from selfeval.cycle_file import cycle_text
from tasks.events import Happening
from tasks.intake import SETTLED
from tests.apps.served import Served
from tests.conftest import ROOT
from tests.db.county import at

EXAMPLES = ROOT / "examples"
GUIDE = (ROOT / "docs" / "control-room.md").read_text(encoding="utf-8")
UNIT = "203002"


@pytest.fixture(scope="module")
def served(served: Served) -> Served:
    """The served bureau with the example county: its notice was approved and issued by the forms, one unit files."""
    county = example_county(EXAMPLES)
    with transaction(served.database) as session:
        save_roster(session, county.roster, at=at("2026-02-02T09:00"), actor="管理员")
        open_cycle(
            session, cycle_text(county.cycle), county.policies, at=at("2026-02-02T09:00"), actor="管理员"
        )
    for name, form in (
        ("审批邮件计划", {"year": 2025, "verdict": "同意发出", "person": "局长"}),
        ("印发通知", {"year": 2025, "person": "经办人"}),
    ):
        state = served.run_deployment(name, {"form": form})
        assert state["type"] == "COMPLETED", state["message"]
    place = next(each for each in (served.home / "inbox").iterdir() if each.name.startswith(UNIT))
    for original in (EXAMPLES / "filings" / "first" / UNIT).iterdir():
        shutil.copy(original, place)
    return served


def _filing(served: Served) -> list[Path]:
    files = [path for path in (served.home / "inbox").glob(f"{UNIT}*/*") if path.is_file()]
    assert files
    return files


def _came(path: Path) -> float:
    state = path.stat()
    return max(state.st_mtime, state.st_ctime)


def _events(served: Served, happening: str) -> list[dict[str, Any]]:
    asked = {"filter": {"event": {"name": [happening]}}, "limit": 50}
    return served.ask("events/filter", asked)["events"]


def _runs(served: Served, **asked: Any) -> list[dict[str, Any]]:
    return served.ask("flow_runs/filter", {"flow_runs": asked, "sort": "EXPECTED_START_TIME_DESC"})


def test_the_guide_names_every_event_and_no_other():
    assert set(re.findall(r"`(selfeval\.[a-z.]+[a-z])`", GUIDE)) == {each.value for each in Happening}


def test_a_page_of_another_site_changes_nothing_on_the_server(served):
    # What a browser would send for a foreign page: the right address, and none of the tokens of our own pages.
    with pytest.raises(urllib.error.HTTPError) as refused:
        served.send("flow_runs/", "POST", {}, {"Content-Type": "application/json"})
    assert refused.value.code == 403 and b"CSRF" in refused.value.read()


def test_the_pages_of_the_interface_are_in_the_home_and_not_among_the_programs(served):
    # Where the service runs as an account without rights, as it should, it cannot write there and had no interface.
    page = (served.home / "prefect" / "ui" / "v1" / "index.html").read_bytes()
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/") as answer:
        assert answer.read() == page and b"<html" in page


def test_a_run_says_in_its_name_what_it_did_and_is_found_by_stage_and_cycle(served):
    with transaction(served.database) as session:
        owing = session.query(Obligation).filter_by(duty="required").count()
    [notice] = _runs(served, name={"like_": "印发通知 2025"})
    assert re.fullmatch(r"印发通知 2025 · \d+封", notice["name"]) and owing
    assert {"通知", "cycle:2025"} <= set(notice["tags"])
    # What a command does carries the same marks as what a form does.
    done = served.run("-m", "apps.cli", "run", "roll-up", SELFEVAL_DATABASE_URL=served.database)
    assert done.returncode == 0, done.stdout + done.stderr
    [by_command] = _runs(served, name={"like_": "汇总 2025 · 第1次"}, deployment_id={"is_null_": True})
    assert {"汇总", "cycle:2025"} <= set(by_command["tags"])


def test_an_automation_of_the_guide_judges_a_filing_as_soon_as_it_is_received(served):
    trigger = json.loads(re.search(r"```json\n(.*?)```", GUIDE, re.DOTALL).group(1))
    judge = served.ask("deployments/name/审核评分/审核评分")
    made = served.ask(
        "automations/",
        {
            "name": "收到就审",
            "trigger": trigger,
            "actions": [{"type": "run-deployment", "source": "selected", "deployment_id": judge["id"]}],
        },
    )
    # Whole: nobody is copying it any more.
    served.until(lambda: all(time.time() - _came(path) > SETTLED.total_seconds() for path in _filing(served)))
    state = served.run_deployment("收集报送", {})
    assert state["type"] == "COMPLETED", state["message"]
    # A schedule states no parameters either, and yet its runs are found by their cycle.
    [collected] = _runs(served, name={"like_": "收集报送 2025 · 1份报送"})
    assert collected["parameters"] == {} and {"收集", "cycle:2025"} <= set(collected["tags"])

    def received() -> list[dict[str, Any]]:
        return _events(served, Happening.RECEIVED)

    served.until(lambda: bool(received()))
    [event] = received()
    assert event["resource"]["prefect.resource.id"] == f"selfeval.unit.2025.{UNIT}"
    assert (event["payload"]["unit"], event["payload"]["version"]) == (UNIT, 1)
    assert {"prefect.resource.id": "selfeval.cycle.2025", "prefect.resource.role": "cycle"}.items() <= dict(
        event["related"][0]
    ).items()
    # Nothing in it says who anybody is.
    assert "@" not in json.dumps(event["payload"]) and not re.search(r"1[3-9]\d{9}", str(event["payload"]))
    # The automation has started a run of the judging by itself.
    served.until(
        lambda: any(
            run["created_by"] and run["created_by"]["id"] == made["id"]
            for run in _runs(served, deployment_id={"any_": [judge["id"]]})
        )
    )
    served.until(lambda: bool(_events(served, Happening.ACCEPTED) + _events(served, Happening.RETURNED)))
    with transaction(served.database) as session:
        kinds = {mail.kind for mail in session.query(OutboxRow).filter_by(unit_code=UNIT)}
    assert kinds & {"accepted", "returned"} and "receipt" in kinds


def test_the_form_shows_what_judging_again_would_change_and_refuses_what_the_notice_told(served):
    form = {"year": 2025, "policy": "huaihua-2023", "reason": "上级调整", "person": "局长"}
    state = served.run_deployment("重新评判", {"form": form})
    assert state["type"] == "FAILED" and "通知印发以后不能再改" in state["message"]
    state = served.run_deployment("重新评判", {"form": form | {"policy": "现行政策"}})
    assert state["type"] == "COMPLETED", state["message"]
    assert state["message"].startswith("没有改变任何东西") and "结果有变化的0家" in state["message"]
    boards = {each["key"]: each["data"] for each in served.ask("artifacts/latest/filter", {})}
    assert "重新评判会改变什么（还没有改变）" in boards["rejudge-2025"]


def test_the_bulletin_of_the_filings_stands_among_the_papers_where_the_run_says(served):
    state = served.run_deployment("填报情况通报", {"form": {"year": 2025}})
    assert state["type"] == "COMPLETED", state["message"]
    paths = [Path(path) for path in state["message"].removeprefix("已写入：").split("；")]
    assert [path.suffix for path in paths] == [".docx", ".xlsx"] and all(path.is_file() for path in paths)


def test_reminders_of_late_units_are_events_on_the_units_and_stand_in_the_name_of_the_run(served):
    # The notice went out on its day; now is a working day after the due day, at the hour of the policy.
    with transaction(served.database) as session:
        session.query(CycleRow).one().notice_issued_at = at("2026-03-02T09:00")
    state = served.run_deployment("催报", {"year": 2025, "now": "2026-04-13T09:05:00+08:00"})
    assert state["type"] == "COMPLETED", state["message"]
    [run] = [run for run in _runs(served, name={"like_": "催报 2025 · "}) if "家" in run["name"]]
    assert re.match(r"催报 2025 · 第6步 · \d+家 · 通报\d+个部门", run["name"])
    assert {"催报", "cycle:2025"} <= set(run["tags"])
    served.until(lambda: bool(_events(served, Happening.LATE)))
    told = _events(served, Happening.LATE)
    assert {each["payload"]["step"] for each in told} == {"T+1"}
    assert f"selfeval.unit.2025.{UNIT}" not in {each["resource"]["prefect.resource.id"] for each in told}


TELL = """
from db.models import Unit
from tasks.events import MOST_AT_ONCE, Happening, tell_of_units, tell_when_committed
from tasks.office import database

for count in (MOST_AT_ONCE + 1, 2):
    tell_of_units(Happening.LATE, 2031, [(f"{number:04}", {"step": "T+1"}) for number in range(count)])
for fails in (True, False):
    try:
        with database() as session:
            tell_when_committed(session, Happening.RETURNED, 2031, str(fails), {})
            session.query(Unit).count()
            if fails:
                raise RuntimeError
    except RuntimeError:
        pass
"""


def test_a_wave_over_a_province_is_one_event_and_what_was_rolled_back_is_none(served):
    done = served.do(TELL, SELFEVAL_DATABASE_URL=served.database)
    assert done.returncode == 0, done.stdout + done.stderr

    def told(happening: str) -> list[dict[str, Any]]:
        return [each["payload"] for each in _events(served, happening) if each["payload"]["year"] == 2031]

    served.until(lambda: bool(told(Happening.RETURNED)) and len(told(Happening.LATE)) == 3)
    assert [each["unit"] for each in told(Happening.RETURNED)] == ["False"]
    assert sorted(each.get("count", 1) for each in told(Happening.LATE)) == [1, 1, 201]


def test_of_the_runs_missed_while_nothing_worked_the_last_is_made_up_and_what_a_person_asked_for(served):
    collect = served.ask("deployments/name/收集报送/收集报送")
    served.tell("work_pools/selfeval", "PATCH", {"is_paused": True})
    try:
        now = datetime.now(UTC)
        # Three hours without a worker: what its schedule has put there, and a run that a person asked for.
        since = {
            "start_time": str(now - timedelta(hours=3)),
            "end_time": str(now),
            "min_runs": 1,
            "max_runs": 50,
        }
        served.tell(f"deployments/{collect['id']}/schedule", "POST", since)
        asked = {"type": "SCHEDULED", "state_details": {"scheduled_time": str(now - timedelta(hours=2))}}
        by_hand = served.ask(f"deployments/{collect['id']}/create_flow_run", {"state": asked})

        def missed() -> dict[str, bool]:
            runs = _runs(
                served,
                deployment_id={"any_": [collect["id"]]},
                state={"type": {"any_": ["SCHEDULED"]}},
                expected_start_time={"before_": str(now)},
            )
            return {run["id"]: run["auto_scheduled"] for run in runs}

        before = missed()
        assert sum(before.values()) > 3 and not before[by_hand["id"]]
        done = served.do("from apps.registration import forget_missed; print('forgot', forget_missed())")
        assert done.returncode == 0, done.stdout + done.stderr
        left = missed()
        [last] = [run for run, automatic in left.items() if automatic]
        assert by_hand["id"] in left and last == next(run for run, automatic in before.items() if automatic)
        assert int(done.stdout.split()[-1]) >= sum(before.values()) - 1
    finally:
        served.tell("work_pools/selfeval", "PATCH", {"is_paused": False})


STAGES = """
from apps.stages import STAGES, run_stage
from selfeval.refusal import Refusal
for name in STAGES:
    try:
        print(run_stage(name, None)[1])
    except Refusal as refusal:
        print(f"{STAGES[name].name}：{refusal}")
"""


def test_every_stage_that_a_command_runs_says_in_a_sentence_what_it_did(served):
    done = served.do(STAGES, SELFEVAL_DATABASE_URL=served.database)
    assert done.returncode == 0, done.stdout + done.stderr
    said = dict(line.split("：", 1) for line in done.stdout.splitlines())
    assert said.keys() == {
        "印发通知", "收集报送", "审核评分", "催报", "管理员日报", "发送邮件", "汇总", "公开准备", "复查公开网站", "公开结果",
    }  # fmt: skip
    assert said["印发通知"] == "通知此前都已备好，没有重复" and "审批" in said["公开结果"]
    # In the interface it stands as the message of the run.
    [judged] = _runs(served, name={"like_": "审核评分 2025"}, deployment_id={"is_null_": True})
    assert judged["state"]["message"] == said["审核评分"]
    # No word of the program: a path, an address or a command at most.
    for sentence in said.values():
        assert not re.search(r"[A-Za-z_{}']", re.sub(r"\S*/\S*|selfeval [a-z ]+", "", sentence)), sentence


def test_a_command_whose_server_disk_or_database_is_not_there_says_so_in_a_sentence(served, tmp_path):
    def said(stage: str, **environment: str) -> str:
        done = served.run("-m", "apps.cli", "run", stage, **environment)
        assert done.returncode == 1, done.stderr
        return done.stderr.splitlines()[-1]

    away = "http://127.0.0.1:1/api"
    told = said("evaluate", PREFECT_API_URL=away)
    assert told.startswith(
        f"错误：审核评分没有办成：连不上 Prefect 服务器 {away}（那台机器的这个端口上没有程序在运行）"
    )
    gone = "postgresql+psycopg://selfeval:secret@127.0.0.1:1/selfeval"
    told = said("evaluate", SELFEVAL_DATABASE_URL=gone)
    assert (
        told.startswith("错误：审核评分没有办成：那台机器的这个端口上没有程序在运行。")
        and "secret" not in told
    )
    (tmp_path / "letters").write_bytes(b"")
    told = said("roll-up", SELFEVAL_PAPERS=str(tmp_path / "letters" / "of the year"))
    assert "路径中间有一段是文件，不是文件夹" in told


def test_the_doctor_calls_a_run_that_died_before_it_began_by_its_stage(served):
    # The sentence names three kinds of runs: those that failed in tests before are cleared away.
    for run in _runs(served, state={"type": {"any_": ["FAILED", "CRASHED"]}}):
        served.tell(f"flow_runs/{run['id']}", "DELETE")
    # Prefect still calls it by two English words.
    later = {
        "type": "SCHEDULED",
        "state_details": {"scheduled_time": str(datetime.now(UTC) + timedelta(hours=1))},
    }
    waiting = served.ask("deployments/name/公开结果/公开结果")
    body = {"parameters": {"form": {"year": 2025}}, "state": later}
    unbegun = served.ask(f"deployments/{waiting['id']}/create_flow_run", body)
    served.ask(f"flow_runs/{unbegun['id']}/set_state", {"state": {"type": "CRASHED"}, "force": True})
    done = served.run("-m", "apps.cli", "doctor", "--json", SELFEVAL_DATABASE_URL=served.database)
    [told] = [
        check["sentence"] for check in json.loads(done.stdout) if "失败或中断的运行" in check["sentence"]
    ]
    assert unbegun["name"] not in told and "公开结果 1次" in told


REGISTER = "from apps.registration import register_all; print('registered', register_all())"


def _register(served: Served) -> int:
    done = served.do(REGISTER)
    assert done.returncode == 0, done.stdout + done.stderr
    return int(done.stdout.split()[-1])


def _deployments(served: Served) -> dict[str, dict[str, Any]]:
    """Each by its name, without what the worker's asking for runs changes."""
    polled = {"last_polled": None, "status": None}
    return {entry["name"]: entry | polled for entry in served.ask("deployments/filter", {})}


def test_registering_again_touches_nothing_that_stands(served):
    before = _deployments(served)
    assert len(before) > 40 and _register(served) == 0
    assert _deployments(served) == before


@pytest.mark.parametrize(
    "altered",
    [
        {"description": "别的说明"},
        {"tags": ["别的"]},
        {"parameters": {"now": "2020-01-01T00:00:00+08:00"}},
        {"job_variables": {"command": "true"}},
        {"concurrency_limit": 5},
        {"enforce_parameter_schema": False},
        {"parameter_openapi_schema": {"title": "Parameters", "type": "object", "properties": {}}},
        {"version": "of an earlier program"},
        {"schedules": [{"slug": "roll-up", "schedule": {"cron": "0 3 * * *", "timezone": "Asia/Shanghai"}}]},
        {"schedules": [{"slug": "roll-up", "schedule": {"cron": "0 18 * * *", "timezone": "UTC"}}]},
    ],
    ids=lambda altered: next(iter(altered)),
)
def test_what_was_altered_on_the_server_is_put_right_and_a_pause_stays(served, altered):
    before = _deployments(served)["汇总"]
    served.tell(f"deployments/{before['id']}", "PATCH", altered)
    assert _deployments(served)["汇总"] != before and _register(served) == 1
    after = _deployments(served)["汇总"]
    same = ("description", "tags", "parameters", "job_variables", "version", "paused", "entrypoint")
    same += ("parameter_openapi_schema", "enforce_parameter_schema", "concurrency_options")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert after["paused"] and after["global_concurrency_limit"]["limit"] == 1
    assert [(each["slug"], each["schedule"], each["active"]) for each in after["schedules"]] == [
        (each["slug"], each["schedule"], each["active"]) for each in before["schedules"]
    ]


def test_a_schedule_of_the_bureaus_own_and_one_that_it_switched_off_outlive_a_new_program(served):
    # In the interface a schedule gets no slug.
    night = {"schedule": {"cron": "0 2 * * *", "timezone": "Asia/Shanghai"}, "active": True}
    for name in ("结果通报", "公开准备"):
        served.ask(f"deployments/{_deployments(served)[name]['id']}/schedules", [night])
    off = _deployments(served)["公开准备"]
    [ours] = [each for each in off["schedules"] if each["slug"]]
    served.tell(f"deployments/{off['id']}/schedules/{ours['id']}", "PATCH", {"active": False})
    for name in ("结果通报", "公开准备"):
        served.tell(f"deployments/{_deployments(served)[name]['id']}", "PATCH", {"version": "older"})
    assert _register(served) == 2 and _register(served) == 0

    def schedules(name: str) -> list[tuple[str | None, str, bool]]:
        found = _deployments(served)[name]["schedules"]
        return [(each["slug"], each["schedule"]["cron"], each["active"]) for each in found]

    assert schedules("结果通报") == [(None, "0 2 * * *", True)]
    assert sorted(schedules("公开准备"), key=str) == [
        ("prepare-publication", "20,50 8-19 * * *", False),
        (None, "0 2 * * *", True),
    ]
    # The bureau takes its own back and switches the other on again, as the tests of the same server find it.
    for name in ("结果通报", "公开准备"):
        entry = _deployments(served)[name]
        for each in entry["schedules"]:
            at = f"deployments/{entry['id']}/schedules/{each['id']}"
            if each["slug"]:
                served.tell(at, "PATCH", {"active": True})
            else:
                served.tell(at, "DELETE")
    assert schedules("结果通报") == []
    assert schedules("公开准备") == [("prepare-publication", "20,50 8-19 * * *", True)]
