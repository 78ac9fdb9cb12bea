"""What is read of a drawing, as Word and as Excel."""

from __future__ import annotations

import pytest

from documents.reading import read_file
from selfeval.filing import Form
from tests.documents import builders

BOTH = pytest.mark.parametrize("ending", ["docx", "xlsx"])


def read(drawing: str, ending: str) -> list[Form]:
    data = builders.word(drawing) if ending == "docx" else builders.excel(drawing)
    filing = read_file(f"自评.{ending}", data)
    assert filing.unreadable is None
    return list(filing.forms)


def one(drawing: str, ending: str) -> Form:
    (form,) = read(drawing, ending)
    return form


def one_of(data: bytes) -> Form:
    (form,) = read_file("自评.docx", data).forms
    return form


def rows(form: Form) -> list[tuple[str | None, ...]]:
    return [
        (
            i.level1,
            i.level2,
            i.name,
            i.target.text,
            i.actual.text,
            *(None if c is None else c.text for c in (i.weight, i.score)),
        )
        for i in form.indicators
    ]
