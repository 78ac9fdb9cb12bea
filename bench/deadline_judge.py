"""The judge of deadline day (bench/deadline.py): what the units sent against what the mail server took.

The originals are hashed where they lie, the mails are read as a unit reads them, the tables are asked in SQL: none
of the code that took the filings in is asked what it did.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from sqlalchemy import create_engine, text

from bench.deadline_units import Sent
from selfeval.workdays import SHANGHAI

_SECOND = timedelta(seconds=1)
_HASH = re.compile(r"SHA-256：([0-9a-f]{64})")
_STAMP = re.compile(r"收到时间：(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)（北京时间）")
_VERSION = re.compile(r"第(\d+)次报送")
COUNTS = (
    "lost", "twice", "receipts_missing", "wrong_unit", "wrong_time", "wrong_lateness", "wrong_order",
    "reminded_though_filed", "reminders_missing", "reminders_too_late", "withdrawn_without_filing",
    "unfinished", "chain_broken",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that the mail server took, at an instant of its own clock."""

    at: datetime
    mark: str
    address: str
    subject: str
    path: Path

    def text(self) -> str:
        message: EmailMessage = message_from_bytes(self.path.read_bytes(), policy=policy.default)
        return message.get_body(("plain",)).get_content()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a unit reads in a receipt."""

    at: datetime
    address: str
    files: frozenset[str]
    received: datetime
    version: int
    late: bool


@dataclass(frozen=True, slots=True)
class Wave:
    """The reminder wave, from its beginning to when all of it was queued; what had come `settled` before the
    beginning is not asked for.
    """

    begun: datetime
    queued: datetime
    settled: timedelta


def taken(folder: Path) -> list[Taken]:
    """Every mail of the mail server, in the order in which it took them."""
    found = []
    for path in sorted(folder.glob("*.eml")):
        with path.open("rb") as file:
            head = BytesHeaderParser(policy=policy.default).parse(file)
        at = datetime.fromtimestamp(int(path.name.split("-")[0]) / 1e9, SHANGHAI)
        address = head["To"].addresses[0].addr_spec
        found.append(Taken(at, head["Message-ID"], address, head["Subject"], path))
    return found


def judge(
    url: str, home: Path, mails: list[Taken], sent: list[Sent], due: datetime, wave: Wave
) -> dict[str, Any]:
    """Counts of what went wrong (COUNTS, all of them 0 when nothing did) and what was measured."""
    filings = [each for each in sent if each.kind != "same"]
    receipts = list(_receipts(mails))
    of_filing = {each: [r for r in receipts if r.files & each.files] for each in filings}
    single = {each: found[0] for each, found in of_filing.items() if len(found) == 1}
    rows = Rows(url)
    found: Counter[str] = Counter(dict.fromkeys(COUNTS, 0))
    found += _originals(home, sent, rows)
    found["twice"] += sum(len(each) > 1 for each in of_filing.values()) + _doubled(mails, rows)
    found["receipts_missing"] = sum(not each for each in of_filing.values())
    found["wrong_unit"] = sum(
        receipt.address != each.address or receipt.files != each.files for each, receipt in single.items()
    )
    found["wrong_time"] = sum(not _within(each, receipt.received) for each, receipt in single.items())
    found["wrong_order"] = _misordered(single)
    near = [each for each in single if each.began - _SECOND <= due <= each.ended]
    found["wrong_lateness"] = sum(
        # A second filing is measured by the day for corrections, which is weeks away.
        receipt.late != (each.kind == "first" and each.began > due)
        for each, receipt in single.items()
        if each not in near
    )
    found["unfinished"] = rows.unfinished({each.code for each in sent}, {mail.mark for mail in mails})
    found["chain_broken"] = rows.chain_broken()
    waits = [(receipt.at - each.ended).total_seconds() for each, receipt in single.items()]
    return {
        **{name: found[name] for name in COUNTS},
        **_reminded(rows, mails, sent, wave, receipts),
        "around_due": len(near),
        "late": sum(receipt.late for receipt in receipts),
        "mails": len(mails),
        "receipt_seconds_median": median(waits),
        "receipt_seconds_99": quantiles(waits, n=100)[98],
        "filings_per_second": len(single)
        / (max(receipt.at for receipt in receipts) - min(each.began for each in sent)).total_seconds(),
    }


def _receipts(mails: Iterable[Taken]) -> Iterator[Receipt]:
    for mail in mails:
        if "已收到" not in mail.subject:
            continue
        said = mail.text()
        received = datetime.fromisoformat(_STAMP.search(said)[1]).replace(tzinfo=SHANGHAI)
        version = int(_VERSION.search(said)[1])
        files = frozenset(_HASH.findall(said))
        yield Receipt(mail.at, mail.address, files, received, version, "按时报送" not in said)


def _within(each: Sent, received: datetime) -> bool:
    """The stamp is in whole seconds, and so is the clock of a mailbox."""
    return each.began.replace(microsecond=0) <= received <= each.ended


def _misordered(single: dict[Sent, Receipt]) -> int:
    """Pairs of filings of one unit, at least a second apart, whose numbers run the other way."""
    of_unit = defaultdict(list)
    for each, receipt in single.items():
        of_unit[each.code].append((each, receipt))
    count = 0
    for pairs in of_unit.values():
        for (first, one), (second, other) in pairwise(sorted(pairs, key=lambda pair: pair[0].began)):
            count += second.began - first.ended > _SECOND and one.version >= other.version
    return count


def _originals(home: Path, sent: list[Sent], rows: Rows) -> Counter[str]:
    """Every file and every whole mail is kept once, and every arrival of a file stands in the table once."""
    kept: Counter[str] = Counter()
    for path in (home / "archive").rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                kept[hashlib.file_digest(file, "sha256").hexdigest()] += 1
    wanted = {sha for each in sent for sha in each.files} | {each.message for each in sent if each.message}
    came = Counter(sha for each in sent for sha in each.files)
    listed = Counter(rows.one_column("SELECT sha256 FROM arrivals"))
    return Counter(
        lost=sum(kept[sha] == 0 for sha in wanted) + (came - listed).total(),
        twice=sum(kept[sha] > 1 for sha in wanted) + (listed - came).total(),
    )


def _doubled(mails: list[Taken], rows: Rows) -> int:
    """Mails that came twice, and units that were told the same thing twice."""
    marks = Counter(mail.mark for mail in mails)
    told = Counter(rows.told[mark] for mark in marks)
    return sum(count > 1 for counter in (marks, told) for count in counter.values())


def _reminded(
    rows: Rows, mails: list[Taken], sent: list[Sent], wave: Wave, receipts: list[Receipt]
) -> dict[str, int]:
    """Who had filed when the wave began gets no reminder, nor who has a receipt; who had not filed when all of it
    was queued gets one before the due instant, unless the filing comes before it goes out.
    """
    first: dict[str, Sent] = {}
    for each in sorted(sent, key=lambda each: each.began, reverse=True):
        first[each.address] = each
    answered = {receipt.address: receipt.at for receipt in reversed(receipts)}
    reminded = {mail.address: mail.at for mail in mails if rows.told[mail.mark][1] == "reminder"}
    too_late = {address for address, reason in rows.cancelled.items() if "截止" in reason}
    withdrawn = rows.cancelled.keys() - too_late
    # While others were still filing: the wave and the rush had to share the program and its mail.
    last = max(each.ended for each in sent)
    amid = sum(at < last for at in reminded.values())
    needless = [
        address
        for address, at in reminded.items()
        if (address in first and first[address].ended < wave.begun - wave.settled)
        or (address in answered and answered[address] < at)
    ]
    owing = {
        address for address in rows.addresses if address not in first or first[address].began > wave.queued
    }
    return {
        "reminders": len(reminded),
        "reminders_amid_filing": amid,
        "reminders_withdrawn": len(withdrawn),
        "reminders_too_late": len(too_late),
        "withdrawn_without_filing": len(withdrawn - first.keys()),
        "reminded_though_filed": len(needless),
        "reminders_missing": len(owing - reminded.keys() - too_late - withdrawn),
    }


class Rows:
    """The tables, asked in SQL."""

    def __init__(self, url: str):
        self._engine = create_engine(url)
        self.addresses = set(self.one_column("SELECT email FROM contacts"))
        outbox = self._all("SELECT message_id, recipient, kind, step, state, reply FROM outbox")
        self.told = {row.message_id: (row.recipient, row.kind, row.step) for row in outbox}
        self.states = Counter(row.state for row in outbox)
        self.sent = {row.message_id for row in outbox if row.state == "sent"}
        self.cancelled = {
            row.recipient: row.reply for row in outbox if row.state == "cancelled" and row.kind == "reminder"
        }

    def _all(self, query: str) -> list[Any]:
        with self._engine.connect() as connection:
            return list(connection.execute(text(query)))

    def one_column(self, query: str) -> list[Any]:
        return [row[0] for row in self._all(query)]

    def unfinished(self, filed: set[str], delivered: set[str]) -> int:
        """Mails that wait or never came, units without a judged newest version, versions judged without word."""
        waiting = sum(count for state, count in self.states.items() if state not in ("sent", "cancelled"))
        versions = self._all("SELECT unit_code, version, state, effective FROM submissions ORDER BY version")
        newest = {row.unit_code: row for row in versions}
        done = {code for code, row in newest.items() if row.effective and row.state != "received"}
        verdicts = {
            (recipient, step)
            for recipient, kind, step in self.told.values()
            if kind in ("accepted", "returned")
        }
        addresses = dict(self._all("SELECT unit_code, email FROM contacts"))
        silent = sum((addresses[code], f"v{newest[code].version}") not in verdicts for code in done)
        return waiting + len(self.sent ^ delivered) + len(filed ^ done) + silent

    def chain_broken(self) -> int:
        """Entries of the audit log that do not fit to the one before."""
        previous, broken = "0" * 64, 0
        for row in self._all(
            "SELECT at, actor, action, subject, details, previous_hash, hash FROM audit_log ORDER BY id"
        ):
            at = datetime.fromisoformat(row.at).replace(tzinfo=UTC) if isinstance(row.at, str) else row.at
            details = json.loads(row.details) if isinstance(row.details, str) else row.details
            content = [previous, at.astimezone(UTC).isoformat(), row.actor, row.action, row.subject, details]
            said = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
            broken += row.previous_hash != previous or row.hash != hashlib.sha256(said).hexdigest()
            previous = row.hash
        return broken
