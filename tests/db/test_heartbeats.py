"""Signs of life: one row per run that goes on, kept up to date, gone at its end."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from db import heartbeats
from db.models import Heartbeat
from db.session import transaction
from tests.db.county import at

RUN = "01a1ff04-b3c0-7830-a13e-b7941a5d0f2c"


def _beat(url: str, when: str, pid: int = 7) -> None:
    with transaction(url) as session:
        heartbeats.beat(session, RUN, "催报", host="县局", worker_pid=5, pid=pid, at=at(when))


def test_a_later_beat_moves_the_sign_and_an_earlier_one_does_not(database_url):
    for when, pid in (("2026-04-01T10:00", 7), ("2026-04-01T10:01", 8), ("2026-04-01T09:00", 9)):
        _beat(database_url, when, pid)
    with transaction(database_url) as session:
        sign = heartbeats.signs(session)[RUN]
        assert (sign.started_at, sign.seen_at) == (at("2026-04-01T10:00"), at("2026-04-01T10:01"))
        assert sign.pid == 8


def test_a_run_belongs_to_the_process_that_started_it_until_it_ends(database_url):
    _beat(database_url, "2026-04-01T10:00")
    with transaction(database_url) as session:
        assert [row.pid for row in heartbeats.of_workers(session, "县局", [5, 6])] == [7]
        assert (
            heartbeats.of_workers(session, "县局", [6]) == heartbeats.of_workers(session, "另一台", [5]) == []
        )
        heartbeats.end(session, RUN)
    with transaction(database_url) as session:
        assert heartbeats.signs(session) == {}


def test_a_sign_before_its_start_is_refused(database_url):
    with pytest.raises(IntegrityError), transaction(database_url) as session:
        session.add(
            Heartbeat(
                flow_run_id=RUN, flow="催报", host="县局", worker_pid=5, pid=7,
                started_at=at("2026-04-01T10:00"), seen_at=at("2026-04-01T09:00"),
            )
        )  # fmt: skip
