"""Filings of other places as an accountant would fill them: every cell is read, and nothing honest is an error."""

from __future__ import annotations

import pytest

from documents.reading import read_file
from selfeval.filing import Form
from selfeval.findings import Severity
from selfeval.policy import load_policy
from selfeval.rules import judge
from tests.documents import builders, layouts_department, layouts_project, tagged

DRAWINGS = {
    name: value
    for module in (layouts_department, layouts_project)
    for name, value in vars(module).items()
    if name.isupper()
}
EVERY = pytest.mark.parametrize("name", DRAWINGS)


def file_of(name: str, ending: str) -> tuple[str, bytes]:
    build = builders.word if ending == "docx" else builders.excel
    return f"自评.{ending}", build(tagged.drawing(DRAWINGS[name]))


@EVERY
@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_every_cell_of_a_form_of_another_place_is_read(name, ending):
    (form,) = read_file(*file_of(name, ending)).forms
    assert isinstance(form, Form)
    assert tagged.read(form, DRAWINGS[name]) == tagged.expected(DRAWINGS[name])


@EVERY
def test_a_consistent_form_of_another_place_has_no_error(name):
    findings = judge(read_file(*file_of(name, "docx")), load_policy("national-2020")).findings
    assert [f"{f.code} {f.message}" for f in findings if f.severity is Severity.ERROR] == []
