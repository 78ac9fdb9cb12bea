"""Which rules the filings of a cycle ran into: per unit over all its versions, and which of them are typical.

An error never stands in an accepted version, so what only counts accepted versions would know no error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from selfeval.findings import Severity

# What a unit has to repair or to explain; notices and reconciliations are neither.
_ASKED = {Severity.ERROR: 0, Severity.WARNING: 1}


class Met(NamedTuple):
    """A rule that a unit ran into. `open`: the version that counts still does."""

    rule: str
    severity: Severity
    sentence: str
    open: bool


class Typical(NamedTuple):
    """A rule with the names of the units that ran into it, and how many of them still do."""

    rule: str
    severity: Severity
    sentence: str
    units: tuple[str, ...]
    open: int


def problems_met(document: Mapping[str, Any], effective: bool) -> dict[str, Met]:
    """The errors and warnings of one judged version (a check document), by code of the rule."""
    found: dict[str, Met] = {}
    for entry in document["files"]:
        for finding in entry["findings"]:
            severity = Severity(finding["severity"])
            if severity in _ASKED:
                made = Met(finding["code"], severity, finding["sentence"], effective)
                found[made.rule] = _worse(found.get(made.rule), made)
    return found


def together(known: Mapping[str, Met], more: Mapping[str, Met]) -> dict[str, Met]:
    """The problems of two versions of a unit."""
    return {rule: _worse(known.get(rule), more.get(rule)) for rule in sorted(known.keys() | more.keys())}


def typical_problems(met: Mapping[str, Iterable[Met]], names: Mapping[str, str]) -> tuple[Typical, ...]:
    """The rules that most units ran into first; `met` and `names` are by code of the unit."""
    units: dict[str, list[str]] = {}
    worst: dict[str, Met] = {}
    still: dict[str, int] = {}
    for code in sorted(met):
        for each in met[code]:
            units.setdefault(each.rule, []).append(names.get(code, code))
            worst[each.rule] = _worse(worst.get(each.rule), each)
            still[each.rule] = still.get(each.rule, 0) + each.open
    found = [
        Typical(rule, worst[rule].severity, worst[rule].sentence, tuple(named), still[rule])
        for rule, named in units.items()
    ]
    return tuple(sorted(found, key=lambda each: (-len(each.units), _ASKED[each.severity], each.rule)))


def _worse(first: Met | None, second: Met | None) -> Met:
    """The same rule met twice: the graver severity, open when one of them is."""
    if first is None or second is None:
        return first or second
    graver = min(first, second, key=lambda each: _ASKED[each.severity])
    return graver._replace(open=first.open or second.open)
