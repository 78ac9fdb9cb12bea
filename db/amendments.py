"""Corrections of an open cycle: a person's decisions, with what stood before and what they change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from db import audit, decisions, outbox
from db.closing import closing
from db.cycles import CycleConflict, define, obligations_of, policy_of, value_of
from db.extensions import all_dues
from db.models import Amendment, CycleRow
from db.publications import proven_publication
from selfeval.amendment import WAVES, Difference, Shift, differences, moved, objections, shifts
from selfeval.cycle_file import parse_cycle
from selfeval.extension import Due, Dues


@dataclass(frozen=True, slots=True)
class Amended:
    """What a correction changed: lines of the cycle, the dues of units that have their own, what it undid.

    `voided` is who had approved the plan of the mails, "" for nobody; `units` counts those whose first due is
    another instant; `provisional` is the sentence that stands after the correction, "" for none.
    `shifts` are by unit, of those that owe something and have a date that is another one, empty before the notice.
    """

    number: int
    changed: tuple[Difference, ...]
    moved: tuple[str, ...]
    units: int
    own_dues: tuple[str, ...]
    withdrawn: int
    voided: str
    provisional: str
    shifts: Mapping[str, tuple[Shift, ...]]


def amend(
    session: Session,
    row: CycleRow,
    definition: str,
    policies: Mapping[str, str],
    *,
    person: str,
    reason: str,
    at: datetime,
) -> Amended:
    """Correct the cycle by another TOML text; rolled back by the caller it is a preview.

    Reminders that have not gone out and whose day is another one are withdrawn, and their waves begin anew;
    an approval of the plan of the mails is void. Raises CycleConflict with every reason against it.
    """
    if not person.strip() or not reason.strip():
        raise CycleConflict("更正周期应写明决定的人和理由")
    before, after = value_of(row), parse_cycle(definition)
    policy = policy_of(row, before.policy)
    published = proven_publication(session, row.id) is not None
    against = list(
        objections(
            before, after, hour=policy.filing.due_hour,
            noticed_at=row.notice_issued_at, published=published, at=at,
        )
    )  # fmt: skip
    if closing(session, row.id):
        against.append("周期已经关闭，请先“关闭或重新开启周期”（命令 selfeval cycle reopen）")
    if row.roster_frozen_at and not row.notice_issued_at:
        against.append("通知正在印发，请在印发完成之后更正")
    if row.notice_issued_at and row.policies != dict(policies):
        against.append("通知已经印发，不能再改政策文件的内容")
    changed = differences(before, after)
    if not changed and row.policies == dict(policies):
        against.append("文件与已开启的周期没有不同之处")
    if against:
        raise CycleConflict("；".join(against))
    standing = all_dues(session, row)
    waves = moved(before, after, policy.reminders) if row.notice_issued_at else []
    amendment = Amendment(
        before=row.definition, after=definition, moved=waves, reason=reason, person=person, decided_at=at
    )
    row.amendments.append(amendment)
    define(row, definition, policies)
    session.flush()
    voided = ""
    approval = decisions.standing(session, row.id, "notice")
    if approval and not row.notice_issued_at:
        voided = approval.person
        decisions.void(session, row, approval, reason=f"{person}更正了周期：{reason}", at=at, actor=person)
    details = {"changed": [str(each) for each in changed], "reason": reason}
    audit.append(
        session, at=at, actor=person, action="cycle.amended", subject=f"cycle/{row.year}", details=details
    )
    current = all_dues(session, row)
    obligations = obligations_of(session, row.id)
    names = {each.unit_code: each.unit_name for each in obligations}
    owing = [each.unit_code for each in obligations if each.duty == "required"]
    return Amended(
        number=amendment.id,
        changed=tuple(changed),
        moved=tuple(waves),
        units=sum(current[code].filing.instant != standing[code].filing.instant for code in current),
        own_dues=tuple(
            f"{code} {names[code]}：{'；'.join(lines)}"
            for code in current
            if (lines := _own(standing[code], current[code]))
        ),
        withdrawn=sum(_withdraw(session, row, key, current) for key in waves),
        voided=voided,
        provisional=value_of(row).provisional_note,
        shifts={code: found for code in owing if (found := shifts(standing[code], current[code]))},
    )


def _withdraw(session: Session, row: CycleRow, milestone: str, current: Mapping[str, Dues]) -> int:
    """A unit whose own day counts keeps its wave."""
    keep = [code for code, dues in current.items() if _due(dues, milestone).extended]
    return outbox.withdraw_wave(session, row.id, WAVES[milestone], "周期的日期已更正", keep=keep)


def _due(dues: Dues, milestone: str) -> Due:
    return dues.filing if milestone == "unit_due" else dues.correction


def _own(before: Dues, after: Dues) -> list[str]:
    """What becomes of the dues that a unit has of its own, by an extension or a late return."""
    lines = []
    for label, old, new in (
        ("报送截止", before.filing, after.filing),
        ("退回修改截止", before.correction, after.correction),
    ):
        if old.extended or new.extended:
            day, other = old.instant.date(), new.instant.date()
            lines.append(f"{label}仍为{day}" if day == other else f"{label}由{day}重算为{other}")
    return lines
