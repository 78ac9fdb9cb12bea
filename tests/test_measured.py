"""The page of measured results says what the results say."""

from __future__ import annotations

import pytest

from bench.page import charted


@pytest.mark.parametrize(
    ("found", "units", "verdict"),
    [(1.6, 1000, "未达到"), (1.7, 1000, "达到"), (1.9, 100, "只测到 100 家")],
)
def test_a_goal_is_missed_on_its_wrong_side_and_open_below_its_size(found, units, verdict):
    results = {"scale": {"measures": {"two_process_speedup": found, "units": units}}}
    assert [each for _, _, each in charted(results)] == [verdict]
