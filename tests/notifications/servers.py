"""Mail servers on loopback: a real one, and one that misbehaves on command at one chosen point."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Kept:
    """Handler of the real server: keeps every envelope, counts sessions and connections."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.sessions = 0
        self.connected = self.most_connected = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(message_from_bytes(envelope.original_content, policy=policy.default))
        self.recipients.append(envelope.rcpt_tos)
        return f"250 OK queued as {len(self.messages)}"


class _Counted(SMTP):
    def connection_made(self, transport):
        kept = self.event_handler
        kept.connected += 1
        kept.most_connected = max(kept.most_connected, kept.connected)
        super().connection_made(transport)

    def connection_lost(self, error):
        self.event_handler.connected -= 1
        super().connection_lost(error)


class _CountingController(Controller):
    def factory(self):
        return _Counted(self.handler, **self.SMTP_kwargs)


@contextmanager
def real_server(**options) -> Iterator[tuple[Kept, int]]:
    """A running aiosmtpd server on a free loopback port: its handler and the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = Kept()
    controller = _CountingController(kept, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield kept, port
    finally:
        controller.stop()


class FaultyServer:
    """Speaks SMTP and answers one step with `fault`; None closes the connection there without a word.

    Steps: "greeting", "MAIL", "RCPT", "DATA", "content" (in the middle of it) and "dot" (after it).
    The fault strikes once, after so many accepted messages and sessions; all others pass.
    """

    def __init__(self, step: str, fault: str | None, after: int = 0, sessions: int = 0):
        self._step = step
        self._fault = fault
        self._after = after
        self._after_sessions = sessions
        self.accepted: list[bytes] = []
        self.sessions = 0

    def _struck(self, step: str) -> bool:
        if step != self._step or len(self.accepted) < self._after or self.sessions <= self._after_sessions:
            return False
        self._step = ""
        return True

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sessions += 1
        try:
            await self._talk(reader, writer)
        except ConnectionError:
            return  # the client left first
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._answer(writer, "greeting", "220 faulty"):
            return
        while line := await reader.readline():
            verb = line.split()[0].split(b":")[0].upper().decode()
            if verb == "QUIT":
                writer.write(b"221 bye\r\n")
                return
            reply = self._answer(writer, verb, "354 go on" if verb == "DATA" else "250 OK")
            if not reply or (reply.startswith("354") and not await self._content(reader, writer)):
                return

    async def _content(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if self._step == "content":
            await reader.readexactly(100_000)
            self._step = ""
            writer.transport.abort()
            return False
        content = await reader.readuntil(b"\r\n.\r\n")
        if self._step != "dot":
            self.accepted.append(content)
        return bool(self._answer(writer, "dot", "250 OK kept"))

    def _answer(self, writer: asyncio.StreamWriter, step: str, usual: str) -> str | None:
        reply = self._fault if self._struck(step) else usual
        if reply is not None:
            writer.write(reply.encode() + b"\r\n")
        return reply


@asynccontextmanager
async def faulty_server(step: str, fault: str | None, **when: int) -> AsyncIterator[tuple[FaultyServer, int]]:
    """A running FaultyServer on a free loopback port: the server and the port."""
    faulty = FaultyServer(step, fault, **when)
    server = await asyncio.start_server(faulty.serve, "127.0.0.1", 0, limit=2**26)
    async with server:
        yield faulty, server.sockets[0].getsockname()[1]
