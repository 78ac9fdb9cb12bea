"""The catalogue of rules, by section of the form, and the judgement of a filing.

A identity and completeness · B funds · C indicators · D scores and grades · E deviation notes ·
G base data and 三公 · R report text · X between forms. A code is never reused. A new rule is one function
in the module of its section, with one failing and one passing sample in tests/selfeval/rules/.
"""

from __future__ import annotations

from typing import NamedTuple

from selfeval.deductions import Deduction, deductions
from selfeval.filing import Filing
from selfeval.findings import Finding
from selfeval.policy import Policy
from selfeval.rules import (
    agreement,
    base_data,
    breakdown,
    consistency,
    cover,
    cross,
    departments,
    facts,
    formalities,
    funds,
    identity,
    indicators,
    narrative,
    notes,
    rate,
    reported,
    requirements,
    scores,
    text,
    wording,
)
from selfeval.rules.engine import Context, Expected, Problem, Rule, findings_of, registered, together
from selfeval.scoring import FormScore, score_form

__all__ = [
    "CATALOGUE",
    "SECTIONS",
    "VERSION",
    "Expected",
    "Judgement",
    "Problem",
    "Rule",
    "judge",
    "together",
]

# Stored with every result: what the same filing would be judged by later may differ.
VERSION = "3"
SECTIONS = (
    identity,
    formalities,
    requirements,
    funds,
    rate,
    breakdown,
    indicators,
    scores,
    consistency,
    notes,
    base_data,
    cover,
    cross,
    agreement,
    departments,
    text,
    reported,
    facts,
    narrative,
    wording,
)
CATALOGUE: tuple[Rule, ...] = registered()
_OF_FORMS = tuple(rule for rule in CATALOGUE if rule.scope == "form")
_OF_FILINGS = tuple(rule for rule in CATALOGUE if rule.scope == "filing")


class Judgement(NamedTuple):
    """The findings of a filing, form by form and then over the whole; scores and lost points by form id."""

    findings: tuple[Finding, ...]
    scores: dict[str, FormScore]
    deductions: dict[str, tuple[Deduction, ...]]


def judge(filing: Filing, policy: Policy, expected: Expected | None = None) -> Judgement:
    """Judges a filing by a policy. Blank templates and the bureau's own rubric are never judged."""
    forms = [form for form in filing.forms if form.kind.judged]
    scores = {form.id: score_form(form, policy) for form in forms}
    context = Context(policy, filing, expected or Expected(), scores)
    findings = [
        finding for form in forms for rule in _OF_FORMS for finding in findings_of(rule, form, context)
    ]
    findings += [finding for rule in _OF_FILINGS for finding in findings_of(rule, filing, context)]
    lost = {form.id: deductions(form, scores[form.id], policy) for form in forms}
    return Judgement(tuple(findings), scores, lost)
