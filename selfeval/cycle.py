"""A cycle as a value: its milestones, the states of a submission and the steps of the reminder wave.

Pure: the instant is an argument. What is stored lives in db/, what is sent in notifications/.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from selfeval.refusal import Refusal
from selfeval.workdays import Workdays, due_instant


class CycleError(Refusal):
    """A cycle that cannot be opened; `reasons` are Chinese sentences, one per contradiction."""

    def __init__(self, reasons: list[str]):
        self.reasons = tuple(reasons)
        super().__init__("；".join(reasons))


class SubmissionState(StrEnum):
    RECEIVED = "received"
    RETURNED = "returned"
    ACCEPTED = "accepted"

    @property
    def label(self) -> str:
        return {"received": "已收待审", "returned": "退回修改", "accepted": "审核通过"}[self.value]


# A judged version stays as it was judged; only a new version opens the way again.
TRANSITIONS: Mapping[SubmissionState, frozenset[SubmissionState]] = {
    SubmissionState.RECEIVED: frozenset({SubmissionState.RETURNED, SubmissionState.ACCEPTED}),
    SubmissionState.RETURNED: frozenset(),
    SubmissionState.ACCEPTED: frozenset(),
}


class Duty(StrEnum):
    """What a unit owes in a cycle; frozen with the roster when the notice goes out."""

    REQUIRED = "required"
    EXEMPT = "exempt"
    NIL = "nil"
    MERGED = "merged"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {
            "required": "应报",
            "exempt": "免报",
            "nil": "零报告",
            "merged": "并入其他单位",
            "closed": "撤并",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Milestones:
    """The days of a cycle; each includes its day until the policy's hour."""

    notice: date
    unit_due: date
    department_due: date
    correction_due: date
    publication_due: date


MILESTONE_LABELS = {
    "notice": "通知印发",
    "unit_due": "单位报送截止",
    "department_due": "主管部门汇总截止",
    "correction_due": "退回修改截止",
    "publication_due": "结果公开截止",
}


@dataclass(frozen=True, slots=True)
class Assignment:
    """A unit that is judged by another policy or for another year than its cycle."""

    policy: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Cycle:
    """One annual cycle. `policy` is a packaged name or the path of a bureau's own file."""

    year: int
    name: str
    bureau: str
    document_number: str
    policy: str
    milestones: Milestones
    contact: str = ""
    workdays: Workdays = field(default_factory=Workdays)
    assignments: Mapping[str, Assignment] = field(default_factory=dict)

    def __post_init__(self) -> None:
        reasons = list(_contradictions(self))
        if reasons:
            raise CycleError(reasons)

    @property
    def provisional_note(self) -> str:
        """What is provisional about the milestones, as a sentence; "" when every holiday order is out."""
        return self.workdays.provisional_note(*(getattr(self.milestones, key) for key in MILESTONE_LABELS))

    def due(self, milestone: str, hour: time) -> datetime:
        """The instant at which a milestone ends, in Asia/Shanghai."""
        return due_instant(getattr(self.milestones, milestone), hour)


def _contradictions(cycle: Cycle):
    for key, label in (
        ("name", "周期名称"),
        ("bureau", "财政局名称"),
        ("document_number", "文号"),
        ("policy", "政策"),
    ):
        if not getattr(cycle, key).strip():
            yield f"{label}不能为空"
    days = cycle.milestones
    order = ["notice", "unit_due", "department_due", "correction_due", "publication_due"]
    for earlier, later in pairwise(order):
        first, second = getattr(days, earlier), getattr(days, later)
        strict = earlier == "notice"
        if first > second or (strict and first == second):
            yield (
                f"{MILESTONE_LABELS[later]}（{second}）应{'晚于' if strict else '不早于'}"
                f"{MILESTONE_LABELS[earlier]}（{first}）"
            )
    if days.notice.year <= cycle.year:
        yield f"{cycle.year}年度的自评在次年开展，通知日期{days.notice}应在{cycle.year + 1}年1月1日或以后"


def cycle_text(cycle: Cycle) -> str:
    """The cycle as TOML text; the same cycle gives the same text, and `parse_cycle` reads it back."""

    def quoted(text: str) -> str:
        # A JSON string is a valid TOML basic string.
        return json.dumps(text, ensure_ascii=False)

    def days(values: frozenset[date]) -> str:
        return f"[{', '.join(day.isoformat() for day in sorted(values))}]"

    lines = [f"year = {cycle.year}"]
    for key in ("name", "bureau", "document_number", "policy", "contact"):
        lines.append(f"{key} = {quoted(getattr(cycle, key))}")
    lines += ["", "[milestones]"]
    lines += [f"{key} = {getattr(cycle.milestones, key)}" for key in MILESTONE_LABELS]
    lines += ["", "[calendar]"]
    lines += [
        f"{key} = {days(getattr(cycle.workdays, key))}" for key in ("extra_days_off", "extra_working_days")
    ]
    lines.append(f"ordered_years = {sorted(cycle.workdays.ordered_years)}")
    for code, assignment in sorted(cycle.assignments.items()):
        lines += ["", f"[units.{quoted(code)}]"]
        lines += [f"policy = {quoted(assignment.policy)}"] if assignment.policy else []
        lines += [f"year = {assignment.year}"] if assignment.year else []
    return "\n".join(lines) + "\n"


_TOP = {"year", "name", "bureau", "document_number", "policy", "contact", "milestones", "calendar", "units"}


