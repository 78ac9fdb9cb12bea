from __future__ import annotations

import asyncio
import ipaddress
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.smtp import AuthResult

from notifications.message import Attachment, Email, Envelope, Mailbox, compose
from notifications.smtp import (
    FolderOutgoing,
    Outgoing,
    PermanentRefusal,
    ServerUnavailable,
    SmtpSettings,
    TemporaryRefusal,
    Uncertain,
)
from selfeval.workdays import SHANGHAI
from tests.notifications.servers import faulty_server, real_server

AT = datetime(2026, 5, 8, 17, 30, tzinfo=SHANGHAI)
EMAIL = Email(
    "receipt", "【绩效自评】2025年度自评材料已收到（第1次报送）", "正文。\n.\n..两点\n", "<p>正文。</p>"
)
# More than the socket buffers of both sides hold, so that a server leaving in the middle is noticed there.
LARGE = Attachment("大附件.bin", bytes(range(256)) * 80_000, "application/octet-stream")


def message(number: int = 1, to: str = "unit@example.org", attachments=()):
    return compose(
        EMAIL,
        sender=Mailbox("bureau@example.org", "某县财政局"),
        recipient=Mailbox(to, "某单位"),
        message_id=f"<m{number}@example.org>",
        date=AT,
        attachments=attachments,
    )


def plain(port: int, **changes) -> SmtpSettings:
    return SmtpSettings(**{"host": "127.0.0.1", "port": port, "tls": "none", "timeout": 10} | changes)


async def send(settings: SmtpSettings, *messages) -> list[str]:
    async with Outgoing(settings) as outgoing:
        return [await outgoing.send(Envelope.of(one)) for one in messages]


def test_a_real_server_receives_text_html_and_an_attachment_with_a_chinese_name_unchanged():
    attachment = Attachment(
        "801001 部门整体支出绩效自评表（空白）.xlsx", b"PK\x03\x04\r\n.\r\n", "application/zip"
    )
    with real_server() as (kept, port):
        replies = asyncio.run(send(plain(port), message(attachments=[attachment])))
    assert replies == ["250 OK queued as 1"]
    received = kept.messages[0]
    assert kept.recipients == [["unit@example.org"]]
    assert received["Message-ID"] == "<m1@example.org>"
    assert received["Date"].datetime == AT
    assert received["Subject"] == EMAIL.subject
    assert received["From"].addresses[0].display_name == "某县财政局"
    assert received["To"].addresses[0].display_name == "某单位"
    assert received.get_body(["plain"]).get_content().splitlines() == EMAIL.text.splitlines()
    assert received.get_body(["html"]).get_content().strip() == EMAIL.html
    [part] = received.iter_attachments()
    assert part.get_filename() == attachment.name
    assert part.get_content() == attachment.content


def test_a_line_with_a_single_dot_does_not_end_the_message():
    dotted = message()
    dotted.clear_content()
    dotted.set_content("first\n.\n..second\nlast\n")
    with real_server() as (kept, port):
        asyncio.run(send(plain(port), dotted))
    assert kept.messages[0].get_content().splitlines() == ["first", ".", "..second", "last"]


def test_one_connection_carries_many_messages():
    with real_server() as (kept, port):
        replies = asyncio.run(send(plain(port), *(message(n) for n in range(5))))
    assert len(replies) == len(kept.messages) == 5
    assert kept.sessions == 1


def test_a_refused_recipient_is_permanent_and_leaves_the_connection_usable():
    async def run(port):
        async with Outgoing(plain(port)) as outgoing:
            with pytest.raises(PermanentRefusal) as refused:
                await outgoing.send(Envelope.of(message(1, "nobody@example.org")))
            return refused.value, await outgoing.send(Envelope.of(message(2)))

    with real_server() as (kept, port):
        refusal, reply = asyncio.run(run(port))
    assert (refusal.code, refusal.reply) == (550, "5.1.1 no such user")
    assert reply == "250 OK queued as 1"
    assert kept.sessions == 1


