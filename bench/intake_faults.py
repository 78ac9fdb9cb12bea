"""Collections killed at random while mails and files come in; the archive and the mail server's log are the judges.

500 messages in a real IMAP server's mailbox and 500 files in the inbox folder, one of each per unit, come
in while two collections run at once, each SIGKILLed at random moments (50 kills) and started again; on
PostgreSQL the database is restarted once in the middle. Then the receipts go out. Measures, per database
and in all: lost (an original that is not whole in the archive, or neither stored nor listed for a person; a
receipt that the mail server never saw), twice (stored in two versions, or answered twice), uncertain (kept
and listed for a person, because three kills hit the same mail), kills. Goals: 0 lost, 0 twice.
"""

from __future__ import annotations

import hashlib
import os
import random
import time
from collections import Counter
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from threading import Thread

from sqlalchemy import select

from bench import measure
from bench.databases import Place, on_each
from bench.mail_host import collects_from, fill, mail_server, sends_to
from bench.victims import Victims
from db.models import Arrival, MailMessage, OutboxRow, Submission, SubmissionFile
from db.session import transaction
from selfeval.workdays import SHANGHAI
from tasks.archive import Archive
from tasks.deliver import empty_outbox
from tasks.intake import collect
from tests.forked import Forked
from tests.tasks.imap_server import DOVECOT, Account, ImapServer

_KEYS = ("messages", "files", "kills", "lost", "twice", "uncertain")


def _collect() -> None:
    collect.fn(2025, None)


def _send() -> None:
    empty_outbox.fn(None)


class Intake:
    """What comes in, from a thread of its own: the bytes of every message and file, by SHA-256."""

    def __init__(self, inbox: Path, account: Account, units: int, seconds: float):
        self._inbox, self._account, self._pause = inbox, account, seconds / units
        self.files = {f"{n:06d}": f"filed by {n:06d}\n".encode() * 200 for n in range(units)}
        self.attached = {code: f"mailed by {code}\n".encode() * 200 for code in self.files}
        self.messages = {code: _mail(code, data) for code, data in self.attached.items()}
        self.failure: Exception | None = None
        self._thread = Thread(target=self._bring, daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def coming(self) -> bool:
        return self._thread.is_alive()

    def originals(self) -> list[bytes]:
        return [*self.files.values(), *self.attached.values(), *self.messages.values()]

    def _bring(self) -> None:
        try:
            for code, data in self.files.items():
                self._put(code, data)
                self._account.append(self.messages[code], datetime.now(SHANGHAI))
                time.sleep(self._pause)
        except Exception as error:  # noqa: BLE001 - raised in the main thread by whoever waits for the end
            self.failure = error

    def _put(self, code: str, data: bytes) -> None:
        folder = self._inbox / code
        folder.mkdir(parents=True)
        growing = folder / "自评表.xlsx.part"
        growing.write_bytes(data)
        # A file changed a moment ago is taken for unfinished.
        os.utime(growing, (time.time() - 60,) * 2)
        growing.rename(folder / "自评表.xlsx")


def settled(url: str, intake: Intake) -> bool:
    """Whether everything that came in has its end in the database."""
    with transaction(url) as session:
        mails = session.scalars(select(MailMessage.kind)).all()
        folder = session.scalars(select(Arrival.id).where(Arrival.channel == "folder")).all()
    return None not in mails and len(mails) == len(intake.messages) and len(folder) == len(intake.files)


def judge(url: str, home: Path, log: Path, intake: Intake) -> dict[str, int]:
    """Compare archive, database and the mail server's log with what came in."""
    archive = Archive(str(home / "archive"))
    lost = sum(not _kept(archive, data) for data in intake.originals())
    with transaction(url) as session:
        stored = Counter(session.scalars(select(SubmissionFile.sha256)))
        unopened = {mail.sha256 for mail in session.scalars(select(MailMessage)) if mail.kind != "filing"}
        versions = Counter(session.scalars(select(Submission.unit_code)))
        listed = Counter(session.scalars(select(Arrival.source)))
        receipts = {
            row.message_id.strip("<>"): row.unit_code
            for row in session.scalars(select(OutboxRow).where(OutboxRow.kind == "receipt"))
        }
    uncertain = 0
    for code in intake.files:
        for data, whole in ((intake.files[code], None), (intake.attached[code], intake.messages[code])):
            if stored[_sha(data)] == 0:
                doubt = whole is not None and _sha(whole) in unopened
                uncertain, lost = uncertain + doubt, lost + (not doubt)
    taken = Counter(log.read_text(encoding="ascii").split())
    answered = Counter(receipts.values())
    return {
        "lost": lost
        + sum(taken[mark] == 0 for mark in receipts)
        + sum(answered[code] < count for code, count in versions.items()),
        "twice": sum(count > 1 for counter in (stored, listed, taken) for count in counter.values())
        + sum(answered[code] > count for code, count in versions.items()),
        "uncertain": uncertain,
    }


def play(place: Place, units: int, kills: int) -> dict[str, int]:
    """One run on one database."""
    url, folder, restart = place.url, place.folder, place.restart
    fill(url, units, steps=())
    log = folder / "server.log"
    log.touch()
    chance = random.Random(20260410)
    with ImapServer() as imap, mail_server(log) as port:
        account = imap.user("bench")
        environment = {
            **os.environ,
            "SELFEVAL_HOME": str(folder),
            "SELFEVAL_DATABASE_URL": url,
            **sends_to(port),
            **collects_from(imap, account),
            "PREFECT_LOGGING_TO_API_ENABLED": "false",
        }
        intake = Intake(folder / "inbox", account, units, seconds=kills * 1.2)
        killed = 0
        intake.start()
        collectors = Victims(_collect, environment, 2, longest=0.6)
        try:
            while killed < kills:
                killed += collectors.kill_one(chance)
                if restart and killed == kills // 2:
                    restart()
                    restart = None
                collectors.revive()
            while intake.coming or not (intake.failure or settled(url, intake)):
                collectors.revive()
                time.sleep(0.5)
        finally:
            collectors.stop()
        if intake.failure:
            raise intake.failure
        # What the last killed one left in place is moved away, and everything is seen a second time.
        for work in (_collect, _send):
            last = Forked(work, environment)
            last.do()
            last.end()
        left = len(account.mails())
    result = judge(url, folder, log, intake)
    result["lost"] += left  # a settled mail that was not moved away would be looked at forever
    return {**result, "kills": killed, "messages": units, "files": units}


def _mail(code: str, data: bytes) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = (
        f"u{int(code)}@units.example",
        "zp@bureau.example",
        "自评材料",
    )
    message.set_content("请查收")
    message.add_attachment(data, maintype="application", subtype="octet-stream", filename="自评报告.docx")
    return message.as_bytes()


def _kept(archive: Archive, data: bytes) -> bool:
    try:
        return archive.get(_sha(data), len(data) + 1) == data
    except FileNotFoundError:
        return False


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def main() -> None:
    quick = measure.quick_wanted(__doc__)
    if DOVECOT is None:
        raise SystemExit("no dovecot: the Debian package dovecot-imapd is needed")
    units, kills = (20, 3) if quick else (500, 50)
    total = on_each("intake_faults", _KEYS, lambda place: play(place, units, kills))
    if total["lost"] or total["twice"] or total["uncertain"] > total["kills"] // 3:
        raise SystemExit("filings were lost, stored twice or left in doubt beyond one per three kills")


if __name__ == "__main__":
    main()
