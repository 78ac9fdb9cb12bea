"""The draw: the same seed draws the same units, every department has its share, every unit the same chance."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfeval.recheck import draw, require_score, sample_size
from selfeval.refusal import Refusal

FRAMES = st.dictionaries(
    st.from_regex(r"[0-9]{3,6}", fullmatch=True), st.sampled_from(["101", "203", "305", "407"]), max_size=60
)
SHARES = st.decimals(0, 1, places=2)
SEEDS = st.text(min_size=1, max_size=20)


@given(FRAMES, SHARES, st.integers(0, 10), SEEDS, st.randoms())
def test_the_same_seed_draws_the_same_units_whatever_the_order_of_the_roster(frame, share, least, seed, mix):
    shuffled = list(frame.items())
    mix.shuffle(shuffled)
    drawn = draw(frame, share, least, seed)
    assert draw(dict(shuffled), share, least, seed) == drawn
    assert len(set(drawn)) == len(drawn) == sample_size(len(frame), share, least)
    assert set(drawn) <= frame.keys()


@given(FRAMES, SHARES, st.integers(0, 10), SEEDS)
def test_every_department_has_its_share_rounded_down_or_up(frame, share, least, seed):
    drawn = draw(frame, share, least, seed)
    for department, size in Counter(frame.values()).items():
        quota = Decimal(size * len(drawn)) / len(frame)
        taken = sum(frame[code] == department for code in drawn)
        assert floor(quota) <= taken <= ceil(quota)


def test_every_unit_has_the_same_chance_also_the_only_one_of_its_department():
    frame = (
        {"305": "305"} | {f"101{n:03d}": "101" for n in range(9)} | {f"203{n:03d}": "203" for n in range(10)}
    )
    times = Counter(code for seed in range(2000) for code in draw(frame, Decimal("0.10"), 1, str(seed)))
    assert set(times) == frame.keys()
    # 200 expected of each; five standard deviations are 67.
    assert all(abs(count - 200) < 67 for count in times.values())


def test_the_draw_of_a_seed_never_changes():
    frame = {f"{department}{n:03d}": department for department in ("101", "203") for n in range(1, 11)}
    assert draw(frame, Decimal("0.20"), 1, "2026-06-01") == ("101004", "101008", "203002", "203004")


def test_the_share_is_rounded_up_and_the_minimum_never_exceeds_the_roster():
    assert [sample_size(n, Decimal("0.10"), 2) for n in (0, 1, 12, 21, 100)] == [0, 1, 2, 3, 10]


@pytest.mark.parametrize("wrong", ["-0.01", "100.01", "88.888", "NaN"])
def test_what_is_no_score_is_refused_with_what_was_given(wrong):
    with pytest.raises(Refusal, match=wrong):
        require_score(Decimal(wrong))