def test_a_message_above_the_size_that_the_server_announces_is_refused_before_its_content():
    with real_server(data_size_limit=100) as (kept, port), pytest.raises(PermanentRefusal) as refused:
        asyncio.run(send(plain(port), message()))
    assert refused.value.code == 552
    assert kept.messages == []


@pytest.mark.parametrize(
    ("step", "fault", "error", "code"),
    [
        ("greeting", "554 no", ServerUnavailable, 554),
        ("greeting", None, ServerUnavailable, 0),
        ("greeting", "421 busy", ServerUnavailable, 421),
        ("EHLO", None, ServerUnavailable, 0),
        ("MAIL", "451 later", TemporaryRefusal, 451),
        ("MAIL", "530 login first", TemporaryRefusal, 530),
        ("MAIL", "553 no such sender", PermanentRefusal, 553),
        ("MAIL", "421 closing", TemporaryRefusal, 421),
        ("MAIL", None, TemporaryRefusal, 0),
        ("RCPT", "450 busy", TemporaryRefusal, 450),
        ("RCPT", "550 unknown", PermanentRefusal, 550),
        ("RCPT", "452 mailbox full", TemporaryRefusal, 452),
        ("RCPT", "552 mailbox full", PermanentRefusal, 552),
        ("RCPT", None, TemporaryRefusal, 0),
        ("DATA", "451 later", TemporaryRefusal, 451),
        ("DATA", "554 no", PermanentRefusal, 554),
        ("DATA", None, TemporaryRefusal, 0),
        ("content", None, TemporaryRefusal, 0),
        ("dot", "452 full", TemporaryRefusal, 452),
        ("dot", "421 closing", TemporaryRefusal, 421),
        ("dot", "554 spam", PermanentRefusal, 554),
        ("dot", None, Uncertain, 0),
        ("dot", "nonsense", Uncertain, 0),
        ("dot", "354 again", Uncertain, 354),
    ],
)
def test_each_failure_has_its_type_and_the_next_message_passes(step, fault, error, code):
    async def run():
        async with faulty_server(step, fault) as (server, port), Outgoing(plain(port)) as outgoing:
            with pytest.raises(error) as failure:
                await outgoing.send(Envelope.of(message(1, attachments=[LARGE] if step == "content" else [])))
            kept_before = len(server.accepted)
            reply = await outgoing.send(Envelope.of(message(2)))
            return failure.value, kept_before, reply

    failure, kept_before, reply = asyncio.run(run())
    assert type(failure) is error
    assert failure.code == code
    assert failure.reply
    assert kept_before == 0
    assert reply == "250 OK kept"


def test_a_server_silent_after_the_final_dot_leaves_the_message_uncertain():
    async def silent(reader, writer):
        writer.write(b"220 silent\r\n")
        while line := await reader.readline():
            if line == b"DATA\r\n":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                await reader.read()
                writer.close()
                return
            writer.write(b"250 OK\r\n")

    async def run():
        async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
            settings = plain(server.sockets[0].getsockname()[1], timeout=0.3)
            with pytest.raises(Uncertain, match="正文已发完"):
                await send(settings, message())

    asyncio.run(run())


def test_a_server_that_stops_reading_the_content_makes_the_message_temporary():
    async def deaf(reader, writer):
        writer.write(b"220 deaf\r\n")
        while line := await reader.readline():
            writer.write(b"354 go on\r\n" if line == b"DATA\r\n" else b"250 OK\r\n")
            if line == b"DATA\r\n":
                reader.feed_eof()
                writer.transport.pause_reading()
                return

    async def run():
        async with await asyncio.start_server(deaf, "127.0.0.1", 0) as server:
            settings = plain(server.sockets[0].getsockname()[1], timeout=0.3)
            with pytest.raises(TemporaryRefusal, match="正文未发完"):
                await send(settings, message(attachments=[LARGE]))

    asyncio.run(run())


