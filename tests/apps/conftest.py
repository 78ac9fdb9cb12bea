"""One served bureau for all tests that need one: to start it takes longer than most of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.apps.served import Served


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A bureau where no schedule runs until `resume_schedules`: each run takes its part of the machine."""
    served = Served(tmp_path_factory.mktemp("bureau"))
    try:
        served.start()
        served.pause_schedules()
        yield served
    finally:
        served.end()
