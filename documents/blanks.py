"""The blank forms of a unit as Excel and Word files, with the identity mark in footer and properties."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache

from documents.blank_forms import BlankFor, papers
from documents.master import Master
from documents.paper import Paper
from documents.paper_excel import write_workbook
from documents.paper_word import write_document
from selfeval import identity
from selfeval.filing import Identity
from selfeval.policy import Weights

_Writer = Callable[[Sequence[Paper], str, str], bytes]
# What differs from unit to unit: name, code, department and identity mark.
_NAME, _CODE, _DEPARTMENT, _OF_UNIT = "\ue000", "\ue001", "\ue002", "\ue003"


def blank_workbook(unit: BlankFor, weights: Weights) -> bytes:
    """The blank forms as .xlsx, one sheet per form."""
    return _blank(write_workbook, unit, weights)


def blank_document(unit: BlankFor, weights: Weights) -> bytes:
    """The blank forms as .docx, each beginning on a page of its own."""
    return _blank(write_document, unit, weights)


def made_alone(write: _Writer, unit: BlankFor, weights: Weights) -> bytes:
    """The forms made for this unit alone."""
    return write(papers(unit, weights), _mark(unit), unit.bureau)


def _blank(write: _Writer, unit: BlankFor, weights: Weights) -> bytes:
    words = {_NAME: unit.name, _CODE: unit.code, _DEPARTMENT: unit.department, _OF_UNIT: _mark(unit)}
    # Line breaks and spaces at the edges are markup of their own.
    if not all(word.isprintable() and word == word.strip() != "" for word in words.values()):
        return made_alone(write, unit, weights)
    points = (weights.execution, tuple(weights.level1.items()))
    return _master(write, unit.year, unit.bureau, unit.projects, points).with_words(words)


@lru_cache(maxsize=16)
def _master(
    write: _Writer,
    year: int,
    bureau: str,
    projects: tuple[str, ...],
    points: tuple[Decimal, tuple[tuple[str, Decimal], ...]],
) -> Master:
    """What all units of a year get."""
    execution, level1 = points
    unit = BlankFor(_NAME, _CODE, year, _DEPARTMENT, bureau, projects)
    made = write(papers(unit, Weights(execution, dict(level1))), _OF_UNIT, bureau)
    return Master(made, (_NAME, _CODE, _DEPARTMENT, _OF_UNIT))


def _mark(unit: BlankFor) -> str:
    return identity.mark(Identity(code=unit.code, year=unit.year))
