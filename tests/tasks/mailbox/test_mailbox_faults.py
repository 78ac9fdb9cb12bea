"""What goes wrong between mailbox and database loses no mail and takes none twice."""

from __future__ import annotations

import os
import signal
import uuid

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from apps.mailbox import free_port
from db.models import MailMessage, OutboxRow, Submission
from tasks.archive import Archive
from tasks.imap import MailboxRefusal
from tasks.settings import SettingsError, load_settings
from tests.forked import run
from tests.tasks.imap_server import PASSWORD, ImapServer
from tests.tasks.mailbox.letters import (
    DONE,
    PERSON,
    POLL,
    UNITS,
    WHEN,
    kinds,
    mail_with,
    needs_dovecot,
    poll,
    stored,
)

pytestmark = needs_dovecot
_ON_TABLE = {"sqlite": "", "postgresql": " ON submissions"}
# The database refuses the filing of one unit, as a full disk would.
_FAULT = {
    "sqlite": [
        "CREATE TRIGGER no_102 BEFORE INSERT ON submissions WHEN NEW.unit_code = '102' "
        "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'disk full'; END $$",
        "CREATE TRIGGER no_102 BEFORE INSERT ON submissions FOR EACH ROW WHEN (NEW.unit_code = '102') "
        "EXECUTE FUNCTION full_disk()",
    ],
}


def _killed(when: str, model: type, rows: str) -> None:
    """A poll in a process of its own that is killed around the commit of a transaction with such rows."""
    assert run(_dying, when, model, rows) == -signal.SIGKILL


def _dying(when: str, model: type, rows: str) -> None:
    seen = set()

    @event.listens_for(Session, "after_flush")
    def remember(session, _):
        if any(isinstance(row, model) for row in getattr(session, rows)):
            seen.add(session)

    @event.listens_for(Session, when)
    def die(session):
        if session in seen:
            os.kill(os.getpid(), signal.SIGKILL)

    poll()


def test_a_mailbox_out_of_reach_keeps_no_file_of_the_folder_waiting(bureau, account, monkeypatch):
    monkeypatch.setenv("SELFEVAL_IMAP_PASSWORD", "wrong")
    bureau.put("101/b.docx", b"filed")
    with pytest.raises(MailboxRefusal):
        poll(POLL)
    assert stored(bureau) == [("b.docx", "stored", "101")]


@pytest.mark.parametrize("state", ["before_commit", "after_commit"])
def test_a_poll_killed_around_the_commit_takes_the_mail_in_once_at_the_next(bureau, account, state):
    account.append(mail_with(("自评表.xlsx", b"the form")).as_bytes(), WHEN)
    _killed(state, Submission, "new")
    committed = state == "after_commit"
    with bureau.transaction() as session:
        assert session.query(Submission).count() == committed
        kept = session.query(MailMessage).one()
        assert (kept.kind == "filing") == committed and Archive(load_settings().archive).get(kept.sha256, 1)
    assert len(account.mails()) == 1
    assert poll()["versions"] == (not committed)
    with bureau.transaction() as session:
        assert session.query(Submission).one().received_at == WHEN
        assert session.query(OutboxRow).filter_by(kind="receipt").count() == 1
    assert account.mails() == [] and len(account.mails(DONE)) == 1


def test_a_mail_that_breaks_the_program_three_times_goes_to_a_person_unopened(bureau, account):
    account.append(mail_with(("自评表.xlsx", b"the form")).as_bytes(), WHEN)
    for _ in range(3):  # the attempt is counted, and the process is gone
        _killed("after_commit", MailMessage, "dirty")
    assert poll(POLL)["unmatched"] == 1
    assert kinds(bureau) == [("stuck", None)] and len(account.mails(PERSON)) == 1


def test_a_mail_whose_transaction_fails_stays_in_place_and_the_others_are_taken(bureau, account):
    account.append(mail_with(("a.xlsx", b"a"), sender="u102@units.example").as_bytes(), WHEN)
    account.append(mail_with(("b.xlsx", b"b"), sender="u101@units.example").as_bytes(), WHEN)
    with bureau.transaction() as session:
        kind = session.get_bind().dialect.name
        for statement in _FAULT[kind]:
            session.connection().exec_driver_sql(statement)
    for _ in range(3):  # a fault of ours does not count against the mail
        with pytest.raises(ExceptionGroup, match="1 件来件未能收取"):
            poll(POLL)
    assert kinds(bureau) == [(None, None), ("filing", "101")]
    assert len(account.mails()) == 1 and len(account.mails(DONE)) == 1
    with bureau.transaction() as session:
        session.connection().exec_driver_sql(f"DROP TRIGGER no_102{_ON_TABLE[kind]}")
    assert poll(POLL)["versions"] == 1 and account.mails() == []


def test_before_the_notice_and_without_settings_no_mail_is_touched(bureau, server, monkeypatch):
    bureau.open(*UNITS)
    assert poll() == {"versions": 0, "duplicates": 0, "unmatched": 0}
    opened = server.user(f"u{uuid.uuid4().hex[:10]}")
    for name, value in {"HOST": "127.0.0.1", "PORT": str(opened.port), "TLS": "none"}.items():
        monkeypatch.setenv(f"SELFEVAL_IMAP_{name}", value)
    with pytest.raises(SettingsError, match="SELFEVAL_IMAP_USERNAME"):
        load_settings()
    monkeypatch.setenv("SELFEVAL_IMAP_USERNAME", opened.name)
    monkeypatch.setenv("SELFEVAL_IMAP_PASSWORD", PASSWORD)
    opened.append(mail_with(("自评表.xlsx", b"early")).as_bytes(), WHEN)
    assert poll() == {"versions": 0, "duplicates": 0, "unmatched": 0}
    assert len(opened.mails()) == 1


def test_a_wrong_password_a_closed_port_and_an_unknown_folder_are_refused_in_words(
    bureau, account, monkeypatch
):
    monkeypatch.setenv("SELFEVAL_IMAP_FOLDER", "没有的文件夹")
    with pytest.raises(MailboxRefusal, match="打不开文件夹“没有的文件夹”"):
        poll()
    monkeypatch.setenv("SELFEVAL_IMAP_PASSWORD", "wrong")
    with pytest.raises(MailboxRefusal, match=r"拒绝用户“u\w+”登录.*授权码") as refused:
        poll()
    assert "wrong" not in str(refused.value)
    monkeypatch.setenv("SELFEVAL_IMAP_PORT", str(free_port()))
    with pytest.raises(MailboxRefusal, match=r"连不上邮箱服务器 127\.0\.0\.1:\d+"):
        poll()


def test_a_server_with_a_certificate_of_its_own_making_gets_no_password(bureau, account, monkeypatch):
    with ImapServer(certificate=True) as own:
        monkeypatch.setenv("SELFEVAL_IMAP_PORT", str(own.port))
        monkeypatch.setenv("SELFEVAL_IMAP_TLS", "starttls")
        with pytest.raises(MailboxRefusal, match="证书不可信，没有登录"):
            poll()
