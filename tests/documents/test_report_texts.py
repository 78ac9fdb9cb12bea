"""Reports in the manner of several provinces, invented and consistent, and the mistakes planted in them.

Each report lies in reports/ as text, the mistakes in reports/planted.toml: one replaces a phrase; the finding
must bear the code and quote the figures that cannot both hold.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from documents.reading import read_file
from selfeval.policy import load_policy, policy_names
from selfeval.rules import judge
from tests.documents.builders import word

FOLDER = Path(__file__).with_name("reports")
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))
POLICY = load_policy("national-2020")

with (FOLDER / "planted.toml").open("rb") as _file:
    PLANTED = tomllib.load(_file)


def found(text: str) -> list:
    filing = read_file("自评报告.docx", word(text))
    return [f for f in judge(filing, POLICY).findings if f.severity in ("error", "warning")]


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_consistent_report_is_silent(name):
    assert [f.message for f in found(text_of(name))] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_consistent_report_has_no_error_by_any_policy(name):
    filing = read_file("自评报告.docx", word(text_of(name)))
    found = [(policy, f) for policy in policy_names() for f in judge(filing, load_policy(policy)).findings]
    assert [f"{policy} {f.code} {f.message}" for policy, f in found if f.severity == "error"] == []


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        pytest.param(name, mistake, id=f"{name}-{mistake['becomes']}")
        for name, mistakes in PLANTED.items()
        for mistake in mistakes
    ],
)
def test_a_planted_mistake_is_found_with_its_figures(name, mistake):
    text = text_of(name)
    assert text.count(mistake["phrase"]) == 1
    quoted = [
        f"{f.message} {f.expected}"
        for f in found(text.replace(mistake["phrase"], mistake["becomes"]))
        if (f.code, f.severity.value) == (mistake["code"], mistake["severity"])
    ]
    assert any(all(figure in said for figure in mistake["figures"]) for said in quoted), quoted


def test_every_mistake_belongs_to_a_report():
    assert PLANTED.keys() == set(NAMES)
