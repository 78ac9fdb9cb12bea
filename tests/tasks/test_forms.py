"""The run forms: every field in Chinese, choices and dates, and what they decide is what the commands decide."""

from __future__ import annotations

import inspect
import re
from typing import get_type_hints

import pytest
from prefect.utilities.callables import parameter_schema
from prefect.utilities.importtools import import_object
from pydantic import BaseModel, ValidationError

from apps.deployments import wanted_deployments
from db import cycles
from flows.arrivals import Assigning
from flows.cycle_decisions import _DUTIES, CycleAmendment, DutyDecision, amend_cycle
from flows.examine import return_examined
from selfeval.cycle import Duty
from selfeval.refusal import Refusal
from tasks.amend import amend_dates
from tasks.close import close_cycle, closed_words, reopen_cycle
from tests.tasks.conftest import instant, unit

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _forms() -> list[type[BaseModel]]:
    found = []
    for wanted in wanted_deployments():
        hints = get_type_hints(import_object(wanted.entrypoint).fn)
        found += [each for each in hints.values() if inspect.isclass(each) and issubclass(each, BaseModel)]
    return found


def test_every_form_has_chinese_titles_and_no_field_that_asks_for_an_hour():
    forms = _forms()
    assert len(forms) > 20
    for form in forms:
        schema = form.model_json_schema()
        assert _CHINESE.search(schema["title"]) and _CHINESE.search(schema["description"]), form
        for name, field in schema["properties"].items():
            assert _CHINESE.search(field["title"]), (form, name)
            assert "date-time" not in str(field), (form, name)


def test_whoever_registers_the_deployments_gets_forms_that_say_in_chinese_how_to_fill_them_in():
    for wanted in wanted_deployments():
        for field in parameter_schema(import_object(wanted.entrypoint)).properties.values():
            assert _CHINESE.search(field["title"]) and _CHINESE.search(field["description"]), wanted.name
    amending = parameter_schema(amend_cycle).properties["form"]["description"]
    # The words of the form itself, and those on what the page says in English.
    assert "先选“只看会改变什么”运行一次" in amending and "(Optional)" in amending and "date" in amending
    assert "Add item" in parameter_schema(return_examined).properties["form"]["description"]


def test_what_a_schedule_starts_before_any_cycle_is_opened_ends_well_and_says_so(bureau):
    on_schedule = []
    for wanted in wanted_deployments():
        flow = import_object(wanted.entrypoint)
        if wanted.schedules and "year" in flow.parameters.properties:
            on_schedule.append(wanted.name)
            ended = flow.fn()
            assert ended.is_completed() and "还没有开放的周期" in ended.message
    assert len(on_schedule) > 5


def test_a_form_that_lacks_its_person_or_offers_another_choice_is_refused_before_anything_runs():
    given = {"year": 2025, "unit_code": "101", "duty": "免报", "reason": "新设立"}
    with pytest.raises(ValidationError, match="person"):
        DutyDecision(**given)
    with pytest.raises(ValidationError, match="duty"):
        DutyDecision(**given | {"person": "局长", "duty": "随便"})
    with pytest.raises(ValidationError, match="numbers"):
        Assigning(numbers=[], unit_code="101", reason="电话核实", person="某人")
    assert set(_DUTIES.values()) == set(Duty)
    assert CycleAmendment(year=2025, reason="考试周", person="局长").action == "只看会改变什么"


def test_a_correction_is_looked_at_without_changing_anything_and_then_made(bureau):
    bureau.open(unit("101", "某县教育局"))
    bureau.issue()
    days = {"unit_due": instant("2026-04-17T09:00").date()}

    def correct(preview: bool) -> list[str]:
        return amend_dates.fn(2025, days, "", "局长", "考试周", preview, instant("2026-03-05T09:00"))

    looked = correct(preview=True)
    assert "告知日期改变的单位：1家" in looked and not bureau.outbox("101").keys() & {("amended", "A1")}
    made = correct(preview=False)
    assert "告知日期改变的单位：1家，邮件已进入待发" in made and ("amended", "A1") in bureau.outbox("101")
    with bureau.transaction() as session:
        assert str(cycles.value_of(cycles.cycle_of(session)).milestones.unit_due) == "2026-04-17"
    with pytest.raises(Refusal, match="没有不同之处"):
        correct(preview=False)


def test_a_close_names_what_is_open_and_is_taken_back(bureau):
    bureau.open(unit("101", "某县教育局"))
    bureau.issue()
    closed = close_cycle.fn(2025, "局长", "进入公开阶段", instant("2026-06-30T18:00"))
    assert closed_words(closed)[1] == "关闭时仍有：未报送1家"
    assert "2025" in reopen_cycle.fn(2025, "局长", "还有补报", instant("2026-07-01T09:00"))
