"""Mails about the decisions of persons on a filing: sent back, objected to, answered, passed at every level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from notifications.kinds import PREFIX, Kind, Office
from notifications.message import Email
from notifications.render import render
from selfeval.figures import plain

# A list stays readable; the rest is a command away.
_MOST_WAITING = 50


@dataclass(frozen=True, slots=True)
class WaitingUnit:
    """A unit that waits for an examiner: the open level in Chinese, both scores in points (None: unknown), how many
    doubts the rules have.
    """

    code: str
    name: str
    department: str
    department_code: str
    level: str
    reported_score: Decimal | None
    recomputed_score: Decimal | None
    doubts: int

    @property
    def scores(self) -> str:
        """Both scores and the doubts in words."""
        known = (("自评", self.reported_score), ("复算", self.recomputed_score))
        said = [f"{label}{plain(value)}分" for label, value in known if value is not None]
        return "，".join([*said, f"疑点{self.doubts}项" if self.doubts else "没有疑点"])


@dataclass(frozen=True, slots=True)
class Decided:
    """Who decided: the level in Chinese, the person with section (教科文股 张三（代理）), when."""

    level: str
    person: str
    at: datetime


def sent_back(
    office: Office,
    *,
    unit_name: str,
    year: int,
    version: int,
    by: Decided,
    reasons: Sequence[str],
    remark: str,
    reply_due: datetime,
    how_to_send: str,
) -> Email:
    """A version that a person sent back: the reasons in Chinese, what to do, until when to reply or to object."""
    return render(
        Kind.SENT_BACK,
        f"{PREFIX}{year}年度自评材料退回修改：{by.level}审核（第{version}次报送）",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "version": version,
            "by": by,
            "reasons": reasons,
            "remark": remark,
            "reply_due": reply_due,
            "how_to_send": how_to_send,
        },
    )


def objection(
    office: Office,
    *,
    unit_name: str,
    unit_code: str,
    year: int,
    version: int,
    by: Decided,
    remark: str,
    words: str,
    raised_by: str,
    raised_at: datetime,
    answer_due: datetime,
    command: str = "",
) -> Email:
    """A unit's objection to a return: its receipt to the unit, and, with the `command` that answers it, to those who
    have to.
    """
    return render(
        Kind.OBJECTION,
        f"{PREFIX}{year}年度退回修改的异议已登记，等待{by.level}答复",
        {
            "office": office,
            "unit_name": unit_name,
            "unit_code": unit_code,
            "year": year,
            "version": version,
            "by": by,
            "remark": remark,
            "words": words,
            "raised_by": raised_by,
            "raised_at": raised_at,
            "answer_due": answer_due,
            "command": command,
        },
    )


def objection_answered(
    office: Office,
    *,
    unit_name: str,
    year: int,
    version: int,
    words: str,
    upheld: bool,
    reason: str,
    by: Decided,
    reply_due: datetime | None,
    examined_on: bool,
) -> Email:
    """The answer to an objection; `reply_due` is until when to correct where it was rejected (None: upheld).

    `examined_on`: persons examine what passed, level by level.
    """
    if upheld == (reply_due is not None):
        raise ValueError("异议成立的不必再改，不成立的应写明改到什么时候")
    return render(
        Kind.OBJECTION_ANSWERED,
        f"{PREFIX}{year}年度退回修改的异议{'成立，不需要修改' if upheld else '不成立，请修改后重新报送'}",
        {
            "office": office,
            "unit_name": unit_name,
            "year": year,
            "version": version,
            "words": words,
            "upheld": upheld,
            "reason": reason,
            "by": by,
            "reply_due": reply_due,
            "examined_on": examined_on,
        },
    )


def examined(office: Office, *, unit_name: str, year: int, version: int, decided: Sequence[Decided]) -> Email:
    """A version that every level accepted, with who accepted it; at least one (ValueError otherwise)."""
    if not decided:
        raise ValueError("没有任何层级的审核，不能说已经逐级审核")
    return render(
        Kind.EXAMINED,
        f"{PREFIX}{year}年度自评材料已逐级审核同意（第{version}次报送）",
        {"office": office, "unit_name": unit_name, "year": year, "version": version, "decided": decided},
    )


def examine_call(
    office: Office,
    *,
    year: int,
    persons: Sequence[str],
    waiting: Sequence[WaitingUnit],
    reasons: Sequence[str],
    at: datetime,
) -> Email:
    """What waits for the examiners at one address, and how each of them decides; at least one unit (ValueError).

    `waiting` comes level by level; `reasons` are the codes of a return with their words.
    """
    if not waiting:
        raise ValueError("没有等待审核的单位，不需要告知审核人")
    shown = waiting[:_MOST_WAITING]
    return render(
        Kind.EXAMINE_CALL,
        f"{PREFIX}{year}年度自评材料等待你审核：{len(waiting)}家单位",
        {
            "office": office,
            "year": year,
            "persons": persons,
            "groups": [(level, list(units)) for level, units in groupby(shown, key=lambda unit: unit.level)],
            "count": len(waiting),
            "shown": len(shown),
            "code": shown[0].code,
            "department_code": shown[0].department_code,
            "person": persons[0],
            "reasons": reasons,
            "at": at,
        },
    )
