"""The page on the output of `check` says what the program prints."""

from __future__ import annotations

import re

from apps.check import check_files
from selfeval.filing import FormKind
from selfeval.findings import Severity
from tests.conftest import ROOT


def _keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(_keys, value.values()))
    return set().union(*map(_keys, value)) if isinstance(value, list) else set()


def test_the_page_on_the_json_names_every_field_and_no_other(shared_filings):
    policy = "junshan-2024"
    document, _ = check_files(
        (shared_filings / "yueyang-2023.docx", shared_filings / "junshan-2024.docx"), policy
    )
    described = (ROOT / "docs" / "check-output.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z0-9_]+)`", described))
    values = {kind.value for kind in FormKind} | {severity.value for severity in Severity}
    assert named - values - {"policy", "stated", "false", "null"} == _keys(document) - {"policy", "stated"}
