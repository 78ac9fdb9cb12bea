"""A cycle as a value: its milestones, the states of a submission and the steps of the reminder wave.

Pure: the instant is an argument. What is stored lives in db/, what is sent in notifications/,
its TOML text in cycle_file.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


# The machine judges a version once. What it accepted a person may send back; a return, by a person or by the
# rules, is taken back when the unit objects with reason. Otherwise only a new version mends it.
JUDGED = frozenset({SubmissionState.RETURNED, SubmissionState.ACCEPTED})


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
    """The days of a cycle; each includes its day until the policy's hour.

    Due and lock are different: what comes after a due is late and counts, what comes after the lock does
    not. `lock` None: intake ends when a person closes the cycle.
    """

    notice: date
    unit_due: date
    department_due: date
    correction_due: date
    publication_due: date
    lock: date | None = None


MILESTONE_LABELS = {
    "notice": "通知印发",
    "unit_due": "单位报送截止",
    "department_due": "主管部门汇总截止",
    "correction_due": "退回修改截止",
    "publication_due": "结果公开截止",
}
LOCK_LABEL = "停止收取"


SCOPES = ("本级", "汇总")


@dataclass(frozen=True, slots=True)
class Assignment:
    """A unit that is judged by another policy or for another year than its cycle.

    `scope` says whom its figures speak for (本级 or 汇总) where its papers do not, or say it wrongly.
    """

    policy: str | None = None
    year: int | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A correction of a milestone after the units were told of it, and its number: reminders begin anew."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Cycle:
    """One annual cycle. `policy` is a packaged name or the path of a bureau's own file.

    `moved`: the latest correction of each milestone of which the units had been told otherwise.
    """

    year: int
    name: str
    bureau: str
    document_number: str
    policy: str
    milestones: Milestones
    contact: str = ""
    workdays: Workdays = field(default_factory=Workdays)
    assignments: Mapping[str, Assignment] = field(default_factory=dict)
    moved: Mapping[str, Move] = field(default_factory=dict)

    def __post_init__(self) -> None:
        reasons = list(_contradictions(self))
        if reasons:
            raise CycleError(reasons)

    @property
    def provisional_note(self) -> str:
        """What is provisional about the milestones, as a sentence; "" when every holiday order is out."""
        days = [getattr(self.milestones, key) for key in MILESTONE_LABELS]
        return self.workdays.provisional_note(*days, *filter(None, [self.milestones.lock]))

    def due(self, milestone: str, hour: time) -> datetime:
        """The instant at which a milestone ends, in Asia/Shanghai."""
        return due_instant(getattr(self.milestones, milestone), hour)

    def lock(self, hour: time) -> datetime | None:
        """The planned end of intake, in Asia/Shanghai; None when only a person closes the cycle."""
        return due_instant(self.milestones.lock, hour) if self.milestones.lock else None


def _contradictions(cycle: Cycle) -> Iterator[str]:
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
    if days.lock and days.lock < days.correction_due:
        yield (
            f"{LOCK_LABEL}的日期（{days.lock}）应不早于{MILESTONE_LABELS['correction_due']}（{days.correction_due}）"
        )
    if days.notice.year <= cycle.year:
        yield f"{cycle.year}年度的自评在次年开展，通知日期{days.notice}应在{cycle.year + 1}年1月1日或以后"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a reminder wave: `offset` working days from the due day (negative before it).

    `wave` is T for a first filing and C for a correction, with the day behind it when that was extended:
    a new day begins a wave of its own; so does a correction of the cycle, whose number is added.
    `number`: its place in the wave, from 1.
    """

    offset: int
    day: date
    wave: str = "T"
    number: int = 1

    @property
    def key(self) -> str:
        """The step's name in the outbox, unique per cycle and unit: T-7, C+3, T-1@2026-04-20."""
        kind, at, day = self.wave.partition("@")
        return f"{kind}{self.offset:+d}{at}{day}"

    @property
    def label(self) -> str:
        """The step as people call it: 第3步, 改正第1步."""
        return f"{'改正' if self.wave.startswith('C') else ''}第{self.number}步"

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
    return tuple(
        Step(n, day, wave, number)
        for number, (n, day) in enumerate(sorted(steps.items()), start=1)
        if day <= until
    )


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
