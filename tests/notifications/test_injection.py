"""Nothing from a unit's name, file or finding adds a header, a recipient or markup."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.header import decode_header, make_header

from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifications.kinds import Kind
from notifications.message import Attachment, Email, Envelope, Mailbox, compose
from tests.notifications.every_email import DUE, Reader, every_email

_NASTY = st.sampled_from(
    ["\r\n", "\n", "\r", "\x00", "\u2028", "\x85", "\u202e", "\u200f", ",", ";", '"', "<", ">", "@", "\\", "(", ")",
     "Bcc: x@example.org", "<script>alert(1)</script>", "<img src=x onerror=y>", "&lt;", "{{ 7*7 }}", "{% raw %}",
     "=?utf-8?q?x?=", "]]>", "-->", "'", "😀", "某局", "\ufffe", "\u0301", "javascript:"]
)  # fmt: skip
_TEXT = st.lists(st.one_of(_NASTY, st.text(max_size=8)), max_size=30).map(
    lambda parts: f"某{''.join(parts)}局"
)
_USUAL = {kind: Reader(email.html) for kind, email in every_email().items()}
_LINES = {kind: len(email.text.splitlines()) for kind, email in every_email().items()}


def _fits(name: str, what) -> bool:
    try:
        what(name)
    except ValueError:
        return False
    return True


@settings(deadline=None, max_examples=60)
@given(_TEXT)
@example("甲\r\nBcc: all@example.org\r\n\r\n<script>")
def test_a_name_adds_no_tag_no_fetched_address_no_line_and_nothing_to_the_subject(name):
    for kind, email in every_email(unit=name).items():
        reader = Reader(email.html)
        assert reader.tags == _USUAL[kind].tags
        assert reader.fetched == []
        assert len(email.text.splitlines()) == _LINES[kind]
        assert not set("\r\n\x00\u2028") & set(email.subject)


@settings(deadline=None, max_examples=60)
@given(_TEXT, _TEXT, _TEXT)
@example("甲, 乙 <x@example.org>", "主题\r\nBcc: x@example.org", "表.docx\r\nX: y")
@example("某" * 120, "主" * 250, "表" * 240 + ".docx")
def test_what_becomes_a_header_is_refused_or_comes_back_as_it_was(name, subject, file):
    sender = Mailbox("bureau@example.org", name if _fits(name, lambda n: Mailbox("a@b.org", n)) else "")
    subject = subject if _fits(subject, lambda s: Email("notice", s, "", "")) else "主题"
    files = (
        [Attachment(file, b"x", "application/octet-stream")]
        if _fits(file, lambda n: Attachment(n, b"", "application/octet-stream"))
        else []
    )
    email = Email(Kind.NOTICE, subject, "正文", "<p>正文</p>")
    envelope = Envelope.of(
        compose(
            email, sender=sender, recipient=Mailbox("unit@example.org"), message_id="<m@example.org>", date=DUE,
            attachments=files,
        )
    )  # fmt: skip
    head = envelope.octets.split(b"\r\n\r\n", 1)[0]
    assert (envelope.sender, envelope.recipient) == ("bureau@example.org", "unit@example.org")
    assert head.isascii()
    # RFC 5322 2.1.1, RFC 2047 2: what every mail program unfolds.
    assert max(map(len, head.split(b"\r\n"))) <= 998
    read = message_from_bytes(envelope.octets, policy=policy.compat32)
    allowed = {
        "Message-ID",
        "Date",
        "From",
        "To",
        "Subject",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    }
    assert set(read.keys()) == allowed and len(read.keys()) == len(allowed)
    assert str(make_header(decode_header(read["Subject"]))).split() == subject.split()


def test_subjects_are_short_enough_to_be_shown_whole():
    # Lists of mails show some 30 Chinese characters beside sender and date.
    for kind, email in every_email(unit="某县" + "某" * 60).items():
        assert len(email.subject) <= 45, kind
        assert "某某" not in email.subject, kind
