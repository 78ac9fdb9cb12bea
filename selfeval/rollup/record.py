"""A roll-up as plain data: what the database keeps, so that every total names the versions it was made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from selfeval.figures import plain
from selfeval.policy import Policy
from selfeval.rollup.like import like_indicators
from selfeval.rollup.packed import Packed
from selfeval.rollup.totals import roll_up, settled
from selfeval.rollup.units import DepartmentTotal, IndicatorTotal, UnitRow, Version
from selfeval.rules import VERSION
from selfeval.rules.departments import DepartmentFinding, department_findings

_PIECE = 200_000
_write = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


@dataclass(frozen=True, slots=True)
class RolledUp:
    """Everything of one roll-up: its units, the totals by department and of the bureau, like indicators and
    what the rules between units found.
    """

    policy: str
    spread: Decimal
    units: tuple[UnitRow, ...]
    departments: tuple[DepartmentTotal, ...]
    whole: DepartmentTotal
    indicators: Sequence[IndicatorTotal]
    findings: tuple[DepartmentFinding, ...]


def rolled_up(units: Sequence[UnitRow], policy: Policy) -> RolledUp:
    """Add up by a policy."""
    units = settled(units)
    departments, whole = roll_up(units, policy.rollup.spread)
    return RolledUp(
        f"{policy.name} {policy.version}",
        policy.rollup.spread,
        units,
        departments,
        whole,
        like_indicators(units, policy),
        department_findings(units, policy),
    )


def content_of(made: RolledUp) -> dict[str, Any]:
    """The roll-up for JSON (`content_parts`): decimals as strings, unknown is null. The same versions give the same content."""
    return {
        "policy": made.policy,
        "spread": plain(made.spread),
        "rule_set": VERSION,
        "units": [_unit(unit) for unit in sorted(made.units, key=lambda unit: unit.code)],
        "totals": [_total(total) for total in (*made.departments, made.whole)],
        "indicators": Packed(_plain(each._asdict()) for each in made.indicators),
        "findings": [
            {"code": each.code, "name": each.name}
            | {
                key: getattr(each.finding, key)
                for key in ("where", "sentence", "stated", "expected", "message")
            }
            | {"rule": each.finding.code, "severity": each.finding.severity.value}
            for each in made.findings
        ],
    }


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content as JSON in one order of keys, written piece by piece: a province's is long."""
    digest = hashlib.sha256()
    for number, key in enumerate(sorted(content)):
        digest.update(f"{', ' if number else '{'}{_write(key)}: ".encode())
        value = content[key]
        if isinstance(value, list | Packed):
            digest.update(b"[")
            for at, entry in enumerate(value):
                digest.update(f"{', ' if at else ''}{_write(entry)}".encode())
            digest.update(b"]")
        else:
            digest.update(_write(value).encode())
    digest.update(b"}")
    return digest.hexdigest()


def content_parts(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The content to be kept, (key, JSON), lists in pieces of some hundred thousand characters: a province's is long."""
    for key, value in sorted(content.items()):
        if not isinstance(value, list | Packed):
            yield key, _write(value)
            continue
        piece: list[str] = []
        length = 0
        for entry in map(_write, value):
            piece.append(entry)
            length += len(entry)
            if length > _PIECE:
                yield key, f"[{', '.join(piece)}]"
                piece, length = [], 0
        # A list without entries is one, too.
        if piece or not value:
            yield key, f"[{', '.join(piece)}]"


def content_from(parts: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The content that these parts (key, value) were kept from."""
    content: dict[str, Any] = {}
    for key, value in parts:
        if key in content:
            content[key] += value
        else:
            content[key] = value
    return content


def source_note(made: RolledUp, number: int, digest: str) -> str:
    """From which kept roll-up a paper was made, so that its figures can be made again; without a full stop."""
    return f"第{number}次汇总，政策 {made.policy}，规则集 {VERSION}，内容指纹 {digest[:12]}"


def version_of(unit: Mapping[str, Any]) -> Version | None:
    """The version that a stored unit was counted by, None when it had filed nothing."""
    return Version(**unit["version"]) if unit["version"] else None


def _unit(unit: UnitRow) -> dict[str, Any]:
    keys = ("code", "name", "tier", "department_code", "department_name", "state", "included", "base_of")
    return {key: getattr(unit, key) for key in keys} | {
        "left_out": unit.left_out,
        **({"awaits": unit.awaits} if unit.awaits else {}),
        "base": _plain(unit.base),
        "version": unit.version._asdict() if unit.version else None,
    }


def _total(total: DepartmentTotal) -> dict[str, Any]:
    return {
        "code": total.code,
        "name": total.name,
        "expected": total.expected,
        "counted": total.counted,
        "left_out": [list(pair) for pair in total.left_out],
        "included": list(total.included),
        "figures": {key: [plain(each.value), each.said] for key, each in total.figures.items()},
        "ratios": _plain(total.ratios),
        "mean_score": _plain(total.mean_score),
        "weighted_score": _plain(total.weighted_score),
        "coverage": _plain(total.coverage._asdict()) if total.coverage else None,
        "ranges": {key: _plain(each._asdict()) for key, each in total.ranges.items()},
        **({"unstated": list(total.unstated)} if total.unstated else {}),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value
