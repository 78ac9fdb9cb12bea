"""Take the totals of a cycle: units, departments, bureau, each figure from a named version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from sys import intern
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from db import cycles, rollups
from db.board import unit_statuses
from db.models import CycleRow, RollUp
from db.rejudging import stood_at
from db.rollups import Judged
from selfeval.board import UnitStatus
from selfeval.refusal import Refusal
from selfeval.rollup.changes import Change, total_changes, touched, unit_changes
from selfeval.rollup.figures import figures_of
from selfeval.rollup.measures import AMOUNTS
from selfeval.rollup.record import RolledUp, content_hash, content_of, content_parts, rolled_up, version_of
from selfeval.rollup.units import Scope, UnitRow, Version
from selfeval.summary import Summary
from tasks.office import clock, database, log
from tasks.tell_departments import tell_departments

SCOPES = {"本级": Scope.OWN, "汇总": Scope.WHOLE}
_NAMED = (
    20  # changes named in the log; all are in the database and in the answer of `selfeval rollup changes`
)


@dataclass(frozen=True, slots=True)
class Taken:
    """The totals as they were taken: whether they differ from the last ones and in what, how many departments were told."""

    number: int
    content_hash: str
    fresh: bool
    made: RolledUp
    changes: Sequence[Change]
    told: int

    @property
    def answer(self) -> dict[str, Any]:
        """Without the units: what a run can give back."""
        return {
            "number": self.number,
            "content_hash": self.content_hash,
            "new": self.fresh,
            "changes": [str(each) for each in self.changes],
            "told": self.told,
        }


@task(name="汇总到部门和全局", cache_policy=NO_CACHE)
def take_totals(year: int | None, now: datetime | None) -> dict[str, Any]:
    """Add the effective versions up and keep the totals with the list of what changed since the last ones.

    Number, hash and changes of what stands, and the number of departments told.
    """
    return taken_totals(year, now).answer


def taken_totals(year: int | None, now: datetime | None) -> Taken:
    """What `take_totals` keeps, with everything that it was made from.

    Nothing is kept twice: without a change the last roll-up stands. Departments that disagree with their units
    are told, once of the same.
    """
    with database() as session:
        row = cycles.cycle_of(session, year)
        rollups.wait_for_others(session)
        before = rollups.latest(session, row.id)
        made = current(session, row)
        content = content_of(made)
        digest = content_hash(content)
        fresh = before is None or before.content_hash != digest
        changes = list(_changes(session, row, before, content, made)) if before and fresh else []
        kept = rollups.record(
            session,
            row,
            before,
            policy=content["policy"],
            rule_set=content["rule_set"],
            parts=content_parts(content),
            content_hash=digest,
            changes=[list(change) for change in changes],
            at=clock(now),
        )
        told = tell_departments(session, row, made.findings, kept.taken_at)
        taken = Taken(kept.number, digest, fresh, made, changes, told)
    _log(taken)
    return taken


def _log(taken: Taken) -> None:
    whole = taken.made.whole
    log.info(
        "第%d次汇总：应报%d家，计入%d家%s",
        taken.number,
        whole.expected,
        whole.counted,
        "" if taken.fresh else "，与上次相同",
    )
    for change in taken.changes[:_NAMED]:
        log.info("与上次汇总相比：%s", change)
    if len(taken.changes) > _NAMED:
        log.info("与上次汇总相比另有%d处变化，见 selfeval rollup changes", len(taken.changes) - _NAMED)
    for found in taken.made.findings:
        log.warning("%s %s：%s", found.finding.code, found.name, found.finding.message)


def current(session: Session, row: CycleRow) -> RolledUp:
    """The roll-up of a cycle as it stands; nothing is stored."""
    return rolled_up(unit_rows(session, row), cycles.policy_of(row, cycles.value_of(row).policy))


def unit_rows(session: Session, row: CycleRow) -> tuple[UnitRow, ...]:
    """Every unit of the cycle with what it filed and what it is measured by while it is missing."""
    statuses = unit_statuses(session, row.id)
    filed = {each.unit_code: _Filed(each) for each in rollups.judged(session, row.id)}
    bases = _last_year(session, row)
    return tuple(_row(status, filed.get(status.code), bases.get(status.code), row) for status in statuses)


def rebuilt(session: Session, row: CycleRow, taken: RollUp) -> RolledUp:
    """A kept roll-up made again from the versions that it names."""
    policy = cycles.policy_of(row, cycles.value_of(row).policy)
    return rolled_up(_rows_of(session, row, taken, None), policy)


def _changes(
    session: Session, row: CycleRow, before: RollUp, content: Mapping[str, Any], made: RolledUp
) -> Iterable[Change]:
    codes = set(touched(rollups.entries_of(session, before, "units"), content["units"]))
    then = {unit.code: unit for unit in _rows_of(session, row, before, codes)}
    now = {unit.code: unit for unit in made.units}
    for code in sorted(codes):
        yield from unit_changes(then.get(code), now.get(code))
    yield from total_changes(rollups.entries_of(session, before, "totals"), content["totals"])


def _rows_of(session: Session, row: CycleRow, taken: RollUp, codes: set[str] | None) -> tuple[UnitRow, ...]:
    """Units as a kept roll-up counted them (those with these codes, None: all), from the versions it names."""
    kept = rollups.entries_of(session, taken, "units")
    stored = [unit for unit in kept if codes is None or unit["code"] in codes]
    ids = [unit["version"]["submission"] for unit in stored if unit["version"]]
    filed = {each.submission: _Filed(each) for each in rollups.judged(session, row.id, ids)}
    for number, former in stood_at(session, row.id, taken.taken_at, ids).items():
        filed[number] = _Filed(rollups.judged_then(former))  # judged again since
    found = []
    for unit in stored:
        keys = ("code", "name", "tier", "department_code", "department_name", "state", "included", "base_of")
        base = {key: Decimal(value) for key, value in unit["base"].items()}
        made = UnitRow(**{key: unit[key] for key in keys}, base=base, awaits=unit.get("awaits", ""))
        version = version_of(unit)
        if version:
            judged = filed.get(version.submission)
            if judged is None:
                raise Refusal(f"{unit['name']}（{unit['code']}）第{version.number}次报送的审核结果已不在库中")
            made = _with(made, judged, row)
        found.append(made)
    return tuple(found)


class _Filed:
    """A judged version reduced to what is added; its document is let go."""

    __slots__ = ("figures", "summary", "version")

    def __init__(self, judged: Judged):
        hashes = sorted(entry["sha256"] for entry in judged.document["files"])
        content = hashlib.sha256("\n".join(hashes).encode()).hexdigest()
        judged_by = intern(judged.policy), intern(judged.rule_set)
        self.version = Version(judged.submission, judged.version, content, *judged_by)
        self.summary = Summary.from_json(judged.summary)
        self.figures = figures_of(judged.document)


def _row(
    status: UnitStatus, filed: _Filed | None, last_year: dict[str, Decimal] | None, row: CycleRow
) -> UnitRow:
    if filed and filed.version.number != status.version:
        filed = None  # a newer version came in between: not judged yet
    made = UnitRow(
        code=status.code,
        name=status.name,
        tier=status.tier,
        department_code=status.department_code,
        department_name=status.department_name,
        state=status.state,
        awaits=status.awaits,
        late_days=status.late_days,
    )
    if filed:
        made = _with(made, filed, row)
    if last_year:
        return replace(made, base=last_year, base_of=f"上年（{row.year - 1}年度）年初预算数")
    own = {key: getattr(made, key) for key in AMOUNTS if getattr(made, key) is not None}
    return replace(made, base=own, base_of="本年填报的年初预算数" if own else "")


def _with(made: UnitRow, filed: _Filed, row: CycleRow) -> UnitRow:
    """The unit with the figures of a version; the cycle's word on their scope stands above the papers'."""
    summary, figures = filed.summary, filed.figures
    assignment = cycles.value_of(row).assignments.get(made.code)
    if assignment and assignment.scope:
        figures = replace(figures, scope=SCOPES[assignment.scope])
    return replace(
        made,
        reported_score=summary.reported_score,
        summed_score=summary.summed_score,
        recomputed_score=summary.recomputed_score,
        grade=summary.grade,
        initial_budget=summary.initial_budget,
        adjusted_budget=summary.adjusted_budget,
        executed=summary.executed,
        errors=summary.errors,
        warnings=summary.warnings,
        figures=figures,
        version=filed.version,
    )


def _last_year(session: Session, row: CycleRow) -> dict[str, dict[str, Decimal]]:
    """The three amounts that each unit got accepted in the cycle before, where there is one."""
    earlier = rollups.year_before(session, row)
    if earlier is None:
        return {}
    known = {
        code: Summary.from_json(summary)
        for code, summary in rollups.accepted_summaries(session, earlier.id).items()
    }
    return {
        code: {key: getattr(summary, key) for key in AMOUNTS}
        for code, summary in known.items()
        if all(getattr(summary, key) is not None for key in AMOUNTS)
    }
