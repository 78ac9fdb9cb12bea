"""Judging again because the policy or the rules changed: what may change in an open cycle, and what came of it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from selfeval.policy import Policy
from selfeval.policy_words import settings
from selfeval.summary import Summary, summarise

# What units were told in the notice, or what persons decide by: a policy that comes later leaves it as it is.
_TOLD = ("filing", "lateness", "reminders", "publication", "redaction", "examination", "recheck")
_STATES = {"accepted": "审核通过", "returned": "退回修改"}
_STAMPS = ("rules_version",)


def objections(before: Policy, after: Policy) -> Iterator[str]:
    """Why this policy may not take the place of the other one after the notice, without full stops."""
    for old, new in zip(settings(before), settings(after), strict=True):
        if old.path.partition(".")[0] in _TOLD and old.value != new.value:
            yield f"通知印发以后不能再改“{old.section} {old.label}”（{old.value} → {new.value}）"


@dataclass(frozen=True, slots=True)
class Result:
    """How a version is judged: the state that follows, and its check document."""

    state: str
    document: Mapping[str, Any]

    @property
    def summary(self) -> Summary:
        return summarise(self.document)


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes different for a version of a unit when it is judged again."""

    code: str
    name: str
    version: int
    before: Result
    after: Result

    @property
    def sentences(self) -> tuple[str, ...]:
        """What becomes different, as Chinese sentences without full stops; never empty."""
        old, new = self.before.summary, self.after.summary
        said = []
        if self.before.state != self.after.state:
            said.append(f"由{_STATES[self.before.state]}变为{_STATES[self.after.state]}")
        for label, first, second in (
            ("复算得分", old.recomputed_score, new.recomputed_score),
            ("等级", old.grade, new.grade),
        ):
            if first != second:
                said.append(f"{label}{_shown(first)}→{_shown(second)}")
        was, now = _found(self.before.document), _found(self.after.document)
        for words, codes in (("新提出", now - was), ("不再提出", was - now)):
            if codes:
                said.append(f"{words}{'、'.join(_counted(codes))}")
        return tuple(said) or ("得分和问题的个数不变，说明或逐行的得分有变化",)

    @property
    def newly_returned(self) -> bool:
        return self.before.state == "accepted" and self.after.state == "returned"


def change_between(code: str, name: str, version: int, before: Result, after: Result) -> Change | None:
    """The change of a version that is judged again; None when its unit would see the same result."""
    same = before.state == after.state and _seen(before.document) == _seen(after.document)
    return None if same else Change(code, name, version, before, after)


def _seen(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What people see of a result: everything but what stamps it."""
    return [{key: value for key, value in entry.items() if key not in _STAMPS} for entry in document["files"]]


def _found(document: Mapping[str, Any]) -> Counter[str]:
    return Counter(finding["code"] for entry in document["files"] for finding in entry["findings"])


def _counted(codes: Counter[str]) -> Iterator[str]:
    for code in sorted(codes):
        yield f"{code}（{codes[code]}处）" if codes[code] > 1 else code


def _shown(value: object) -> str:
    return "无" if value is None else str(value)
