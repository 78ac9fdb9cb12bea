"""Two processes that do the same at the same instant, and what they counted between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.forked import Forked


@contextmanager
def two_that(work: Callable[..., Any]) -> Iterator[list[Forked]]:
    """Both wait to be told to do this work of a module."""
    started = [Forked(work) for _ in range(2)]
    yield started
    for process in started:
        assert process.end() == 0


def at_once(processes: list[Forked], *arguments: Any) -> Counter[str]:
    """Have both do their work; what they counted between them."""
    for process in processes:
        process.begin(*arguments)
    counts: Counter[str] = Counter()
    for process in processes:
        counts.update(process.result())
    return counts
