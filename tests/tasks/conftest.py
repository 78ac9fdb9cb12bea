"""A bureau of its own for each test: settings, database, inbox, archive, a real mail server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Hashable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger

from apps.county import County, example_county
from apps.demo import EXAMPLES
from apps.mailbox import Mailbox
from db import cycles, roster
from db.models import OutboxRow
from db.session import transaction
from selfeval.cycle_file import cycle_text
from selfeval.roster import RosterContact, RosterUnit
from tasks.deliver import empty_outbox
from tasks.evaluate import judge_batch, pending_submissions
from tasks.intake import collect
from tasks.issue_notice import freeze, record_issue, send_blanks
from tasks.open_cycle import store_cycle
from tasks.rehearse import decide_plan
from tests.conftest import copy_database, new_postgresql
from tests.db.county import DEFINITION, at

LEVELS = 'levels = ["department", "section", "bureau"]'


class Kept:
    """Bureaus brought to a state once and copied from then on: home folder with its mails, and database."""

    def __init__(self, folder: Path):
        self._folder, self._stack = folder, ExitStack()
        self._kept: dict[tuple[str, Hashable], tuple[Path, str]] = {}

    def give(self, bureau: Bureau, state: Hashable, make: Callable[[], None]) -> None:
        """Bring a new bureau to a state; `make` does so the first time."""
        kind = bureau.url.partition(":")[0]
        if (kind, state) in self._kept:
            home, url = self._kept[kind, state]
            shutil.copytree(home, bureau.home, dirs_exist_ok=True, symlinks=True)
            copy_database(url, bureau.url)
            return
        make()
        home = self._folder / f"{len(self._kept)}"
        shutil.copytree(bureau.home, home, ignore=shutil.ignore_patterns("selfeval.db*"), symlinks=True)
        url = f"sqlite:///{home}.db" if kind == "sqlite" else self._stack.enter_context(new_postgresql())
        copy_database(bureau.url, url)
        self._kept[kind, state] = (home, url)

    def close(self) -> None:
        self._stack.close()


class Bureau:
    """What the tests act on; every method takes the instant at which it happens."""

    def __init__(self, home: Path, mailbox: Mailbox, url: str, kept: Kept):
        self.home, self.mailbox, self.url, self._kept = home, mailbox, url, kept
        self.inbox = home / "inbox"

    def open(self, *units: RosterUnit) -> None:
        with transaction(self.url) as session:
            roster.save_roster(session, units, at=at("2026-02-01T09:00"), actor="管理员")
            cycles.open_cycle(session, DEFINITION, {}, at=at("2026-02-02T09:00"), actor="管理员")

    def bring(self, state: Hashable, make: Callable[[], None]) -> None:
        """Bring this bureau, which is new, to a state; `make` does so the first time that a bureau comes to it."""
        self._kept.give(self, state, make)

    def issue(self, when: str = "2026-03-02T09:00") -> None:
        decide_plan.fn(2025, True, "局长", "", at(when))
        codes = freeze.fn(2025, at(when), "管理员")
        send_blanks.fn(2025, codes, at(when))
        record_issue.fn(2025, at(when), "管理员")

    def deliver(self, when: str) -> dict[str, int]:
        return empty_outbox.fn(at(when))

    def open_examples(self, lock: date | None = None, examined: bool = False) -> County:
        """The example county with its notice issued and delivered; its policy's levels only if `examined`."""
        county = example_county(EXAMPLES)
        if not examined:
            policies = {name: text.replace(LEVELS, "levels = []") for name, text in county.policies.items()}
            assert policies != county.policies
            county = replace(county, policies=policies)
        self.bring((lock, examined), lambda: self._issue_examples(county, lock))
        return county

    def _issue_examples(self, county: County, lock: date | None) -> None:
        with transaction(self.url) as session:
            roster.save_roster(session, county.roster, at=at("2026-02-01T09:00"), actor="管理员")
        cycle = replace(county.cycle, milestones=replace(county.cycle.milestones, lock=lock))
        store_cycle.fn(cycle_text(cycle), dict(county.policies), at("2026-02-02T09:00"), "管理员")
        self.issue()
        self.deliver("2026-03-02T09:01")

    def file(self, wave: str, code: str) -> None:
        """Put the example filing of a unit into its folder."""
        for original in sorted((EXAMPLES / "filings" / wave / code).iterdir()):
            self.put(f"{code}/{original.name}", original.read_bytes())

    def put(self, place: str, data: bytes, age: timedelta = timedelta(hours=1)) -> Path:
        """Put a file into the inbox, last changed `age` ago."""
        path = self.inbox / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        changed = (datetime.now(UTC) - age).timestamp()
        os.utime(path, (changed, changed))
        return path

    def collect(self, when: str) -> dict[str, int]:
        return collect.fn(2025, at(when))

    def round(self, when: str) -> dict[str, int]:
        """Collect, judge, deliver; counts by state."""
        self.collect(when)
        counts = judge_batch.fn(pending_submissions.fn(2025), at(when))
        self.deliver(when)
        return counts

    def filed(self, when: str, *codes: str) -> Bureau:
        """This bureau, which is new, with the first filings of these units of the example county judged."""

        def make() -> None:
            self.open_examples()
            for code in codes:
                self.file("first", code)
            self.round(when)

        self.bring((when, *codes), make)
        return self

    def mails(self) -> list:
        """Every message that the mail server took, in order of receipt."""
        files = sorted(self.mailbox.folder.glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    def outbox(self, code: str | None) -> dict[tuple[str, str], str]:
        """State of the mails to a unit (None: to the bureau itself) by kind and step."""
        with self.transaction() as session:
            rows = session.query(OutboxRow).filter(OutboxRow.unit_code == code)
            return {(row.kind, row.step): row.state for row in rows}

    def transaction(self):
        return transaction(self.url)


def unit(
    code: str, name: str, department: str | None = None, status: str = "active", remark: str = ""
) -> RosterUnit:
    contact = RosterContact(f"u{code}@units.example", "某人", "")
    return RosterUnit(code, name, 2 if department else 1, department, status, (contact,), remark)


def instant(text: str) -> datetime:
    return at(text)


@pytest.fixture
def county(bureau) -> County:
    return bureau.open_examples()


@pytest.fixture
def bureau_url(sqlite_url) -> str:
    """The bureau's database; a module that must hold on both kinds overrides it with `database_url`."""
    return sqlite_url


@pytest.fixture(scope="session")
def kept_bureaus(tmp_path_factory):
    kept = Kept(tmp_path_factory.mktemp("kept"))
    yield kept
    kept.close()


@pytest.fixture
def bureau(tmp_path, monkeypatch, bureau_url, kept_bureaus):
    with Mailbox(tmp_path / "received") as mailbox, disable_run_logger():
        values = {
            "SELFEVAL_HOME": str(tmp_path),
            "SELFEVAL_DATABASE_URL": bureau_url,
            "SELFEVAL_SMTP_HOST": "127.0.0.1",
            "SELFEVAL_SMTP_PORT": str(mailbox.port),
            "SELFEVAL_SMTP_TLS": "none",
            "SELFEVAL_MAIL_FROM": "selfeval@bureau.example",
        }
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        yield Bureau(tmp_path, mailbox, bureau_url, kept_bureaus)
