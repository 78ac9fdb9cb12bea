"""Judging again: looked at first, then the results that change are replaced, once, and what had stood is kept."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from apps.cli import main
from db import audit, cycles, decisions, rejudging, rollups
from db.board import unit_statuses
from db.models import Evaluation, FormerEvaluation, Objection, Obligation, Submission
from selfeval.cycle import SubmissionState
from selfeval.refusal import Refusal
from tasks.public_content import content_of
from tasks.publish import SUBJECT
from tasks.rejudge import Order, begin_again, judge_again
from tasks.totals import rebuilt, take_totals
from tests.tasks.conftest import instant

FIRST, OTHER, WHEN, NAME = "203002", "101003", "2026-05-06T09:00", "new-policy.toml"


@pytest.fixture
def judged(bureau, county):
    """Two units filed and were judged; their results are in a roll-up and approved for publication."""
    bureau.file("first", FIRST)
    bureau.file("first", OTHER)
    bureau.round("2026-04-01T10:00")
    take_totals.fn(2025, instant("2026-04-01T18:00"))
    with bureau.transaction() as session:
        row = cycles.cycle_of(session)
        decisions.decide(
            session, row, SUBJECT, verdict="approved", person="局长", reason="", content_hash="0" * 64,
            at=instant("2026-04-02T09:00"),
        )  # fmt: skip
        return row.policies[cycles.value_of(row).policy]


def _stricter(text: str) -> str:
    """A grade for itself at the very top, so that nobody keeps its grade, and another version of the policy."""
    assert 'version = "1"' in text and 'label = "优"' in text
    return text.replace('version = "1"', 'version = "2"').replace('label = "优"', 'label = "优秀"')


def _order(text: str | None, **more) -> Order:
    return Order(
        NAME if text else "", text, more.get("done", False), more.get("tell", False), "调整等级", "局长"
    )


def _run(order: Order, when: str = WHEN):
    ids = begin_again.fn(2025, order, instant(when))
    return {each.code: each for each in judge_again.fn(ids, order, instant(when))}


def _results(bureau) -> dict[str, tuple[str, str, str]]:
    with bureau.transaction() as session:
        found = session.query(Submission, Evaluation).join(Evaluation).filter(Submission.effective)
        return {s.unit_code: (s.state, e.policy, e.summary["grade"]) for s, e in found}


def test_a_look_changes_nothing_and_the_same_policy_would_change_nothing(bureau, judged):
    before = _results(bureau)
    assert _run(_order(None)) == {}
    looked = _run(_order(_stricter(judged)))
    graded = {code for code, (_, _, grade) in before.items() if grade == "优"}
    assert graded and looked.keys() == graded
    assert all("等级优→优秀" in "；".join(each.said) for each in looked.values())
    assert _results(bureau) == before
    with bureau.transaction() as session:
        row = cycles.cycle_of(session)
        assert cycles.value_of(row).policy != NAME and decisions.standing(session, row.id, SUBJECT)
        assert session.query(FormerEvaluation).count() == 0


def test_results_that_change_are_replaced_once_and_void_what_was_decided_on_them(bureau, judged):
    mails = bureau.outbox(FIRST)
    before = _results(bureau)
    order = _order(_stricter(judged), done=True, tell=True)
    changed = _run(order)
    after = _results(bureau)
    for code, (state, policy, grade) in before.items():
        new = (state, "qinghe-2025 2", "优秀") if code in changed else (state, policy, grade)
        assert after[code] == new
    assert changed and _run(order) == {} and _run(_order(None, done=True)) == {}
    code = next(iter(changed))
    fresh = {step: state for step, state in bureau.outbox(code).items() if step[1] == "v1/R1"}
    assert len(fresh) == 1 and set(bureau.outbox(FIRST)) >= set(mails)
    with bureau.transaction() as session:
        row = cycles.cycle_of(session)
        assert decisions.standing(session, row.id, SUBJECT) is None
        former = session.query(FormerEvaluation).all()
        assert {(each.number, each.person, each.summary["grade"]) for each in former} == {(1, "局长", "优")}
        # From here on the cycle judges by it, and the chain of the records holds.
        assert cycles.policy_of(row, session.query(Obligation).first().policy).version == "2"
        assert cycles.value_of(row).policy == NAME and list(row.policies) == [NAME]
        assert audit.verify(session)[1] is None
    bureau.deliver("2026-05-06T09:10")
    told = [mail.get_body(("plain",)).get_content() for mail in bureau.mails()]
    told = [text for text in told if "重新评判" in text]
    assert len(told) == len(changed) and all("因调整等级" in text and "等级优→优秀" in text for text in told)


def test_boards_totals_and_pages_of_an_earlier_day_show_what_had_been_judged_by_then(bureau, judged):
    def then(session, row):
        statuses = unit_statuses(session, row.id, instant("2026-05-01T09:00"))
        content = content_of(session, row, instant("2026-05-01T09:00"))
        taken = rollups.numbered(session, row.id, 1)
        return (
            {each.code: each.state for each in statuses},
            {unit.code: unit.summary.grade for unit in content.units},
            {unit.code: unit.grade for unit in rebuilt(session, row, taken).units},
        )

    with bureau.transaction() as session:
        before = then(session, cycles.cycle_of(session))
    changed = _run(_order(_stricter(judged), done=True))
    with bureau.transaction() as session:
        row = cycles.cycle_of(session)
        assert then(session, row) == before and "优" in before[1].values()
        assert "优秀" in {unit.summary.grade for unit in content_of(session, row).units}
    taken = take_totals.fn(2025, instant("2026-05-06T18:00"))
    assert taken["new"] and any("优秀" in each for each in taken["changes"])
    assert changed


def test_what_a_person_sent_back_and_what_was_replaced_meanwhile_are_left_alone(bureau, judged):
    with bureau.transaction() as session:
        row = cycles.cycle_of(session)
        [first, *_] = rejudging.to_judge_again(session, row.id)
        evaluation = session.get_one(Evaluation, first)
        given = dict(
            state=SubmissionState.ACCEPTED, policy="x 1", rule_set="1", document=evaluation.document,
            summary=evaluation.summary, reason="理由", person="局长", at=instant(WHEN),
        )  # fmt: skip
        # Somebody else has judged it again since this one began.
        stale = instant("2026-04-01T09:00")
        assert rejudging.replace_judgement(session, row, first, judged_at=stale, **given) == 0
        session.get_one(Submission, first).effective = False
        session.flush()
        judged_at = evaluation.judged_at
        assert rejudging.replace_judgement(session, row, first, judged_at=judged_at, **given) == 0
        assert first not in rejudging.to_judge_again(session, row.id)
        assert session.query(FormerEvaluation).count() == 0


def test_a_version_whose_return_a_unit_objects_to_waits_for_the_answer(bureau, judged):
    with bureau.transaction() as session:
        row = cycles.cycle_of(session)
        versions = rejudging.to_judge_again(session, row.id)
        returned = session.query(Submission).filter_by(state="returned").one()
        objection = Objection(
            submission_id=returned.id, words="佐证在附件", raised_by="某人", raised_at=instant(WHEN),
            answer_on=instant(WHEN).date(),
        )  # fmt: skip
        session.add(objection)
        session.flush()
        assert rejudging.to_judge_again(session, row.id) == [n for n in versions if n != returned.id]
        objection.answer, objection.answer_person, objection.answer_reason = "rejected", "局长", "不成立"
        objection.answered_at, objection.reply_on = instant(WHEN), instant(WHEN).date()
        session.flush()
        assert rejudging.to_judge_again(session, row.id) == versions


def test_a_policy_that_changes_what_the_notice_told_is_refused_and_so_is_an_order_without_a_reason(
    bureau, judged
):
    with pytest.raises(Refusal, match="通知印发以后不能再改“报送 退回后至少给几个工作日修改”"):
        _run(_order(judged.replace("correction_days = 5", "correction_days = 9"), done=True))
    with pytest.raises(Refusal, match="应写明理由"):
        _run(_order(None)._replace(reason=" "))
    with pytest.raises(Refusal, match="请写明姓名"):
        _run(_order(None)._replace(person=""))
    assert {policy for _, policy, _ in _results(bureau).values()} == {"qinghe-2025 1"}


def test_the_command_looks_first_and_needs_a_person_and_a_reason_to_do_it(bureau, judged, tmp_path):
    file = tmp_path / NAME
    file.write_text(_stricter(judged), encoding="utf-8")

    def rejudge(*arguments: str):
        result = CliRunner().invoke(main, ["rejudge", "--policy", str(file), *arguments, "--json"])
        return json.loads(result.output) if result.exit_code == 0 else result.output

    looked = rejudge()
    assert not looked["done"] and looked["looked"] == 2 and looked["changed"]
    assert "应同时写明" in rejudge("--by", "局长")
    done = rejudge("--by", "局长", "--reason", "调整等级")
    assert done["done"] and done["changed"] == looked["changed"]
    assert rejudge("--by", "局长", "--reason", "调整等级")["changed"] == []
