"""The judgement of a file, and of all files of a unit together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from selfeval.deductions import Deduction, deductions
from selfeval.filing import Filing, Position, where
from selfeval.findings import Finding
from selfeval.pattern import Pattern
from selfeval.policy import Policy
from selfeval.rules.engine import Context, Expected, Rule, Subject, findings_of, registered
from selfeval.rules.joining import Joined, joined
from selfeval.scoring import FormScore, score_form

_ZEROS = Pattern(r"\.0+(?!\d)|(\.\d*[1-9])0+(?!\d)")
_OF_A_FILE: tuple[Subject, ...] = ("form", "filing")


class Judgement(NamedTuple):
    """The findings of a file, form by form and then over the whole; scores and lost points by form id.

    `spanning`: the findings that name places in several files of the unit, also those listed with another
    file, each with its places in this file.
    """

    findings: tuple[Finding, ...]
    scores: dict[str, FormScore]
    deductions: dict[str, tuple[Deduction, ...]]
    spanning: dict[Finding, tuple[Position, ...]]


def judge(filing: Filing, policy: Policy, expected: Expected | None = None) -> Judgement:
    """Judges one file by a policy. Blank templates and the bureau's own rubric are never judged."""
    return _judge(filing, policy, expected or Expected(), _rules(*_OF_A_FILE, "unit")).judgement()


def judge_together(filings: Sequence[Filing], policy: Policy, expected: Expected) -> list[Judgement]:
    """Judges the files of one unit, one judgement each; a rule between forms sees the forms of all of them.

    What is found between two files is said once, with the file of every place.
    """
    everyone = together(filings, expected)
    whole = joined(filings, expected)
    within, alone = _rules(*_OF_A_FILE), _rules(*_OF_A_FILE, "unit")
    drafts = [
        _judge(filing, policy, whose, within if whole and number in whole.names else alone)
        for number, (filing, whose) in enumerate(zip(filings, everyone, strict=True))
    ]
    if whole:
        _join_copies(whole, drafts)
        scores = {f"{n}:{form}": score for n in whole.names for form, score in drafts[n].scores.items()}
        context = Context(policy, whole.filing, expected, scores)
        for rule in _rules("unit"):
            for finding in findings_of(rule, whole.filing, context):
                _file_under(finding, whole, drafts)
    return [draft.judgement() for draft in drafts]


@cache
def _rules(*scopes: Subject) -> tuple[Rule, ...]:
    return tuple(rule for rule in registered() if rule.scope in scopes)


def together(filings: Sequence[Filing], expected: Expected) -> list[Expected]:
    """What is expected of each file, with what the others hold; the first with forms speaks for all."""
    kinds = [frozenset(form.kind for form in filing.forms if form.kind.judged) for filing in filings]
    first = next((index for index, own in enumerate(kinds) if own), 0)
    return [
        expected._replace(beside=frozenset().union(*kinds[:index], *kinds[index + 1 :]), leads=index == first)
        for index in range(len(filings))
    ]


@dataclass
class _Draft:
    """The judgement of a file while those of the others are made."""

    findings: list[Finding]
    scores: dict[str, FormScore]
    deductions: dict[str, tuple[Deduction, ...]]
    spanning: dict[Finding, tuple[Position, ...]] = field(default_factory=dict)

    def judgement(self) -> Judgement:
        return Judgement(tuple(self.findings), self.scores, self.deductions, self.spanning)


def _judge(filing: Filing, policy: Policy, expected: Expected, rules: Sequence[Rule]) -> _Draft:
    forms = [form for form in filing.forms if form.kind.judged]
    scores = {form.id: score_form(form, policy) for form in forms}
    context = Context(policy, filing, expected, scores)
    of_forms = [rule for rule in rules if rule.scope == "form"]
    findings = [
        finding for form in forms for rule in of_forms for finding in findings_of(rule, form, context)
    ]
    for rule in rules:
        if rule.scope != "form":
            findings += findings_of(rule, filing, context)
    return _Draft(findings, scores, {form.id: deductions(form, scores[form.id], policy) for form in forms})


def _file_under(finding: Finding, whole: Joined, drafts: Sequence[_Draft]) -> None:
    """Give a finding between forms to the file of its form, else to that of its first place."""
    number, _, form = (finding.form or "").partition(":")
    by_name = {name: n for n, name in whole.names.items()}
    owner = int(number) if number else by_name[finding.places[0].file]
    finding = finding._replace(form=form or None)
    name = whole.names[owner]
    if {place.file for place in finding.places} != {name}:
        _span(finding, owner, by_name, drafts)
        return
    # Within one file everything is said as if it had come alone.
    places = tuple(place._replace(file="") for place in finding.places)
    message = finding.message.replace(str(Position("", file=name)), "")
    drafts[owner].findings.append(finding._replace(places=places, where=where(places), message=message))


def _span(finding: Finding, owner: int, by_name: dict[str, int], drafts: Sequence[_Draft]) -> None:
    drafts[owner].findings.append(finding)
    drafts[owner].spanning[finding] = ()
    for name in dict.fromkeys(place.file for place in finding.places):
        here = tuple(place._replace(file="") for place in finding.places if place.file == name)
        drafts[by_name[name]].spanning[finding] = here


def _join_copies(whole: Joined, drafts: Sequence[_Draft]) -> None:
    """What holds for both copies of a form is said once, with both places."""
    by_name = {name: n for n, name in whole.names.items()}
    for first, second in whole.filing.copies:
        (one, form), (other, copy) = (
            (int(number), said) for number, _, said in (f.id.partition(":") for f in (first, second))
        )
        for finding in [f for f in drafts[other].findings if f.form == copy]:
            said = _said(finding)
            same = next(
                (f for f in drafts[one].findings if f.form == form and _said(f) == said),
                None,
            )
            if same is None or same in drafts[one].spanning:
                continue
            places = (
                *(place._replace(file=whole.names[one]) for place in same.places),
                *(place._replace(file=whole.names[other]) for place in finding.places),
            )
            drafts[one].findings.remove(same)
            drafts[other].findings.remove(finding)
            _span(same._replace(places=places, where=where(places)), one, by_name, drafts)


def _said(finding: Finding) -> tuple:
    """What a finding says, however many zeros a file writes behind the point."""
    return finding.code, finding.severity, _ZEROS.sub(r"\1", finding.message)
