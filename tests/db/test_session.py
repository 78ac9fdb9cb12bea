"""One process at a time, by name, on both kinds of database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from threading import Event, Thread

from db.session import alone
from tests.conftest import ROOT


def test_only_one_is_inside_and_the_place_is_free_again_afterwards(database_url):
    with (
        alone(database_url, "mailbox") as first,
        alone(database_url, "mailbox") as second,
        alone(database_url, "other") as other,
    ):
        assert (first, second, other) == (True, False, True)
    with alone(database_url, "mailbox") as again:
        assert again


def test_a_killed_process_gives_its_place_up(database_url):
    script = (
        "import sys\nfrom db.session import alone\n"
        "with alone(sys.argv[1], 'mailbox') as mine:\n    print(mine, flush=True)\n    sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, database_url],
        cwd=ROOT, env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout.readline() == "True\n"
    with alone(database_url, "mailbox") as mine:
        assert not mine
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    # The server notices a closed connection in its own time.
    for _ in range(10_000):
        with alone(database_url, "mailbox") as mine:
            if mine:
                return
    raise AssertionError("the place of the dead process was never given up")


def test_with_patience_the_end_of_the_other_one_is_waited_for(database_url):
    begun, over = Event(), []

    def wait() -> None:
        begun.set()
        with alone(database_url, "mailbox", timedelta(minutes=5)) as mine:
            over.append(mine)

    waiting = Thread(target=wait)
    with alone(database_url, "mailbox") as first:
        assert first
        with alone(database_url, "mailbox", timedelta(milliseconds=20)) as impatient:
            assert not impatient
        waiting.start()
        begun.wait()
        assert over == []
    waiting.join()
    assert over == [True]
