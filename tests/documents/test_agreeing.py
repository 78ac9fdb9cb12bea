"""Reports beside their forms, in the manner of several provinces, invented; and figures that contradict the form.

Each filing lies in agreeing/ as text and as the drawing of its form, the contradictions in planted.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from documents.reading import read_file
from selfeval.filing import Filing, FormKind, Sentence
from selfeval.findings import Finding, Severity
from selfeval.policy import load_policy
from selfeval.rules import judge
from selfeval.rules.engine import Context, findings_of, registered
from tests.documents.builders import word

FOLDER = Path(__file__).with_name("agreeing")
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))
POLICY = load_policy("national-2020")
BETWEEN = tuple(rule for rule in registered() if rule.code in ("X20", "X21", "X22", "X31", "X32", "X34"))
DOUBTS = (Severity.ERROR, Severity.WARNING)

with (FOLDER / "planted.toml").open("rb") as _file:
    PLANTED = tomllib.load(_file)


@cache
def filing(name: str) -> Filing:
    return read_file(
        "自评材料.docx", word(*(FOLDER / f"{name}.txt").read_text(encoding="utf-8").split("\n\n"))
    )


def retold(name: str, phrase: str, change: Callable[[str], str]) -> Filing:
    """The filing with the one sentence of its report that holds the phrase said otherwise, or left out."""

    def said(sentence: Sentence) -> Sentence | None:
        text = change(sentence.text) if phrase in sentence.text else sentence.text
        return sentence._replace(text=text) if text else None

    forms = filing(name).forms
    (report,) = (form for form in forms if form.kind is FormKind.REPORT)
    assert sum(phrase in sentence.text for sentence in report.sentences) == 1, phrase
    sentences = tuple(told for sentence in report.sentences if (told := said(sentence)))
    others = (form for form in forms if form is not report)
    return replace(filing(name), forms=(*others, replace(report, sentences=sentences)))


def between(told: Filing) -> list[Finding]:
    context = Context(POLICY, told)
    found = [finding for rule in BETWEEN for finding in findings_of(rule, told, context)]
    return [finding for finding in found if finding.severity in DOUBTS]


@pytest.mark.parametrize("name", NAMES)
def test_a_report_that_agrees_with_its_form_is_silent(name):
    found = judge(filing(name), POLICY).findings
    assert [f"{f.code} {f.message}" for f in found if f.severity in DOUBTS] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_that_contradicts_the_form_is_found_once(name):
    seen = 0
    for phrase, becomes in PLANTED[name]["planted"]:
        found = between(retold(name, phrase, lambda text, a=phrase, b=becomes: text.replace(a, b)))
        seen += bool(found)
        assert len(found) <= 1, [f"{f.code} {f.message}" for f in found]
    assert seen >= PLANTED[name]["found"]


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_that_the_report_leaves_out_raises_no_error(name):
    for phrase, _ in PLANTED[name]["planted"]:

        def without(text: str, last: str = phrase[-6:]) -> str:
            return "".join(part for part in re.split("(?<=[，；。])", text) if last not in part)

        found = between(retold(name, phrase, without))
        assert [f.message for f in found if f.severity is Severity.ERROR] == [], phrase


def test_every_contradiction_belongs_to_a_report():
    assert sorted(PLANTED) == NAMES
