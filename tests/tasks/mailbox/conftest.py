"""A real IMAP server, and a mailbox of its own for each test."""

from __future__ import annotations

import uuid

import pytest

from tests.tasks.imap_server import PASSWORD, ImapServer
from tests.tasks.mailbox.letters import UNITS


@pytest.fixture(scope="package")
def server():
    with ImapServer() as running:
        yield running


@pytest.fixture
def bureau_url(database_url) -> str:
    return database_url


@pytest.fixture
def account(server, bureau, monkeypatch):
    opened = server.user(f"u{uuid.uuid4().hex[:10]}")
    values = {"HOST": "127.0.0.1", "PORT": str(opened.port), "TLS": "none", "USERNAME": opened.name}
    for name, value in {**values, "PASSWORD": PASSWORD}.items():
        monkeypatch.setenv(f"SELFEVAL_IMAP_{name}", value)
    bureau.open(*UNITS)
    bureau.issue()
    return opened
