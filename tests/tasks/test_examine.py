"""The levels of the example county by command: in order, in batches, with a return that is objected to."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner

from apps.cli import main
from apps.demo import EXAMPLES
from db import cycles
from flows.examine import Acceptance, ObjectionAnswer, ObjectionForm, SendingBack
from selfeval.readiness import DepartmentReadiness
from selfeval.refusal import Refusal
from tasks.call_examiners import queue_examiner_calls
from tasks.prepare_publication import outlook
from tasks.publish import decide_publication
from tasks.rehearse import plan_of
from tasks.remind import queue_reminders
from tests.tasks.conftest import instant

DEPARTMENT, SECTION, BUREAU = "沈见山", "宋临溪", "陆承舟"
UNIT, DOUBTED, CLEAN = "203", "203002", "203005"


def review(*arguments: str):
    result = CliRunner().invoke(main, ["review", *arguments, "--json"])
    assert "Traceback" not in result.output
    return json.loads(result.output) if result.exit_code == 0 else result.output


@pytest.fixture
def examined(bureau, monkeypatch):
    """The county with levels, three filings of the water department accepted by the machine, examiners known."""

    def make() -> None:
        bureau.open_examples(examined=True)
        for code in (UNIT, DOUBTED, CLEAN):
            bureau.file("first", code)
        assert bureau.round("2026-04-01T10:00")["accepted"] == 3
        assert len(review("people", "--import", str(EXAMPLES / "examiners.xlsx"))["people"]) == 8

    bureau.bring("with three to examine", make)
    for name in ("examine", "objections"):
        monkeypatch.setattr(f"tasks.{name}.clock", lambda now: instant("2026-04-02T09:00"))
    return bureau


def waits(code: str) -> str | None:
    return next((each["level"] for each in review("list")["waiting"] if each["code"] == code), None)


def readiness(bureau) -> DepartmentReadiness:
    with bureau.transaction() as session:
        found = outlook(session, cycles.cycle_of(session)).departments
    return next(each for each in found if each.code == "203")


def test_every_level_accepts_before_anything_is_published_and_the_list_names_whose_word_is_missing(examined):
    assert (waits(CLEAN), waits(UNIT)) == ("主管部门", "归口业务科室")
    with pytest.raises(Refusal, match="没有可以公开的内容"):
        decide_publication.fn(2025, True, "局长", "", instant("2026-04-02T10:00"))
    water = readiness(examined)
    assert water.accepted == 0
    assert any("东干渠灌区服务站（待主管部门审核：主管部门 沈见山）" in name for name in water.missing)
    assert "现在应由主管部门审核" in review("accept", CLEAN, "--by", SECTION)
    done = review("accept", "--department", "203", "--by", DEPARTMENT)
    assert [each["code"] for each in done["accepted"]] == [CLEAN]
    assert [(each["code"], each["why"]) for each in done["left"]] == [(DOUBTED, "有疑点1项，请逐家审核")]
    done = review("accept", "--department", "203", "--by", SECTION)
    assert {each["code"] for each in done["accepted"]} == {UNIT, CLEAN} and done["left"] == []
    assert len(review("accept", UNIT, CLEAN, "--by", BUREAU)["accepted"]) == 2
    assert (waits(CLEAN), waits(UNIT), waits(DOUBTED)) == (None, None, "主管部门")
    examined.deliver("2026-04-02T09:01")
    assert (
        sum("已逐级审核同意" in mail["Subject"] for mail in examined.mails()) == 3
    )  # the department has two
    assert readiness(examined).accepted == 2
    assert [each["stands"] for each in review("status", CLEAN)["decisions"]] == ["有效"] * 3


def test_a_return_is_mailed_with_reasons_person_and_day_and_the_new_version_begins_again(examined):
    assert "不认识的退回原因" in review(
        "return", DOUBTED, "--code", "S99", "--remark", "x", "--by", DEPARTMENT
    )
    sent = review(
        "return", DOUBTED, "--code", "S1", "--code", "S2", "--remark", "库容数据无佐证", "--by", DEPARTMENT
    )
    assert sent["reasons"] == ["数据不实", "佐证材料不足"] and sent["reply_due"].startswith(
        "2026-05-15T17:30"
    )
    examined.deliver("2026-04-02T09:01")
    mail = examined.mails()[-1]
    text = mail.get_body(("plain",)).get_content()
    for said in (
        "退回修改",
        "数据不实、佐证材料不足",
        "库容数据无佐证",
        DEPARTMENT,
        "2026年5月15日",
        "提出异议",
    ):
        assert said in text
    queue_reminders.fn(2025, instant("2026-05-14T09:00"))
    examined.deliver("2026-05-14T09:01")
    called = [m.get_body(("plain",)).get_content() for m in examined.mails() if "重新报送" in m["Subject"]]
    assert any("审核意见：数据不实、佐证材料不足：库容数据无佐证" in text for text in called)
    [paper] = (examined.inbox / DOUBTED).iterdir()
    from tests.tasks.test_recheck import other_bytes

    examined.put(f"{DOUBTED}/{paper.name}", other_bytes(paper.read_bytes()))
    examined.round("2026-05-14T10:00")
    assert waits(DOUBTED) == "主管部门"


def test_an_objection_is_mailed_to_both_sides_and_upheld_it_takes_the_return_back(examined):
    assert "没有可以异议的决定" in review("object", DOUBTED, "--words", "不服", "--from", "梁听松")
    review("return", DOUBTED, "--code", "S1", "--remark", "库容数据无佐证", "--by", DEPARTMENT)
    raised = review("object", DOUBTED, "--words", "佐证在附件二", "--from", "梁听松")
    assert raised["answer_due"].startswith("2026-04-08T17:30")  # 3 working days; 4 to 6 April are days off
    assert review("list")["objections"][0]["words"] == "佐证在附件二"
    examined.deliver("2026-04-02T09:01")
    told = {mail["To"].addresses[0].addr_spec for mail in examined.mails() if "异议已登记" in mail["Subject"]}
    assert told == {"bangong@smsk.qinghexian.example", "shenhe@slj.qinghexian.example"}
    assert "应由主管部门审核" in review("answer", DOUBTED, "--upheld", "--reason", "x", "--by", SECTION)
    review("answer", DOUBTED, "--upheld", "--reason", "附件二确有", "--by", DEPARTMENT)
    assert waits(DOUBTED) == "主管部门" and review("list")["objections"] == []
    [line] = review("status", DOUBTED)["decisions"]
    assert line["stands"].startswith("已失效：异议成立") and "佐证在附件二" in line["said"]
    examined.deliver("2026-04-02T09:02")
    assert "异议成立，不需要修改" in examined.mails()[-1]["Subject"]


def test_examiners_hear_once_a_working_day_of_what_newly_waits_and_again_when_it_waits_long(examined):
    def told(when: str) -> dict[str, str]:
        seen = len(examined.mails())
        queue_examiner_calls.fn(2025, instant(when))
        queue_examiner_calls.fn(2025, instant(when))
        examined.deliver(when)
        return {
            mail["To"].addresses[0].addr_spec.partition(".")[0]: mail.get_body(("plain",)).get_content()
            for mail in examined.mails()[seen:]
        }

    assert told("2026-04-02T08:30") == {}
    first = told("2026-04-02T09:00")
    assert first.keys() == {"shenhe@slj", "nongye@czj"}  # a level that is not open yet hears nothing
    department = first["shenhe@slj"]
    assert (
        DOUBTED in department
        and CLEAN in department
        and "疑点1项" in department
        and "S1 数据不实" in department
    )
    assert f"selfeval review accept --department 203 --by {DEPARTMENT}" in department
    assert f"1. 清禾县水利局（{UNIT}，" in first["nongye@czj"] and CLEAN not in first["nongye@czj"]
    review("accept", CLEAN, "--by", DEPARTMENT)
    assert told("2026-04-02T15:00") == {}
    assert told("2026-04-03T09:00").keys() == {"nongye@czj"}
    assert told("2026-04-07T09:00") == {}
    assert told("2026-04-13T09:00").keys() == {"shenhe@slj", "nongye@czj"}


def test_what_waits_for_examiners_is_rehearsed_as_it_goes_out(examined):
    with examined.transaction() as session:
        plan, _ = plan_of(session, cycles.cycle_of(session), instant("2026-04-02T08:00"), date(2026, 4, 3))
    planned = [(mail.at, mail.recipients, mail.why) for mail in plan.mails if mail.kind == "examine_call"]
    assert planned == [
        (instant("2026-04-02T09:00"), ("nongye@czj.qinghexian.example",), "等待宋临溪审核的单位1家"),
        (instant("2026-04-02T09:00"), ("shenhe@slj.qinghexian.example",), "等待沈见山审核的单位2家"),
    ]


def test_a_policy_without_levels_says_so(bureau, county):
    bureau.file("first", DOUBTED)
    bureau.round("2026-04-01T10:00")
    assert "没有设人工审核的层级" in review("accept", DOUBTED, "--by", DEPARTMENT)
    assert "没有设人工审核的层级" in review("status")
    assert review("list")["waiting"] == []


def test_the_forms_speak_chinese():
    for form in (Acceptance, SendingBack, ObjectionForm, ObjectionAnswer):
        fields = form.model_json_schema()["properties"].values()
        assert all("\u4e00" <= field["title"][0] <= "\u9fff" for field in fields)
