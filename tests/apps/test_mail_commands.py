"""`selfeval mail …` in each state, and where mails go when there is no server."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from apps.cli import main
from bench.mail_host import fill
from db.models import OutboxRow
from db.session import transaction
from tests.db.county import at

STATES = ("sent", "failed", "uncertain", "cancelled")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A county with a mail in each state; numbers follow the order of STATES."""
    url = f"sqlite:///{tmp_path / 'selfeval.db'}"
    monkeypatch.setenv("SELFEVAL_HOME", str(tmp_path))
    fill(url, len(STATES), ("notice",))
    with transaction(url) as session:
        for row, state in zip(session.query(OutboxRow).order_by(OutboxRow.id), STATES, strict=True):
            row.state, row.sent_at = state, at("2026-04-01T09:00") if state == "sent" else None
    return lambda *arguments: CliRunner().invoke(main, ["mail", *arguments])


WHO = ("--person", "李某", "--reason", "单位没有收到")


def test_a_settled_mail_is_sent_again_and_the_answer_says_that_there_is_no_server(run, tmp_path):
    for number in ("2", "4"):
        result = run("resend", number, *WHO)
        assert result.exit_code == 0 and "SELFEVAL_SMTP_HOST" in result.output
    data = json.loads(run("resend", "1", *WHO, "--json").output)
    assert data["mails_kept_in"] == str(tmp_path / "mails")


def test_a_second_copy_is_refused_while_the_first_waits_to_go_out(run):
    assert run("resend", "1", *WHO).exit_code == 0
    again = run("resend", "1", *WHO)
    assert again.exit_code != 0 and "还没有发出，不必再补发" in again.output


def test_with_a_server_nothing_is_said_about_a_folder(run, monkeypatch):
    monkeypatch.setenv("SELFEVAL_SMTP_HOST", "mail.example.org")
    monkeypatch.setenv("SELFEVAL_MAIL_FROM", "selfeval@bureau.example")
    assert ".eml" not in run("resend", "1", *WHO).output


def test_a_mail_in_doubt_is_shown_with_what_to_do_and_not_sent_again_before(run):
    assert "selfeval mail resolve 3" in run("show", "3").output
    refused = run("resend", "3", *WHO)
    assert refused.exit_code != 0 and "selfeval mail resolve 3" in refused.output
    assert "重新发送" in run("resolve", "3", "--not-delivered", "--person", "李某").output
    assert "待发" in run("show", "3").output
    assert "只有不能确认是否送达" in run("resolve", "3", "--delivered", "--person", "李某").output


def test_an_unknown_kind_is_answered_with_those_there_are(run):
    assert "notice（通知）" in run("list", "--kind", "letter").output
    assert len(json.loads(run("list", "--kind", "notice", "--json").output)) == len(STATES)
