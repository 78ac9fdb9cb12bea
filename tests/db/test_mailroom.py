"""What a person does with single mails, in both databases."""

from __future__ import annotations

import pytest

from db import audit, mailroom, outbox, sending
from db.models import OutboxRow
from db.session import transaction
from tests.db.county import at, open_county

NOW = at("2026-04-01T09:00")


def _mail(session, state: str) -> int:
    """A reminder in the given state; its number."""
    row = open_county(session)
    outbox.queue(
        session, cycle_id=row.id, unit_code="102", kind="reminder", step="T-3", recipients=["a@u.example"],
        subject="主题", text="正文", html="<p>正文</p>", attachments=[{"name": "a.docx", "sha256": "0" * 64}], at=NOW,
    )  # fmt: skip
    mail = sending.claim(session, "one", limit=1, at=NOW)[0]
    sending.hand_over(session.connection(), "one", mail.id, at=NOW)
    sending.settle(session.connection(), "one", mail.id, state=state, reply="", at=NOW)
    session.refresh(mail)
    return mail.id


def test_a_doubt_is_settled_by_a_person_and_an_undelivered_mail_goes_out_as_it_was(database_url):
    with transaction(database_url) as session:
        number = _mail(session, "uncertain")
        mark = mailroom.mail_of(session, number).message_id
        mailroom.resolve(session, number, delivered=False, person="李某", at=NOW)
    with transaction(database_url) as session:
        again = sending.claim(session, "two", limit=9, at=NOW)
        assert [(mail.id, mail.message_id) for mail in again] == [(number, mark)]
        assert audit.verify(session)[1] is None


def test_a_delivered_mail_is_sent_and_cannot_be_settled_twice(database_url):
    with transaction(database_url) as session:
        number = _mail(session, "uncertain")
        assert mailroom.resolve(session, number, delivered=True, person="李某", at=NOW).state == "sent"
        session.flush()
        with pytest.raises(mailroom.MailConflict, match="uncertain"):
            mailroom.resolve(session, number, delivered=False, person="李某", at=NOW)
        assert sending.claim(session, "two", limit=9, at=NOW) == []


def test_a_mail_is_sent_again_as_a_mail_of_its_own_with_its_attachments(database_url):
    with transaction(database_url) as session:
        number = _mail(session, "sent")
        first = mailroom.resend(session, number, person="李某", reason="单位说没有收到", at=NOW)
        with pytest.raises(mailroom.MailConflict, match=f"已补发为第 {first} 号，还没有发出"):
            mailroom.resend(session, number, person="李某", reason="单位说没有收到", at=NOW)
        session.get_one(OutboxRow, first).state = "failed"
        fresh = [first, mailroom.resend(session, number, person="李某", reason="还是没有收到", at=NOW)]
        mails = {mail.id: mail for mail in mailroom.list_mails(session, 1)}
        assert len(mails) == 3 and len({mail.message_id for mail in mails.values()}) == 3
        assert all(mails[n].attachments == mails[number].attachments for n in fresh)
        with pytest.raises(mailroom.MailConflict, match="尚未了结"):
            mailroom.resend(session, fresh[1], person="李某", reason="再来", at=NOW)
        with pytest.raises(mailroom.MailConflict, match="没有第 999 号邮件"):
            mailroom.mail_of(session, 999)
