"""Units marked secret (涉密): what goes round leaves them out, with all that is below them, and counts them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Protocol

from selfeval.board import UnitStatus


class Placed(Protocol):
    """Anything about a unit that knows the codes of the unit and of its department."""

    @property
    def code(self) -> str: ...

    @property
    def department_code(self) -> str: ...


def is_hidden(unit: Placed, secret: Collection[str]) -> bool:
    """Whether a unit is in no paper that goes round; `secret` are the codes that the roster marks."""
    return unit.code in secret or unit.department_code in secret


def shown(statuses: Iterable[UnitStatus], secret: Collection[str]) -> list[UnitStatus]:
    """The statuses that a paper may name; one that another unit files for does not name that one if it is secret."""
    every = list(statuses)
    hidden = {each.code for each in every if is_hidden(each, secret)}
    return [
        replace(each, merged_into=None, merged_into_name="") if each.merged_into in hidden else each
        for each in every
        if each.code not in hidden
    ]
