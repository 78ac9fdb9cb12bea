"""Handing messages to a mail server, and knowing afterwards what may have happened to each.

A message belongs to the server once it has received the final dot of DATA (RFC 5321 4.1.1.4). All that
fails before is safe to send again; all that fails between the dot and the answer is not. The library's
own `data` command writes content and dot in one go and raises the same error on both sides of that
line, so the dot is sent here, by itself.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import aiosmtplib

from notifications.message import Envelope
from selfeval.refusal import in_words

log = logging.getLogger("selfeval")

_CHUNK = 64 * 1024
_HOST_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_DRAIN_PAUSE = 0.005  # seconds between looks at the send buffer
# Complaints about our login, never about this message (RFC 4954).
_SESSION_CODES = frozenset({530, 534, 535, 538})
_CLOSING = 421  # the server says it and ends the session (RFC 5321 3.8)


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How to reach the mail server and how much it bears.

    `timeout` in seconds, for each step; an empty username means no login; `ca_file` None trusts what the
    machine trusts; `connections` at once per sender; `per_minute` mails of all senders together, 0: no limit.
    """

    host: str
    port: int
    tls: Literal["none", "starttls", "tls"] = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 60
    ca_file: Path | None = None
    connections: int = 2
    per_minute: int = 0

    @property
    def server(self) -> str:
        """host:port, as logs and people name it."""
        return f"{self.host}:{self.port}"


class SendingFailed(Exception):
    """Base of the three ways in which sending fails; `code` is 0 when the server gave no answer."""

    def __init__(self, code: int, reply: str):
        self.code = code
        self.reply = reply
        super().__init__(f"{code} {reply}" if code else reply)


class PermanentRefusal(SendingFailed):
    """The server refused this message for good (5xx): sending it again changes nothing."""


class TemporaryRefusal(SendingFailed):
    """The server cannot have taken the message: 4xx, or the connection failed before the final dot."""


class ServerUnavailable(TemporaryRefusal):
    """No session came about (network, TLS, greeting, login): no other message would pass now either."""


class Uncertain(SendingFailed):
    """The content was handed over and no answer came: delivered or not, nobody here can know."""


