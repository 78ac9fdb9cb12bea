"""What would change between two policies: two results of the same file side by side.

Works on the entries of selfeval.result, so that it compares exactly what units and bureau see.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

_SEEN = ("severity", "stated", "expected", "message")


def entry_difference(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """The changes between two entries of one file, as plain data.

    forms: those whose score, grade or line scores change, each value as [first, second].
    findings: gone (only by the first policy), new (only by the second), changed ([first, second]).
    """
    pairs = zip(first["forms"], second["forms"], strict=True)
    return {
        "file": first["file"],
        "readable": first["readable"],
        "forms": [change for pair in pairs if (change := _form(*pair))],
        "findings": _findings(first["findings"], second["findings"]),
    }


def is_same(change: dict[str, Any]) -> bool:
    """Whether both policies give the same result."""
    return not change["forms"] and not any(change["findings"].values())


def _form(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any] | None:
    rows = [
        {"where": a["where"], "label": a.get("name") or a.get("label"), "recomputed_score": _pair(a, b)}
        for group in ("funding", "indicators")
        for a, b in zip(first[group], second[group], strict=True)
        if _pair(a, b)[0] != _pair(a, b)[1]
    ]
    score, grade = _pair(first, second), _pair(first, second, "recomputed_grade")
    if not rows and score[0] == score[1] and grade[0] == grade[1]:
        return None
    return {
        "id": first["id"],
        "title": first["title"],
        "project": first["project"],
        "recomputed_score": score,
        "recomputed_grade": grade,
        "rows": rows,
    }


def _pair(first: dict[str, Any], second: dict[str, Any], key: str = "recomputed_score") -> list[str | None]:
    return [first[key], second[key]]


def _findings(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Findings of one rule at one place belong together; what they say may change."""
    waiting: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for finding in second:
        waiting[finding["code"], finding["form"], finding["where"]].append(finding)
    gone, changed = [], []
    for finding in first:
        candidates = waiting[finding["code"], finding["form"], finding["where"]]
        if not candidates:
            gone.append(finding)
            continue
        other = candidates.pop(0)
        if any(finding[key] != other[key] for key in _SEEN):
            changed.append([finding, other])
    new = [finding for candidates in waiting.values() for finding in candidates]
    return {"gone": gone, "new": new, "changed": changed}
