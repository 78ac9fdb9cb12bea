"""Senders killed at random while a notice and three reminder waves go out; the mail server's log is the judge.

1,000 units, two senders at once, each SIGKILLed at random moments (50 kills) and started again; on
PostgreSQL the database is restarted once in the middle. Measures, per database and in all: mails lost
(due, not in the server's log and not listed as uncertain), delivered twice, uncertain, kills. Goals: 0 lost,
0 twice, no more uncertain than kills times connections (two at most, for all senders together).
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bench import measure
from bench.databases import Place, on_each
from bench.mail_host import fill, mail_server, sends_to
from bench.victims import Victims
from db.models import OutboxRow
from db.session import transaction
from tasks.deliver import empty_outbox

SENDERS = 2
CONNECTIONS = 2
_KEYS = ("mails", "kills", "lost", "twice", "uncertain", "unsent")
_OPEN = ("pending", "claimed", "sending")
# The lease is short: a benchmark cannot wait a quarter of an hour for each dead sender.
_LEASE = timedelta(seconds=3)


def _send() -> None:
    empty_outbox.fn(None, lease=_LEASE)


def states(url: str) -> dict[str, str]:
    """State of every mail by Message-ID, without brackets."""
    with transaction(url) as session:
        return {row.message_id.strip("<>"): row.state for row in session.scalars(select(OutboxRow))}


def judge(url: str, log: Path, due: int) -> dict[str, int]:
    """Compare the outbox with what the mail server took."""
    taken = Counter(log.read_text(encoding="ascii").split())
    found = states(url)
    assert len(found) == due
    return {
        "lost": sum(mark not in taken and state != "uncertain" for mark, state in found.items()),
        "twice": sum(count > 1 for count in taken.values()),
        "uncertain": sum(state == "uncertain" for state in found.values()),
        "unsent": sum(state in _OPEN for state in found.values()),
    }


def play(place: Place, units: int, kills: int) -> dict[str, int]:
    """One run on one database."""
    url, folder, restart = place.url, place.folder, place.restart
    due = fill(url, units)
    log = folder / "server.log"
    log.touch()
    chance = random.Random(20260410)
    killed = 0
    with mail_server(log) as port:
        environment = {
            **os.environ,
            "SELFEVAL_HOME": str(folder),
            "SELFEVAL_DATABASE_URL": url,
            **sends_to(port),
            "SELFEVAL_SMTP_CONNECTIONS": str(CONNECTIONS),
            "PREFECT_LOGGING_TO_API_ENABLED": "false",
        }
        senders = Victims(_send, environment, SENDERS, longest=0.5)
        try:
            while killed < kills:
                killed += senders.kill_one(chance)
                if restart and killed == kills // 2:
                    restart()
                    restart = None
                senders.revive()
            while any(state in _OPEN for state in states(url).values()):
                senders.revive()
                time.sleep(0.5)
        finally:
            senders.stop()
    return {**judge(url, log, due), "kills": killed, "mails": due}


def main() -> None:
    units, kills = (100, 6) if measure.quick_wanted(__doc__) else (1000, 50)
    total = on_each("mail_faults", _KEYS, lambda place: play(place, units, kills))
    allowed = total["kills"] * CONNECTIONS
    if total["lost"] or total["twice"] or total["uncertain"] > allowed:
        raise SystemExit("mails were lost, doubled or left in doubt beyond one per kill and connection")


if __name__ == "__main__":
    main()
