"""A mail server on loopback that keeps every message as a file: for the demonstration and for tests."""

from __future__ import annotations

import socket
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class _Keeper:
    """Writes each message as it came, numbered in order of receipt, after those that the folder holds."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._count: int | None = None

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self._count is None:
            self._count = sum(1 for _ in self._folder.glob("*.eml"))
        self._count += 1
        content: bytes = envelope.original_content
        to = BytesHeaderParser(policy=policy.default).parsebytes(content)["To"].addresses[0].addr_spec
        name = "".join(c if c.isalnum() or c in "._-@" else "_" for c in to)
        (self._folder / f"{self._count:04d}-{name}.eml").write_bytes(content)
        return "250 2.0.0 OK"


class Mailbox:
    """An SMTP server with a folder; use it as a context."""

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._controller = Controller(_Keeper(folder), hostname="127.0.0.1", port=free_port())

    @property
    def port(self) -> int:
        return self._controller.port

    def __enter__(self) -> Mailbox:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
