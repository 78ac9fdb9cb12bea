from __future__ import annotations

import pkgutil
import re

import pytest

import selfeval.rules
from selfeval.findings import Severity
from selfeval.policy import load_policy
from selfeval.rules import CATALOGUE, SECTIONS, Expected, judge
from selfeval.rules.engine import WITHDRAWN, rule
from tests.selfeval.build import CODE, UNIT, YEAR, filing
from tests.selfeval.rules.department_samples import FAILING as DEPARTMENTS
from tests.selfeval.rules.samples import FAILING, PASSING, POLICIES
from tests.selfeval.rules.text_samples import report

POLICY = load_policy("national-2020")
OWNER = Expected(UNIT, CODE, YEAR)
# A07 and A17 ask about years and units only where nobody knows the right one.
NOBODY = Expected()


def owner(code: str) -> Expected:
    return NOBODY if code in ("A07", "A17") else OWNER


def policy(code: str):
    return POLICIES.get(code, POLICY)


def test_the_clean_filing_is_silent():
    assert judge(filing(), POLICY, OWNER).findings == ()


def test_the_clean_filing_with_its_report_is_silent_whoever_files_it():
    whole = filing(*filing().forms, report())
    assert judge(whole, POLICY, OWNER).findings == ()
    assert judge(whole, POLICIES["A11"], NOBODY).findings == ()


@pytest.mark.parametrize(
    "rule", [rule for rule in CATALOGUE if rule.scope != "department"], ids=lambda rule: rule.code
)
def test_a_planted_defect_is_found_by_its_rule_and_by_no_other_error_rule(rule):
    _, sample, severity = FAILING[rule.code]
    findings = judge(sample, policy(rule.code), owner(rule.code)).findings
    mine = [finding for finding in findings if finding.code == rule.code]
    others = [f for f in findings if f.code != rule.code and f.severity is Severity.ERROR]
    assert [finding.severity for finding in mine][:1] == [severity], findings
    assert others == []
    assert all(finding.where and finding.message and finding.sentence == rule.sentence for finding in mine)


@pytest.mark.parametrize(
    ("code", "sample"),
    [
        pytest.param(code, sample, id=f"{code} {name}")
        for code, rows in PASSING.items()
        for name, sample in rows
    ],
)
def test_what_only_looks_like_a_breach_is_let_pass(code, sample):
    findings = judge(sample, policy(code), owner(code)).findings
    assert [finding for finding in findings if finding.code == code] == []


def test_every_rule_has_a_failing_sample_and_every_sample_a_rule():
    between_units = {rule.code for rule in CATALOGUE if rule.scope == "department"}
    assert between_units == set(DEPARTMENTS)
    assert {rule.code for rule in CATALOGUE} - between_units == set(FAILING)
    assert set(PASSING) <= set(FAILING)


def test_every_module_of_rules_is_in_the_catalogue():
    helpers = {
        "engine",
        "amounts",
        "achievements",
        "averages",
        "products",
        "expenses",
        "concepts",
        "sums",
        "lists",
        "enumerations",
        "totals",
        "proportions",
        "shares",
        "rates",
        "changes",
        "ratios",
        "differences",
        "years",
        "periods",
        "respective",
        "multiples",
        "equations",
        "moves",
        "joining",
        "judging",
    }
    modules = {info.name for info in pkgutil.iter_modules(selfeval.rules.__path__)} - helpers
    assert modules == {section.__name__.rpartition(".")[2] for section in SECTIONS}


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.code)
def test_every_rule_has_a_chinese_sentence_a_source_and_the_letter_of_its_section(rule):
    assert re.fullmatch(r"[ABCDEGRX]\d\d", rule.code)
    assert rule.sentence.endswith("。")
    assert rule.source


def test_a_rule_may_lower_its_severity_and_never_raise_it():
    from selfeval.filing import Position
    from selfeval.rules.engine import Context, Problem, Rule, findings_of

    def check(form, context):
        """一句话。"""
        yield Problem(Position("表1"), None, None, "", severity=Severity.ERROR)

    made_up = Rule("A99", Severity.WARNING, "", "form", check)
    sample = filing()
    with pytest.raises(ValueError, match="A99"):
        list(findings_of(made_up, sample.forms[0], Context(POLICY, sample)))


def test_every_gap_in_the_numbering_is_a_withdrawn_code():
    codes = {rule.code for rule in CATALOGUE}
    highest: dict[str, int] = {}
    for code in codes | WITHDRAWN:
        highest[code[0]] = max(highest.get(code[0], 0), int(code[1:]))
    gaps = {
        f"{letter}{number:02}" for letter, last in highest.items() for number in range(1, last + 1)
    } - codes
    assert gaps == WITHDRAWN


def _nothing(form, context):
    """没有内容的规则。"""
    yield from ()


def test_a_withdrawn_code_cannot_be_used_again():
    with pytest.raises(ValueError, match="R03 was withdrawn"):
        rule("R03", Severity.NOTICE, "测试")(_nothing)