class Outgoing:
    """One kept-open connection; opened at the first message and again when the server has closed it."""

    def __init__(self, settings: SmtpSettings):
        self._timeout = settings.timeout
        self._client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.username or None,
            password=settings.password if settings.username else None,
            timeout=settings.timeout,
            local_hostname=_own_name(),
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            cert_bundle=str(settings.ca_file) if settings.ca_file else None,
        )
        self._turn = asyncio.Lock()
        self._half_said = False  # the server may still hold the beginning of a message that came to nothing

    async def __aenter__(self) -> Outgoing:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Say goodbye when the server still listens."""
        if self._client.is_connected:
            try:
                await self._client.quit()
            except aiosmtplib.SMTPException:
                # Every message has its answer by now; a server that leaves without a word loses nothing.
                self._client.close()

    async def greet(self) -> None:
        """Connect, encrypt and log in as for a message, and send none; raises ServerUnavailable."""
        async with self._turn:
            await self._open()

    async def send(self, envelope: Envelope) -> str:
        """Send, and return the server's answer, for example "250 OK queued as 1A2B".

        Raises PermanentRefusal, TemporaryRefusal (ServerUnavailable) or Uncertain.
        """
        async with self._turn:
            try:
                await self._begin(envelope)
                self._half_said = True
                await self._announce(envelope)
                await self._hand_over(envelope.octets.replace(b"\r\n.", b"\r\n.."))
                answer = await self._finish()
                self._half_said = False
                return answer
            except SendingFailed as failure:
                # After an answer both sides know where they are; after silence they do not.
                if not failure.code or failure.code == _CLOSING:
                    self._client.close()
                raise
            except BaseException:
                self._client.close()
                raise

    async def _begin(self, envelope: Envelope) -> None:
        """MAIL in a session at its start; one that the server has ended since the last message is replaced."""
        if self._client.is_connected and await self._said_in_open_session(envelope):
            return
        await self._open()
        try:
            await self._mail(envelope)
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error.code, error.message) from error
        except aiosmtplib.SMTPException as error:
            raise _broken_off(error) from error

    async def _said_in_open_session(self, envelope: Envelope) -> bool:
        """Whether the session took MAIL; False when it has ended, and nothing of this message was said."""
        cleared = False
        try:
            if self._half_said:
                await self._client.rset()
            cleared = True
            await self._mail(envelope)
            return True
        except aiosmtplib.SMTPResponseException as error:
            if cleared and error.code != _CLOSING:
                raise _refusal(error.code, error.message) from error
        except aiosmtplib.SMTPException as error:
            log.debug("session replaced: %s", error)
        self._client.close()
        return False

    async def _mail(self, envelope: Envelope) -> None:
        sized = self._client.supports_extension("size")
        await self._client.mail(envelope.sender, options=[f"SIZE={len(envelope.octets)}"] if sized else [])

    async def _open(self) -> None:
        client = self._client
        try:
            await client.connect()
            await client.ehlo()
        except aiosmtplib.SMTPResponseException as error:
            client.close()
            raise ServerUnavailable(max(error.code, 0), error.message) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise ServerUnavailable(0, f"无法连接邮件服务器：{in_words(error)}") from error

    async def _announce(self, envelope: Envelope) -> None:
        try:
            await self._client.rcpt(envelope.recipient)
            start = await self._client.execute_command(b"DATA")
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error.code, error.message) from error
        except aiosmtplib.SMTPException as error:
            raise _broken_off(error) from error
        if start.code != 354:
            raise _refusal(start.code, start.message)

    async def _hand_over(self, content: bytes) -> None:
        """Write all but the final dot, and wait until the operating system has taken it.

        Over TLS the last 64 KiB may still wait in the layer below; then a break is taken for
        uncertain although it was not: the safe side.
        """
        for start in range(0, len(content), _CHUNK):
            try:
                async with asyncio.timeout(self._timeout):
                    await self._write(content[start : start + _CHUNK])
            except (aiosmtplib.SMTPServerDisconnected, TimeoutError) as error:
                raise TemporaryRefusal(0, "发送正文时连接中断或超时，正文未发完") from error

    async def _write(self, chunk: bytes) -> None:
        protocol, transport = self._client.protocol, self._client.transport
        if protocol is None or transport is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        protocol.write(chunk)
        while transport.get_write_buffer_size() and not transport.is_closing():
            await asyncio.sleep(_DRAIN_PAUSE)

    async def _finish(self) -> str:
        await asyncio.sleep(0)  # lets a disconnection that has already arrived be seen
        if not self._client.is_connected:
            raise TemporaryRefusal(0, "发送正文时连接中断，正文未发完")
        # Nothing runs between this check and the write inside execute_command: from here on the
        # message may be the server's.
        try:
            answer = await self._client.execute_command(b".")
        except aiosmtplib.SMTPException as error:
            raise Uncertain(0, f"正文已发完，未收到服务器答复：{error}") from error
        if 200 <= answer.code < 300:
            return f"{answer.code} {answer.message}"
        if 400 <= answer.code < 600:
            raise _refusal(answer.code, answer.message)
        raise Uncertain(answer.code, f"正文已发完，服务器的答复无法识别：{answer.message}")


class FolderOutgoing:
    """Messages as .eml files in a folder, for offices without a mail server; same interface as Outgoing."""

    def __init__(self, path: Path):
        self._path = path

    async def __aenter__(self) -> FolderOutgoing:
        self._path.mkdir(parents=True, exist_ok=True)
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def send(self, envelope: Envelope) -> str:
        """Write the message under its Message-ID and return what became of it.

        The same message written twice is one file. Raises OSError when the folder cannot be written.
        """
        name = "".join(c if c.isalnum() or c in "._-" else "_" for c in envelope.message_id.strip("<>"))
        target = self._path / f"{name}.eml"
        unfinished = target.with_suffix(".part")
        unfinished.write_bytes(envelope.octets)
        unfinished.replace(target)
        return f"已写入 {target.name}"


def _refusal(code: int, reply: str) -> SendingFailed:
    permanent = 500 <= code < 600 and code not in _SESSION_CODES
    return (PermanentRefusal if permanent else TemporaryRefusal)(max(code, 0), reply)


def _broken_off(error: aiosmtplib.SMTPException) -> TemporaryRefusal:
    return TemporaryRefusal(0, f"发送正文之前连接中断：{error}")


def _own_name() -> str:
    """What EHLO says: no DNS question, which offline costs seconds, and no Chinese computer name."""
    name = socket.gethostname()
    return name if _HOST_NAME.fullmatch(name) else "localhost"
