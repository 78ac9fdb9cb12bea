"""The rule engine: what a rule is given, what it yields, how it is registered.

A rule is a generator function. Its docstring is the sentence that units read; it yields problems and
never raises; thresholds come from the policy; a rule that lacks a figure stays silent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeVar

from selfeval.completion import Completion
from selfeval.filing import Filing, Form, FormKind, Indicator, Position, where
from selfeval.findings import Finding, Severity
from selfeval.narration import Narration
from selfeval.policy import Policy
from selfeval.scoring import FormScore
from selfeval.statements import Passage, passages

Made = TypeVar("Made")
Subject = Literal["form", "filing", "unit", "department"]


class Expected(NamedTuple):
    """Whose filing it should be, by the roster and the cycle; None where it is not known.

    `beside`: the kinds of papers in the unit's other files, None where only this file is known.
    `leads`: what concerns all files of the unit together is said with this one.
    """

    unit: str | None = None
    code: str | None = None
    year: int | None = None
    beside: frozenset[FormKind] | None = None
    leads: bool = True


@dataclass(frozen=True)
class Context:
    """What a rule may ask beside its form: the policy, the whole filing, the scores by form id, and what
    several rules read out of the filing, which is made once and lives as long as the judgement."""

    policy: Policy
    filing: Filing
    expected: Expected = field(default_factory=Expected)
    scores: dict[str, FormScore] = field(default_factory=dict)
    _made: dict[tuple, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def passages(self) -> Narration:
        """Every sentence of the filing with its figures."""
        return Narration(passages(self.filing))

    def said(self, form: Form) -> list[Passage]:
        """The sentences of a report."""
        return [passage for passage in self.passages.of(form) if passage.at.sentence]

    def rows(self, form: Form) -> Iterator[tuple[Indicator, Completion]]:
        """The indicators of a judged form, each with its completion."""
        return zip(form.indicators, self.scores[form.id].completions, strict=True)

    def once(self, make: Callable[..., Made], *of: object) -> Made:
        """`make(*of)`, made once however many rules ask for it; `of` are parts of the filing or of this context."""
        key = (make, *map(id, of))
        if key not in self._made:
            self._made[key] = make(*of)
        return self._made[key]


class Problem(NamedTuple):
    """One place where a rule does not hold.

    `at` names every place that the figures stand in. `severity` may only lower the rule's own, for a
    difference that reconciles or that rounding explains. `form` is for rules over a whole filing.
    """

    at: Position | tuple[Position, ...]
    stated: str | None
    expected: str | None
    message: str
    severity: Severity | None = None
    form: str | None = None

    @property
    def places(self) -> tuple[Position, ...]:
        return (self.at,) if isinstance(self.at, Position) else self.at

    @property
    def where(self) -> str:
        return where(self.places)


class Rule(NamedTuple):
    """A registered rule. `scope` says what `check` takes first: a form, a file or all files of a unit, before the
    context, or a department with its units, before the policy.
    """

    code: str
    severity: Severity
    source: str
    scope: Subject
    check: Callable[..., Iterator[Problem]]

    @property
    def sentence(self) -> str:
        return self.check.__doc__.strip().partition("\n")[0]


_RULES: dict[str, Rule] = {}
# Codes that stood for other sentences once or were left out: stored findings must keep their meaning.
WITHDRAWN = frozenset({"C14", "R03", "R04", "X18", "X19"})
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTICE, Severity.INFO)


def rule(code: str, severity: Severity, source: str) -> Callable:
    """Registers a rule over one form: `check(form, context)`."""
    return _register(code, severity, source, "form")


def filing_rule(code: str, severity: Severity, source: str) -> Callable:
    """Registers a rule over a whole file: `check(filing, context)`."""
    return _register(code, severity, source, "filing")


def department_rule(code: str, severity: Severity, source: str) -> Callable:
    """Registers a rule between a department and its units: `check(department, policy)`, run by the roll-up."""
    return _register(code, severity, source, "department")


def unit_rule(code: str, severity: Severity, source: str) -> Callable:
    """Registers a rule between forms: `check(filing, context)`, the filing being all files of a unit."""
    return _register(code, severity, source, "unit")


def _register(code: str, severity: Severity, source: str, scope: Subject) -> Callable:
    def decorate(check: Callable[..., Iterator[Problem]]) -> Callable[..., Iterator[Problem]]:
        if code in _RULES:
            raise ValueError(f"rule code {code} is used twice")
        if code in WITHDRAWN:
            raise ValueError(f"rule code {code} was withdrawn and is never used again")
        if not check.__doc__:
            raise ValueError(f"rule {code} has no sentence for the unit")
        _RULES[code] = Rule(code, severity, source, scope, check)
        return check

    return decorate


def registered() -> tuple[Rule, ...]:
    """Every registered rule in order of code."""
    return tuple(_RULES[code] for code in sorted(_RULES))


def findings_of(rule: Rule, subject: Form | Filing | Any, context: Context | Policy) -> list[Finding]:
    """What one rule finds in a form, a filing or a department."""
    return [_finding(rule, problem, subject) for problem in rule.check(subject, context)]


def _finding(rule: Rule, problem: Problem, subject: Form | Filing | Any) -> Finding:
    severity = problem.severity or rule.severity
    if _ORDER.index(severity) < _ORDER.index(rule.severity):
        raise ValueError(f"rule {rule.code} raises its severity to {severity}")
    return Finding(
        code=rule.code,
        severity=severity,
        form=subject.id if isinstance(subject, Form) else problem.form,
        where=problem.where,
        sentence=rule.sentence,
        stated=problem.stated,
        expected=problem.expected,
        message=problem.message,
        places=problem.places,
    )
