"""Deadline day in small: nothing is lost or told twice while wave and mail run, and the judge of it sees what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from apps.prefect_server import PrefectServer
from bench.databases import Place
from bench.deadline import Played, play
from bench.deadline_judge import COUNTS, Taken
from bench.deadline_units import Day, File, Planned, Sent, marked
from tests.deploy import many_units
from tests.tasks.imap_server import DOVECOT

# A department with seven units: five file, one of them twice by either way and one again the same; two never.
UNITS = [many_units.DEPARTMENTS[0], *many_units.SUBORDINATE[:7]]
PLAN = [
    Planned(0, 1, "folder", "first"),
    Planned(0, 2, "mail", "first"),
    Planned(0, 3, "folder", "first"),
    Planned(4, 1, "mail", "again"),
    Planned(4, 3, "mail", "same"),
    Planned(12, 4, "folder", "first"),
    Planned(13, 5, "mail", "first"),
]
# The filings come when they come: none of them is late on the slowest machine, no reminder overtaken. Every stage
# runs beside the wave, and once more when all have filed.
DAY = Day(rush=0, wave=8, due=3600, end=3600, pause=12)


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[PrefectServer]:
    server = PrefectServer(tmp_path_factory.mktemp("prefect"))
    server.start()
    yield server
    server.stop()


def _files(each: Planned) -> list[File]:
    filer = UNITS[each.number]
    name, data = many_units.template_of(filer).of(filer)
    return [(name, marked(data, each))]


@pytest.mark.skipif(DOVECOT is None, reason="跳过：没有 dovecot")
def test_deadline_day_ends_without_a_fault_and_a_wave_that_arrived_and_whatever_is_broken_is_counted(
    server, sqlite_url, tmp_path
):
    played = play(Place("sqlite", sqlite_url, tmp_path), server, UNITS, PLAN, DAY, _files)

    assert not played.runs.complaints
    found = played.judged()
    assert {name: found[name] for name in COUNTS} == dict.fromkeys(COUNTS, 0)
    # Three file before the wave; three never, and two when it is on its way.
    assert 3 <= found["reminders"] <= 5
    for fault, broken in _broken(played):
        assert broken.judged()[fault] > 0, fault


def _broken(played: Played) -> Iterator[tuple[str, Played]]:
    """Each fault with the day as it would be if that had happened; what is changed in the tables stays so."""

    def mail(said: str) -> Taken:
        return next(each for each in played.mails if said in each.subject)

    def without(one: Taken) -> Played:
        return replace(played, mails=[each for each in played.mails if each is not one])

    def otherwise(one: Sent, **changes) -> Played:
        return replace(played, sent=[replace(s, **changes) if s is one else s for s in played.sent])

    of = {(each.code, each.kind): each for each in played.sent}
    code = UNITS[1].code
    first, again = of[code, "first"], of[code, "again"]
    hour = timedelta(hours=1)
    yield "receipts_missing", without(mail("已收到"))
    yield "reminders_missing", without(mail("请于"))
    yield "unfinished", without(mail("审核通过"))
    yield "twice", replace(played, mails=[*played.mails, mail("已收到")])
    yield "lost", otherwise(first, files=first.files | {"0" * 64})
    yield "wrong_unit", otherwise(first, address="somebody@else.example")
    yield "wrong_time", otherwise(first, began=first.began + hour, ended=first.ended + hour)
    yield "wrong_order", otherwise(first, began=again.began + hour, ended=again.ended + hour)
    yield "wrong_lateness", replace(played, due=first.began - hour)
    yield (
        "reminded_though_filed",
        otherwise(
            of[UNITS[5].code, "first"], began=first.began, ended=first.ended, address=mail("请于").address
        ),
    )
    for fault, statement in (
        ("chain_broken", "UPDATE audit_log SET actor = 'nobody' WHERE id = 2"),
        ("unfinished", "UPDATE submissions SET effective = false WHERE version = 1"),
        (
            "reminders_too_late",
            "UPDATE outbox SET state = 'cancelled', sent_at = NULL, reply = '截止' WHERE kind = 'reminder'",
        ),
        (
            "withdrawn_without_filing",
            "UPDATE outbox SET state = 'cancelled', sent_at = NULL, reply = '' WHERE kind = 'reminder'",
        ),
    ):
        with create_engine(played.place.url).begin() as connection:
            connection.execute(text(statement))
        yield fault, played
