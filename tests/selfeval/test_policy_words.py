"""A policy in words: every value has a name, and none is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from selfeval.policy import load_policy, policy_names
from selfeval.policy_words import LABELS, policy_data, settings


def paths(value: object, path: str = "") -> set[str]:
    """Every dotted field of a policy, also those of the rows of its tables."""
    if not isinstance(value, tuple):
        return set()
    if not hasattr(value, "_fields"):
        return set().union(*(paths(row, path) for row in value))
    found = set()
    for name, part in value._asdict().items():
        here = f"{path}.{name}" if path else name
        found |= {here} | paths(part, here)
    return found


@pytest.mark.parametrize("name", policy_names())
def test_every_field_of_a_policy_has_a_name_in_words(name):
    policy = load_policy(name)
    assert paths(policy) <= set(LABELS)
    shown = settings(policy)
    assert {setting.path.partition(".")[0] for setting in shown} == set(policy._fields)
    assert all(setting.label and setting.value for setting in shown)
    assert not any(
        word in setting.value for setting in shown for word in ("Decimal", "None", "adjusted", "half_up")
    )


def test_shares_are_shown_in_percent_and_numbers_are_strings_in_json():
    policy = load_policy("national-2020")
    values = {setting.path: setting.value for setting in settings(policy)}
    assert values["execution.reason_below"] == "90%"
    assert values["grades"].startswith("优 总分不低于 90；良 总分不低于 80")
    data = json.loads(json.dumps(policy_data(policy)))
    assert data["execution"]["reason_below"] == "0.9" and data["filing"]["due_hour"] == "17:30"


def test_the_guide_names_every_field_of_scoring_and_requirements():
    guide = (Path(__file__).parents[2] / "docs" / "extending.md").read_text(encoding="utf-8")
    sections = ("weights.", "execution.", "quantitative.")
    single = ("cost_over", "qualitative", "grades", "attachments", "report_sections", "signatures", "seals")
    wanted = [path for path in LABELS if path.startswith(sections) and path.count(".") == 1] + list(single)
    assert [path for path in wanted if f"`{path}`" not in guide] == []