def parse_cycle(text: str) -> Cycle:
    """A cycle from TOML text.

    Raises CycleError with every missing, unknown or mistyped key at once, in Chinese.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CycleError([f"不是有效的 TOML 文件：{error}"]) from error
    reasons = [f"不认识的项目“{key}”" for key in data.keys() - _TOP]
    for key, kind, label in (
        ("year", int, "整数年份"),
        ("name", str, "文字"),
        ("bureau", str, "文字"),
        ("document_number", str, "文字"),
        ("policy", str, "文字"),
    ):
        _require(data, key, kind, label, reasons)
    milestones = _table(data, "milestones", reasons)
    for key, label in MILESTONE_LABELS.items():
        if type(milestones.get(key)) is not date:
            reasons.append(f"[milestones] 缺少 {key}（{label}），应为日期，例如 2026-04-10")
    reasons += [f"[milestones] 不认识的项目“{key}”" for key in milestones.keys() - MILESTONE_LABELS.keys()]
    calendar = _table(data, "calendar", reasons)
    days = {}
    for key in ("extra_days_off", "extra_working_days"):
        value = calendar.get(key, [])
        if not isinstance(value, list) or any(type(day) is not date for day in value):
            reasons.append(f"[calendar] {key} 应为日期列表")
            value = []
        days[key] = frozenset(value)
    years = calendar.get("ordered_years", [])
    if not isinstance(years, list) or any(type(year) is not int for year in years):
        reasons.append("[calendar] ordered_years 应为年份列表，例如 [2027]")
        years = []
    known = {*days, "ordered_years"}
    reasons += [f"[calendar] 不认识的项目“{key}”" for key in calendar.keys() - known]
    assignments = _assignments(_table(data, "units", reasons), reasons)
    if reasons:
        raise CycleError(reasons)
    try:
        workdays = Workdays(**days, ordered_years=frozenset(years))
    except ValueError as error:
        raise CycleError([str(error)]) from error
    return Cycle(
        year=data["year"],
        name=data["name"],
        bureau=data["bureau"],
        document_number=data["document_number"],
        policy=data["policy"],
        contact=str(data.get("contact", "")),
        milestones=Milestones(**{key: milestones[key] for key in MILESTONE_LABELS}),
        workdays=workdays,
        assignments=assignments,
    )


def _require(data: dict, key: str, kind: type, label: str, reasons: list[str]) -> None:
    if key not in data:
        reasons.append(f"缺少 {key}（{label}）")
    elif type(data[key]) is not kind:
        reasons.append(f"{key} 应为{label}，现为“{data[key]}”")


def _table(data: dict, key: str, reasons: list[str]) -> dict:
    value = data.get(key, {})
    if isinstance(value, dict):
        return value
    reasons.append(f"{key} 应为一节 [{key}]")
    return {}


def _assignments(units: dict, reasons: list[str]) -> dict[str, Assignment]:
    result = {}
    for code, value in units.items():
        if not isinstance(value, dict) or value.keys() - {"policy", "year"}:
            reasons.append(f'[units."{code}"] 只能写 policy 和 year')
            continue
        result[code] = Assignment(policy=value.get("policy"), year=value.get("year"))
    return result


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a reminder wave: `offset` working days from the due day (negative before it).

    `wave` is T for a first filing and C for a correction, with the day behind it when that was extended:
    a new day begins a wave of its own.
    """

    offset: int
    day: date
    wave: str = "T"

    @property
    def key(self) -> str:
        """The step's name in the outbox, unique per cycle and unit: T-7, C+3, T-1@2026-04-20."""
        kind, at, day = self.wave.partition("@")
        return f"{kind}{self.offset:+d}{at}{day}"

    @property
    def overdue(self) -> bool:
        return self.offset > 0


# Thousands of units share a handful of waves.
@lru_cache(maxsize=1024)
def reminder_steps(
    due: date,
    before: tuple[int, ...],
    after: tuple[int, ...],
    then_every: int | None,
    until: date,
    workdays: Workdays,
    wave: str = "T",
) -> tuple[Step, ...]:
    """Every step of the wave up to `until`, in order of time.

    `before` counts working days before the due day (0 is the day itself), `after` working days behind
    it, `then_every` repeats behind the last of them.
    """
    offsets = [-abs(n) for n in before] + list(after)
    steps = {n: workdays.shift(due, n) for n in offsets}
    last = max([0, *after])
    while then_every and (day := workdays.shift(due, last + then_every)) <= until:
        last += then_every
        steps[last] = day
    return tuple(Step(n, day, wave) for n, day in sorted(steps.items()) if day <= until)


def due_step(steps: tuple[Step, ...], today: date) -> Step | None:
    """The step to send today: the latest one begun, so that a late run skips those that lost their meaning."""
    begun = [step for step in steps if step.day <= today]
    return begun[-1] if begun else None


@dataclass(frozen=True, slots=True)
class FiledFile:
    """A file of a unit with what it holds: `forms` are (kind, project) pairs."""

    id: int
    version: int
    name: str
    forms: frozenset[tuple[str, str]]


def effective_files(files: list[FiledFile]) -> list[FiledFile]:
    """The files that count, oldest first: a later version replaces what it files again.

    A file is replaced when a later version brings a file of the same name or one that holds a form
    which it holds too. So a unit may send the report first and the tables next, or correct only one.
    Files that came together never replace each other.
    """

    def replaced(file: FiledFile) -> bool:
        later = (other for other in files if other.version > file.version)
        return any(other.name == file.name or other.forms & file.forms for other in later)

    return sorted((file for file in files if not replaced(file)), key=lambda file: (file.version, file.id))
