"""One server with Redis and PostgreSQL, and two workers, for all tests that need several machines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.deploy import bureau as county
from tests.deploy.bureau import Bureau
from tests.deploy.cluster import cluster


@pytest.fixture(scope="session")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with cluster(tmp_path_factory.mktemp("cluster")) as made, county.served(made) as bureau:
        yield bureau
