"""Files damaged at random end in a Filing: a short run of the benchmark's mutations, always the same ones."""

from __future__ import annotations

import sys

import pytest

from tests.documents import builders, layouts

if sys.platform == "win32":
    pytest.skip("the limits of a process are those of POSIX", allow_module_level=True)

from bench import fuzz


def test_two_hundred_mutated_files_are_read_or_refused_in_time():
    sources = [
        (f"{name}.{ending}", build(getattr(layouts, name)))
        for name in ("CENTRAL", "HEADING_IN_TWO_ROWS", "TASKS", "TWO_ON_A_SHEET")
        for ending, build in (("docx", builders.word), ("xlsx", builders.excel))
    ]
    counts, failures, slowest, most = fuzz.run(sources, range(200))
    assert failures == []
    assert counts["read"] > 50 and counts["refused"] > 50
    assert slowest[0] < fuzz.LIMIT_SECONDS and most < fuzz.LIMIT_MB


def test_a_mutation_can_be_made_again_from_its_seed():
    sources = [("甲.docx", builders.word(layouts.CENTRAL))]
    names = set()
    for seed in range(40):
        first, second = fuzz.mutant(sources, seed), fuzz.mutant(sources, seed)
        assert first == second
        names.add(first[2])
    assert len(names) == len(fuzz.MUTATIONS)
