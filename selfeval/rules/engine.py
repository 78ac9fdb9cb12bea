"""The rule engine: what a rule is given, what it yields, how it is registered.

A rule is a generator function. Its docstring is the sentence that units read; it yields problems and
never raises; thresholds come from the policy; a rule that lacks a figure stays silent.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from selfeval.filing import Filing, Form, Position
from selfeval.findings import Finding, Severity
from selfeval.policy import Policy
from selfeval.scoring import FormScore
from selfeval.statements import Passage


@dataclass(frozen=True, slots=True)
class Expected:
    """Whose filing it should be, by the roster and the cycle; None where it is not known.

    `accompanied`: the unit filed forms in another file, so this one may be supporting material.
    """

    unit: str | None = None
    code: str | None = None
    year: int | None = None
    accompanied: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may ask beside its form: the policy, the whole filing and its sentences, the scores by form id."""

    policy: Policy
    filing: Filing
    expected: Expected = field(default_factory=Expected)
    scores: dict[str, FormScore] = field(default_factory=dict)
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
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
        return "、".join(dict.fromkeys(str(place) for place in self.places))


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered rule. `scope` says whether `check` takes a form or the whole filing before the context."""

    code: str
    severity: Severity
    source: str
    scope: Literal["form", "filing"]
    check: Callable[..., Iterator[Problem]]

    @property
    def sentence(self) -> str:
        return inspect.getdoc(self.check).split("\n")[0]


_RULES: dict[str, Rule] = {}
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTICE, Severity.INFO)


def rule(code: str, severity: Severity, source: str) -> Callable:
    """Registers a rule over one form: `check(form, context)`."""
    return _register(code, severity, source, "form")


def filing_rule(code: str, severity: Severity, source: str) -> Callable:
    """Registers a rule over a whole filing: `check(filing, context)`."""
    return _register(code, severity, source, "filing")


def _register(code: str, severity: Severity, source: str, scope: Literal["form", "filing"]) -> Callable:
    def decorate(check: Callable[..., Iterator[Problem]]) -> Callable[..., Iterator[Problem]]:
        if code in _RULES:
            raise ValueError(f"rule code {code} is used twice")
        if not check.__doc__:
            raise ValueError(f"rule {code} has no sentence for the unit")
        _RULES[code] = Rule(code, severity, source, scope, check)
        return check

    return decorate


def registered() -> tuple[Rule, ...]:
    """Every registered rule in order of code."""
    return tuple(_RULES[code] for code in sorted(_RULES))


def findings_of(rule: Rule, subject: Form | Filing, context: Context) -> Iterator[Finding]:
    """What one rule finds in a form or a filing."""
    for problem in rule.check(subject, context):
        severity = problem.severity or rule.severity
        if _ORDER.index(severity) < _ORDER.index(rule.severity):
            raise ValueError(f"rule {rule.code} raises its severity to {severity}")
        yield Finding(
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
