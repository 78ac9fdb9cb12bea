"""The rules between a department and its units: who, by how much, and no alarm where something is missing."""

from __future__ import annotations

import pytest

from selfeval.policy import load_policy
from selfeval.rules.departments import department_findings
from tests.selfeval.rules.department_samples import FAILING, PASSING, department, row, unit

POLICY = load_policy("national-2020")


@pytest.mark.parametrize("code", FAILING)
def test_a_planted_contradiction_is_found_by_its_rule_alone_and_names_who_and_how_much(code):
    severity, units, words = FAILING[code]
    found, *more = department_findings(units, POLICY)
    assert {each.finding.code for each in more} <= {code}
    assert (found.finding.code, found.finding.severity, found.code) == (code, severity, "101")
    assert found.finding.where
    for word in words:
        assert word in found.finding.message


@pytest.mark.parametrize(
    ("code", "units"),
    [
        pytest.param(code, units, id=f"{code} {name}")
        for code, rows in PASSING.items()
        for name, units in rows
    ],
)
def test_what_only_looks_like_a_contradiction_is_let_pass(code, units):
    assert [each for each in department_findings(units, POLICY) if each.finding.code == code] == []


def test_a_department_that_has_not_passed_is_not_compared():
    units = department(row("云溪县林场", "99"), state="returned")
    assert department_findings(units, POLICY) == ()


def test_a_department_without_units_is_not_compared():
    assert department_findings([unit("101", "云溪县林业局")], POLICY) == ()
