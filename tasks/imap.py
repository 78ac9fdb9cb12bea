"""One IMAP folder to take mails from: connect, list, fetch, move away. Its refusals are Chinese sentences."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import (
    ImapToolsError,
    MailboxFolderCreateError,
    MailboxFolderSelectError,
    MailboxLoginError,
    UnexpectedCommandStatusError,
)
from imap_tools.utils import encode_folder

from selfeval.letter import one_line
from selfeval.refusal import Refusal, in_words
from selfeval.workdays import local

_FAILURES = (ImapToolsError, imaplib.IMAP4.error, OSError)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_INTERNAL = re.compile(rb'INTERNALDATE "\s*(\d{1,2})-(\w{3})-(\d{4}) (\d\d:\d\d:\d\d ?[+-]\d{4})"')


class MailboxRefusal(Refusal):
    """The mailbox cannot be used; the text says why and what to check."""


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """`tls` is none, starttls or tls. `folder` is read; mails go to `done` or, for a person, to `person`."""

    host: str
    port: int
    tls: str
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    done: str = "已收"
    person: str = "待人工"
    timeout: int = 30

    @property
    def mailbox(self) -> str:
        """The name under which the database knows the folder."""
        return f"{self.host}/{self.username}/{self.folder}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail in the folder: `received_at` is when the server got it, `size` its bytes."""

    uid: int
    size: int
    received_at: datetime


class ImapFolder:
    """The opened folder. Every call raises MailboxRefusal when the server fails or refuses."""

    def __init__(self, settings: ImapSettings, box: BaseMailBox):
        self._settings, self._box = settings, box
        self.uidvalidity = box.folder.status(settings.folder, ("UIDVALIDITY",))["UIDVALIDITY"]
        self._moves = "MOVE" in box.client.capability()[1][0].decode("ascii", "replace").upper().split()
        for name in {settings.done, settings.person}:
            # A folder whose name is not ASCII cannot be asked for by name on every server; making it twice is safe.
            with suppress(MailboxFolderCreateError):
                box.folder.create(name)

    def waiting(self) -> list[Waiting]:
        """The mails in the folder, by UID: in the order in which they came."""
        found = []
        with _explained(self._settings):
            uids = self._box.uids("UNDELETED")
            for start in range(0, len(uids), 500):
                asked = ",".join(uids[start : start + 500])
                answer = self._ask("FETCH", asked, "(UID RFC822.SIZE INTERNALDATE)")
                found += [_waiting(line) for line in answer if isinstance(line, bytes) and b"UID" in line]
        return sorted(found, key=lambda mail: mail.uid)

    def fetch(self, uid: int) -> bytes | None:
        """The whole message, unchanged and not marked as read; None when it is gone."""
        with _explained(self._settings):
            for line in self._ask("FETCH", str(uid), "(BODY.PEEK[])"):
                if isinstance(line, tuple):
                    return line[1]
        return None

    def move(self, uid: int, folder: str) -> None:
        """Take a mail out of the folder; one that another poll has just taken out is where it belongs."""
        with _explained(self._settings):
            try:
                if self._moves:
                    # One step (RFC 6851): a process that dies leaves no copy behind.
                    self._ask("MOVE", str(uid), encode_folder(folder))
                else:
                    self._box.move(str(uid), folder)
            except (ImapToolsError, imaplib.IMAP4.error):
                if str(uid) in self._box.uids(f"UID {uid} UNDELETED"):
                    raise

    def _ask(self, command: str, *arguments: str | bytes) -> list:
        status, answer = self._box.client.uid(command, *arguments)
        if status != "OK":
            raise UnexpectedCommandStatusError((status, answer), "OK")
        return answer


@contextmanager
def imap_folder(settings: ImapSettings) -> Iterator[ImapFolder]:
    """The folder of a mailbox, logged in; raises MailboxRefusal when that is not possible."""
    with _explained(settings):
        box = _connect(settings)
    try:
        with _explained(settings):
            _log_in(settings, box)
            folder = ImapFolder(settings, box)
        yield folder
    finally:
        # What matters is committed and moved; a server that is gone needs no farewell.
        with suppress(*_FAILURES):
            box.logout()


def _connect(settings: ImapSettings) -> BaseMailBox:
    where = {"host": settings.host, "port": settings.port, "timeout": settings.timeout}
    if settings.tls == "none":
        return MailBoxUnencrypted(**where)
    # The standard library's own default for IMAP checks no certificate.
    kind: Callable[..., BaseMailBox] = MailBox if settings.tls == "tls" else MailBoxStartTls
    return kind(**where, ssl_context=ssl.create_default_context())


def _log_in(settings: ImapSettings, box: BaseMailBox) -> None:
    log_in = box.login if settings.password.isascii() and settings.username.isascii() else box.login_utf8
    log_in(settings.username, settings.password, initial_folder=None)
    if "ID" in box.client.capabilities:
        # NetEase mailboxes (163, 126, yeah) open no folder for a client that does not name itself.
        box.client.xatom("ID", '("name" "selfeval" "version" "1.0")')
    box.folder.set(settings.folder)


@contextmanager
def _explained(settings: ImapSettings) -> Iterator[None]:
    try:
        yield
    except _FAILURES as error:
        raise MailboxRefusal(_reason(settings, error)) from error


def _reason(settings: ImapSettings, error: Exception) -> str:
    where = f"邮箱服务器 {settings.host}:{settings.port}"
    said = one_line(in_words(error), 200)
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"{where} 的证书不可信，没有登录（{said}）。请核对 SELFEVAL_IMAP_HOST，或请管理员安装正确的证书。"
        )
    if isinstance(error, ssl.SSLError):
        return f"与{where} 的加密连接失败（{said}）。请核对 SELFEVAL_IMAP_PORT 和 SELFEVAL_IMAP_TLS。"
    if isinstance(error, MailboxLoginError) or "AUTHENTICATIONFAILED" in said:
        return (
            f"{where} 拒绝用户“{settings.username}”登录。请核对 SELFEVAL_IMAP_USERNAME 和 "
            f"SELFEVAL_IMAP_PASSWORD；许多邮箱要先在网页上开启 IMAP，并使用专门的授权码。"
        )
    if isinstance(error, MailboxFolderSelectError):
        return f"{where} 上打不开文件夹“{settings.folder}”（{said}）。请核对 SELFEVAL_IMAP_FOLDER。"
    if isinstance(error, OSError):
        return f"连不上{where}（{said}）。请核对 SELFEVAL_IMAP_HOST、SELFEVAL_IMAP_PORT 和网络。"
    return f"{where} 未能完成操作（{said}）。未处理的邮件留在原处，下次收取时再试。"


def _waiting(line: bytes) -> Waiting:
    uid, size, at = re.search(rb"UID (\d+)", line), _SIZE.search(line), _INTERNAL.search(line)
    if not (uid and size and at):
        raise imaplib.IMAP4.error(f"看不懂的答复 {line[:200]!r}")
    day, month, year, clock = (group.decode("ascii") for group in at.groups())
    return Waiting(int(uid[1]), int(size[1]), local(parsedate_to_datetime(f"{day} {month} {year} {clock}")))