@pytest.mark.parametrize("fault", ["421 idle too long", None])
def test_a_session_that_the_server_ended_between_two_messages_is_opened_again(fault):
    async def run():
        async with faulty_server("MAIL", fault, after=1) as (server, port):
            replies = await send(plain(port), message(1), message(2))
            return replies, server.sessions

    assert asyncio.run(run()) == (["250 OK kept"] * 2, 2)


def test_no_server_at_all_is_told_apart_from_a_refused_message():
    with real_server() as (_, port):
        pass
    with pytest.raises(ServerUnavailable, match="无法连接邮件服务器"):
        asyncio.run(send(plain(port), message()))


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_login_is_used_and_a_wrong_password_refuses_no_message_for_good():
    def authenticate(server, session, envelope, mechanism, data):
        good = (data.login, data.password) == (b"bureau", b"secret")
        return AuthResult(success=good, handled=good)

    with real_server(authenticator=authenticate, auth_required=True, auth_require_tls=False) as (kept, port):
        settings = plain(port, username="bureau", password="secret")
        assert asyncio.run(send(settings, message())) == ["250 OK queued as 1"]
        with pytest.raises(ServerUnavailable) as refused:
            asyncio.run(send(plain(port, username="bureau", password="wrong"), message()))
    assert refused.value.code == 535
    assert len(kept.messages) == 1


def test_a_password_does_not_appear_in_the_settings_as_text():
    assert "secret" not in repr(SmtpSettings("mail.example.org", 587, password="secret"))


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_encryption_needs_a_certificate_that_is_trusted_by_the_machine_or_by_an_own_file(
    tls, tmp_path, monkeypatch
):
    context = _self_signed(tmp_path)
    server = (
        {"tls_context": context, "require_starttls": True} if tls == "starttls" else {"ssl_context": context}
    )
    certificate = tmp_path / "certificate.pem"
    with real_server(**server) as (kept, port):
        with pytest.raises(ServerUnavailable):
            asyncio.run(send(plain(port, tls=tls), message()))
        assert kept.messages == []
        assert len(asyncio.run(send(plain(port, tls=tls, ca_file=certificate), message(1)))) == 1
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert len(asyncio.run(send(plain(port, tls=tls), message(2)))) == 1
    assert len(kept.messages) == 2


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_for_another_host_is_refused(tls, tmp_path):
    context = _self_signed(tmp_path, "127.0.0.2")
    server = {"tls_context": context} if tls == "starttls" else {"ssl_context": context}
    with real_server(**server) as (kept, port), pytest.raises(ServerUnavailable):
        settings = plain(port, tls=tls, ca_file=tmp_path / "certificate.pem")
        asyncio.run(send(settings, message()))
    assert kept.messages == []


def test_a_server_without_starttls_gets_no_message_when_starttls_is_asked_for():
    with real_server() as (kept, port), pytest.raises(ServerUnavailable):
        asyncio.run(send(plain(port, tls="starttls"), message()))
    assert kept.messages == []


def test_a_message_to_two_recipients_is_refused_because_one_answer_could_not_speak_for_both():
    twofold = message()
    twofold.replace_header("To", "a@example.org, b@example.org")
    with pytest.raises(ValueError, match="恰有一个地址"):
        Envelope.of(twofold)


def test_a_folder_keeps_each_message_once_under_its_id(tmp_path):
    async def run():
        async with FolderOutgoing(tmp_path / "mails") as outgoing:
            return [await outgoing.send(Envelope.of(message(n))) for n in (1, 2, 1)]

    replies = asyncio.run(run())
    assert replies == [f"已写入 m{n}_example.org.eml" for n in (1, 2, 1)]
    files = sorted((tmp_path / "mails").iterdir())
    assert [file.name for file in files] == ["m1_example.org.eml", "m2_example.org.eml"]
    stored = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert stored["Subject"] == EMAIL.subject


def _self_signed(folder, address="127.0.0.1"):
    """A server context with a fresh certificate for the address, which lies in the folder to be trusted."""
    import ssl

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, address)])
    now = datetime.now(SHANGHAI)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context
