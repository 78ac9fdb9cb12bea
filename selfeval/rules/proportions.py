"""Percentages in sentences beside the figures that they come from: shares, rates, changes against last year."""

from __future__ import annotations

from collections.abc import Iterator

from selfeval.filing import Filing
from selfeval.narration import Narration
from selfeval.rules.changes import BEYOND, CHANGE, beyond, change, change_in_brackets
from selfeval.rules.rates import rate
from selfeval.rules.ratios import Proportion, clause
from selfeval.rules.shares import share, shares_in_turn
from selfeval.statements import Figure, Passage


def proportions(filing: Filing, every: Narration) -> Iterator[Proportion]:
    """Every percentage whose figures stand beside it, each once however often the text is repeated."""
    # The rate of the execution statement is judged as that of a form.
    scored = {
        (line.at, line.execution_rate.text)
        for form in filing.forms
        for line in form.funding
        if line.execution_rate is not None
    }
    seen: set[tuple] = set()
    for passage in every.figured:
        if "%" not in passage.text:
            continue
        found = shares_in_turn(passage, every)
        for figure in passage.figures:
            if figure.unit == "%" and not figure.rough and (passage.at, figure.shown) not in scored:
                found.append(proportion_of(passage, figure, every))
        for one in found:
            key = (one.name, one.stated.value, tuple(way.value for way in one.ways)) if one else None
            if key and key not in seen:
                seen.add(key)
                yield one


def proportion_of(passage: Passage, stated: Figure, every: Narration) -> Proportion | None:
    """A percentage beside the figures of the text that it comes from; None where the text does not say them."""
    words = clause(passage.text, stated.start)
    if BEYOND.search(words):
        return beyond(passage, stated)
    if (moved := CHANGE.search(words)) and "节约率" not in words and "增长率" not in words[-4:]:
        return change(passage, stated, moved["sign"], every)
    if not words and (found := change_in_brackets(passage, stated, every)):
        return found
    return share(passage, stated, words, every) or rate(passage, stated, words, every)
