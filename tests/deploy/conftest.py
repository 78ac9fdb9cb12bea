"""One server with Redis and PostgreSQL for all tests that need several machines: it takes longest to start."""

from __future__ import annotations

import pytest

from tests.deploy.cluster import cluster as new_cluster


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    with new_cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made
