"""Dated, local rules as data: weights, execution score, bands, grades, deadlines, publication.

A policy is a TOML file. It may extend a packaged one: tables are merged key by key, while lists, level
weights and the publication rule are replaced as a whole. Shares and rates are fractions (90% is 0.90), points are points,
amounts are in the amount unit of the form that is judged. An optional number is switched off by "none".

`values` is what a policy says, `loading` reads a file, `fields` its tables, `contradictions` what may not stand in it.
"""

from selfeval.policy.loading import PolicyError, load_policy, parse_policy, policy_names
from selfeval.policy.values import (
    FULL_MARKS,
    Band,
    Cap,
    ExaminationRule,
    Execution,
    FilingTime,
    GradeBand,
    Lateness,
    Policy,
    Publication,
    Quantitative,
    RecheckRule,
    Reminders,
    ReturnReason,
    Review,
    RollUp,
    Step,
    Tolerance,
    Weights,
    grade_for,
)

__all__ = [
    "FULL_MARKS",
    "Band",
    "Cap",
    "ExaminationRule",
    "Execution",
    "FilingTime",
    "GradeBand",
    "Lateness",
    "Policy",
    "PolicyError",
    "Publication",
    "Quantitative",
    "RecheckRule",
    "Reminders",
    "ReturnReason",
    "Review",
    "RollUp",
    "Step",
    "Tolerance",
    "Weights",
    "grade_for",
    "load_policy",
    "parse_policy",
    "policy_names",
]
