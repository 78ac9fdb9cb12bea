"""The catalogue of rules, by section of the form, and the judgement of filings.

A identity and completeness · B funds · C indicators · D scores and grades · E deviation notes ·
G base data and 三公 · R report text · X between forms. A code is never reused. A new rule is one function
in the module of its section, with one failing and one passing sample in tests/selfeval/rules/.
"""

from __future__ import annotations

from selfeval.rules import (
    agreement,
    base_data,
    breakdown,
    conclusions,
    consistency,
    copies,
    counted,
    cover,
    cross,
    departments,
    facts,
    formalities,
    funds,
    goals,
    identity,
    indicators,
    missed,
    narrative,
    notes,
    rate,
    reported,
    requirements,
    retold,
    scale,
    scores,
    targets,
    text,
    told,
    told_alone,
    told_together,
    wording,
)
from selfeval.rules.engine import Expected, Problem, Rule, registered
from selfeval.rules.judging import Judgement, judge, judge_together

__all__ = [
    "CATALOGUE",
    "SECTIONS",
    "VERSION",
    "Expected",
    "Judgement",
    "Problem",
    "Rule",
    "judge",
    "judge_together",
]

# Stored with every result: what the same filing would be judged by later may differ.
VERSION = "8"
SECTIONS = (
    identity,
    formalities,
    requirements,
    funds,
    rate,
    breakdown,
    indicators,
    goals,
    scores,
    missed,
    conclusions,
    consistency,
    notes,
    base_data,
    cover,
    cross,
    agreement,
    scale,
    copies,
    departments,
    text,
    reported,
    told,
    told_alone,
    retold,
    told_together,
    facts,
    targets,
    narrative,
    wording,
    counted,
)
CATALOGUE: tuple[Rule, ...] = registered()
