"""Collections killed while mails and files come in: a short run of the benchmark, on both kinds of database."""

from __future__ import annotations

import pytest

from bench import intake_faults
from bench.databases import Place
from tests.tasks.imap_server import DOVECOT


@pytest.mark.skipif(DOVECOT is None, reason="跳过：没有 dovecot（Debian 包 dovecot-imapd）")
def test_nothing_is_lost_stored_twice_or_answered_twice(database_url, tmp_path):
    place = Place(database_url.split(":")[0], database_url, tmp_path)
    result = intake_faults.play(place, units=10, kills=3)
    assert (result["lost"], result["twice"], result["kills"]) == (0, 0, 3)
