"""What the units do on deadline day (bench/deadline.py): who files when and by which way, and what was sent.

Half of the units file early, 40 of a hundred in the rush before the due instant, more of them the nearer it is,
five too late, five never. One in ten files again by the other way, one in fifty sends the same bytes again.
"""

from __future__ import annotations

import hashlib
import imaplib
import io
import random
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from pathlib import Path
from threading import Thread

from bench import filings
from selfeval.roster import RosterUnit
from selfeval.workdays import SHANGHAI
from tests.tasks.imap_server import PASSWORD, Account

File = tuple[str, bytes]  # name, content
_SEED = 20260410
_EARLY, _RUSH, _LATE, _AGAIN, _SAME = 0.50, 0.40, 0.05, 0.10, 0.02
_FOLDER = 0.6  # of the filings; the others come by mail
_PAUSE = 4.0  # seconds at least between two filings of a unit, so that their order is beyond doubt


@dataclass(frozen=True, slots=True)
class Day:
    """Seconds from the beginning: the rush begins, the wave goes out, the filing is due, the last ones come.

    `pause`: between two runs of a stage.
    """

    rush: float
    wave: float
    due: float
    end: float
    pause: float = 10


@dataclass(frozen=True, slots=True)
class Planned:
    """A filing of the unit of this number, so many seconds after the beginning; `kind`: first, again or same."""

    second: float
    number: int
    channel: str
    kind: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What a unit sent between two instants: hashes of its files and, by mail, of the whole message."""

    code: str
    address: str
    channel: str
    kind: str
    files: frozenset[str]
    message: str | None
    began: datetime
    ended: datetime


def plan(units: int, day: Day) -> list[Planned]:
    """Every filing of the day, in order of time; the same on every run."""
    chance, planned = random.Random(_SEED), []
    for number in range(units):
        draw = chance.random()
        if draw < _EARLY:
            second = chance.uniform(0, day.rush)
        elif draw < _EARLY + _RUSH:
            second = chance.triangular(day.rush, day.due, day.due)
        elif draw < _EARLY + _RUSH + _LATE:
            second = chance.uniform(day.due, day.end)
        else:
            continue
        channel = "folder" if chance.random() < _FOLDER else "mail"
        planned.append(Planned(second, number, channel, "first"))
        draw = chance.random()
        if draw < _AGAIN + _SAME:
            other = "mail" if channel == "folder" else "folder"
            later = second + _PAUSE + chance.expovariate(1 / (_PAUSE * 5))
            planned.append(Planned(later, number, other, "again" if draw < _AGAIN else "same"))
    return sorted(planned, key=lambda each: each.second)


@dataclass
class Units:
    """All units: each way in has a thread of its own, which sends what is planned when its second has come."""

    planned: list[Planned]
    units: Sequence[RosterUnit]
    files: Callable[[Planned], list[File]]
    inbox: Path
    account: Account
    sent: list[Sent] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def start(self, begin: float) -> None:
        """`begin` is the clock's time of the plan's second 0."""
        self._threads = [Thread(target=work, args=(begin,), daemon=True) for work in (self._file, self._mail)]
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Return when everything was sent; raises what kept a unit from sending."""
        for thread in self._threads:
            thread.join()
        if self.failures:
            raise ExceptionGroup("units that could not file", self.failures)

    def _file(self, begin: float) -> None:
        self._send("folder", begin, self._put)

    def _mail(self, begin: float) -> None:
        with imaplib.IMAP4("127.0.0.1", self.account.port) as client:
            client.login(self.account.name, PASSWORD)
            self._send("mail", begin, partial(self._append, client))

    def _send(self, channel: str, begin: float, put: Callable[[Planned, list[File]], Sent]) -> None:
        try:
            for each in self.planned:
                if each.channel == channel:
                    files = self.files(each)
                    time.sleep(max(0.0, begin + each.second - time.time()))
                    self.sent.append(put(each, files))
        except Exception as error:  # noqa: BLE001 - raised by `finish`
            self.failures.append(error)

    def _put(self, each: Planned, files: list[File]) -> Sent:
        unit = self.units[each.number]
        folder = self.inbox / unit.code
        folder.mkdir(parents=True, exist_ok=True)
        began = datetime.now(SHANGHAI)
        for name, data in files:
            (folder / name).write_bytes(data)
        return _sent(each, unit, files, None, began)

    def _append(self, client: imaplib.IMAP4, each: Planned, files: list[File]) -> Sent:
        unit = self.units[each.number]
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"] = unit.contacts[0].email, "zp@bureau.example"
        message["Subject"] = f"{unit.code} 自评材料"
        message["Message-ID"] = f"<{each.kind}.{unit.code}@units.example>"
        message.set_content("请查收")
        for name, data in files:
            message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
        raw = message.as_bytes()
        began = datetime.now(SHANGHAI)
        # No date is given: the server says by its own clock when it got the mail.
        status, answer = client.append("INBOX", None, None, raw)
        assert status == "OK", answer
        return _sent(each, unit, files, raw, began)


def filed(each: Planned) -> list[File]:
    """The files of a filing; no two filings are the same bytes, but for the one that is sent the same again."""
    return [(name, marked(data, each)) for name, data in filings.filing(each.number)]


def marked(office_file: bytes, each: Planned) -> bytes:
    """The file with bytes that only this filing has."""
    mark = f"{each.number} {'again' if each.kind == 'again' else 'first'}".encode()
    stream = io.BytesIO(office_file)
    with zipfile.ZipFile(stream, "a") as package:
        package.comment = mark
    return stream.getvalue()


def _sent(each: Planned, unit: RosterUnit, files: list[File], raw: bytes | None, began: datetime) -> Sent:
    return Sent(
        unit.code,
        unit.contacts[0].email,
        each.channel,
        each.kind,
        frozenset(_sha(data) for _, data in files),
        _sha(raw) if raw else None,
        began,
        datetime.now(SHANGHAI),
    )


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
