from __future__ import annotations

import html
import io
import zipfile

import pytest

from db import cycles
from db.models import Contact
from documents.personal_search import personal_in
from selfeval.redaction import HIDDEN
from selfeval.refusal import Refusal
from tasks.public_content import content_hashes, content_of, unit_hashes
from tasks.public_copies import copies_of
from tasks.publish import decide_publication, write_publication
from tasks.redacted import confirm_redaction, list_redaction, unconfirmed
from tasks.redaction_board import redaction_lines
from tasks.redaction_words import decide_word, forget_word, list_words, redaction_of
from tests.tasks.conftest import instant

FILED = "203002"


@pytest.fixture
def filed(bureau):
    return bureau.filed("2026-03-25T10:00", FILED)


def _cycle(session):
    row = cycles.cycle_of(session, 2025)
    return row, content_of(session, row)


def _left(bureau) -> list[str]:
    with bureau.transaction() as session:
        row, content = _cycle(session)
        return [
            unit.code
            for unit in unconfirmed(session, row, content.units, unit_hashes(content_hashes(content)))
        ]


def test_the_list_names_every_hidden_thing_masked_and_who_confirmed_it(filed):
    [listed] = list_redaction.fn(2025, FILED)
    assert listed["confirmed_by"] is None
    hidden = [entry for file in listed["files"] for entry in file["hidden"]]
    assert {entry["kind"] for entry in hidden} >= {"姓名"}
    assert all("*" in entry["shown"] and entry["place"] for entry in hidden)
    assert confirm_redaction.fn(2025, FILED, "复核员", "", instant("2026-04-01T09:00")) == [FILED]
    assert list_redaction.fn(2025, FILED)[0]["confirmed_by"] == "复核员"
    assert _left(filed) == []


def test_a_change_of_what_would_be_public_voids_the_confirmation(filed, monkeypatch):
    confirm_redaction.fn(2025, None, "复核员", "", instant("2026-04-01T09:00"))
    with filed.transaction() as session:
        from db.submissions import effective

        version = effective(session, 1)[FILED].evaluation
        document = dict(version.document)
        document["files"] = document["files"][:-1]
        version.document = document
    assert _left(filed) == [FILED]
    assert list_redaction.fn(2025, FILED)[0]["confirmed_by"] is None
    with filed.transaction() as session:
        from db.models import Decision

        [void] = session.query(Decision).filter(Decision.subject == f"redaction/{FILED}")
        assert void.void_reason == "确认后脱敏的内容有变化"


def _approve(person: str) -> str:
    return decide_publication.fn(2025, True, person, "", instant("2026-04-01T09:00"))


def test_nothing_is_approved_before_a_second_person_confirmed_what_is_hidden(filed):
    with pytest.raises(
        Refusal, match=r"1家的脱敏结果还没有由第二人确认：清禾县石门水库管理所。.*redaction confirm"
    ):
        _approve("局长")
    confirm_redaction.fn(2025, None, "复核员", "", instant("2026-04-01T08:00"))
    with pytest.raises(Refusal, match="复核 员确认了清禾县石门水库管理所的脱敏结果，公开应由另一人审批"):
        _approve("复核 员")
    _approve("局长")
    with pytest.raises(Refusal, match="局长已审批公开，脱敏结果应由另一人确认"):
        confirm_redaction.fn(2025, None, "局长", "", instant("2026-04-01T10:00"))
    assert list_redaction.fn(2025, FILED)[0]["confirmed_by"] == "复核员"


def test_words_of_the_cycle_are_hidden_or_kept_for_a_reason_and_void_what_was_confirmed(filed):
    def shown() -> str:
        with filed.transaction() as session:
            _, content = _cycle(session)
            return repr([content.page(unit) for unit in content.units])

    confirm_redaction.fn(2025, None, "复核员", "", instant("2026-04-01T08:00"))
    _approve("局长")
    assert "大坝安全" in shown()
    decide_word.fn(2025, "大坝安全", "hide", "保密员", "不宜公开", instant("2026-04-02T09:00"))
    assert "大坝安全" not in shown() and HIDDEN in shown()
    assert _left(filed) == [FILED]
    with pytest.raises(Refusal, match="已失效"):
        write_publication.fn(2025, instant("2026-04-02T10:00"))
    decide_word.fn(2025, "大坝安全", "keep", "局长", "指标名称", instant("2026-04-03T09:00"))
    assert "大坝安全" in shown()
    assert [(word.action, word.person, word.reason) for word in list_words.fn(2025)] == [
        ("keep", "局长", "指标名称")
    ]
    with filed.transaction() as session:  # what was approved before is judged by the words of its time
        row = cycles.cycle_of(session, 2025)
        assert redaction_of(session, row, instant("2026-04-02T12:00")).hide == ("大坝安全",)
    forget_word.fn(2025, "大坝安全", "局长", "不再需要", instant("2026-04-04T09:00"))
    assert list_words.fn(2025) == []
    with pytest.raises(Refusal, match="没有登记过"):
        forget_word.fn(2025, "大坝安全", "局长", "不再需要", instant("2026-04-04T09:00"))
    for wrong in ("县", "甲" * 41, "甲/乙"):
        with pytest.raises(Refusal, match="脱敏用词应"):
            decide_word.fn(2025, wrong, "hide", "局长", "试", instant("2026-04-04T09:00"))


def test_a_unit_without_a_result_has_nothing_to_confirm(filed):
    with pytest.raises(Refusal, match="无需脱敏"):
        confirm_redaction.fn(2025, "101", "复核员", "", None)


def test_the_downloads_of_a_unit_are_its_judged_files_redacted(filed):
    with filed.transaction() as session:
        _, content = _cycle(session)
        copies = [copy for unit in content.units for copy in copies_of(content, unit)]
    assert {copy.ending for copy in copies} <= {"docx", "xlsx"}
    hidden = 0
    for copy in copies:
        assert personal_in(f"x.{copy.ending}", copy.content, content.rules, content.hidden) == []
        with zipfile.ZipFile(io.BytesIO(copy.content)) as package:
            hidden += sum(HIDDEN in html.unescape(package.read(n).decode()) for n in package.namelist())
    assert hidden


def test_the_board_of_what_is_hidden_says_where_and_shows_nothing_unmasked(filed):
    lines = redaction_lines(list_redaction.fn(2025, None))
    text = "\n".join(lines)
    hidden = [line for line in lines if line.startswith(f"| {FILED} | ") and line.count("|") == 7]
    assert "待确认" in text and len(hidden) > 1
    with filed.transaction() as session:
        names = [contact.name for contact in session.query(Contact).filter_by(unit_code=FILED)]
    assert names and not any(name in text for name in names if name)
