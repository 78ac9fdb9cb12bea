"""Examination by persons (逐级审核): the levels that a version passes after the machine accepted it. Pure.

Called examination because "review" means something else here: the thresholds of doubts (policy `review`) and
the comments of a text (documents/review.py). A policy names its levels in order; a level is open when every
level before it has accepted. Source of the levels: 财预〔2020〕10号 (主管部门审核, 财政部门抽查); how many
there are and who decides is for the place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from selfeval.levels import Level
from selfeval.pattern import Pattern
from selfeval.policy import ExaminationRule
from selfeval.refusal import Refusal
from selfeval.workdays import Workdays

_NO_NAME = Pattern(r"[%_|\x00-\x1f\x7f\u2028\u2029]")
_WITHOUT_DOUBT = "同意"


class ExaminationRefused(Refusal):
    """The decision does not fit the version, the level or the person; the text says why in Chinese."""


@dataclass(frozen=True, slots=True)
class Examiner:
    """A person who decides at a level for one department's units; `department_code` "" means for all.

    `section` is the name of the business section ("" elsewhere). A deputy decides in the other's place,
    and every such decision says so.
    """

    level: Level
    department_code: str
    section: str
    person: str
    email: str
    deputy: bool = False

    @property
    def title(self) -> str:
        """教科文股 张三（代理）；主管部门 李四"""
        return self.beside_level if self.section else f"{self.level.label} {self.beside_level}"

    @property
    def beside_level(self) -> str:
        """教科文股 张三（代理）；李四: where the level is named already."""
        return f"{self.section} {self.person}{'（代理）' if self.deputy else ''}".lstrip()


def levels_for(rule: ExaminationRule, tier: int) -> tuple[Level, ...]:
    """The levels of a unit, in order. A department does not examine its own filing as its department."""
    levels = tuple(Level(level) for level in rule.levels)
    return tuple(level for level in levels if not (tier == 1 and level is Level.DEPARTMENT))


def open_level(levels: Sequence[Level], accepted: Collection[str]) -> Level | None:
    """The first level that has not accepted; None when all have."""
    return next((level for level in levels if level not in accepted), None)


def examiners_of(examiners: Iterable[Examiner], level: Level, department_code: str) -> tuple[Examiner, ...]:
    """Who decides at a level for a department's units, deputies last."""
    found = [
        each for each in examiners if each.level is level and each.department_code in ("", department_code)
    ]
    return tuple(sorted(found, key=lambda each: (each.deputy, each.person)))


def named(examiners: Sequence[Examiner]) -> str:
    """The persons in words, for sentences."""
    return "、".join(each.title for each in examiners) or "还没有登记审核人"


def require_examiner(
    examiners: Iterable[Examiner], levels: Sequence[Level], level: Level, department_code: str, person: str
) -> Examiner:
    """The entry of a person who may decide at this level; raises ExaminationRefused and says who may."""
    examiners = tuple(examiners)
    mine = examiners_of(examiners, level, department_code)
    for each in mine:
        if each.person == person:
            return each
    elsewhere = [
        other.label
        for other in levels
        if any(each.person == person for each in examiners_of(examiners, other, department_code))
    ]
    what = f"{person}是{'、'.join(elsewhere)}的审核人，" if elsewhere else f"{person}不是该单位的审核人，"
    raise ExaminationRefused(f"{what}现在应由{level.label}审核（{named(mine)}）")


def require_others(
    person: str, preparers: Collection[str], deciders: Collection[tuple[Level, str]], level: Level
) -> None:
    """Raise ExaminationRefused when this person prepared the filing or has decided on it at another level."""
    if person in preparers:
        raise ExaminationRefused(f"{person}是这份材料的填报人或单位联系人，应由另一人审核")
    for other, who in deciders:
        if who == person and other is not level:
            raise ExaminationRefused(f"{person}已在{other.label}审核过这份材料，{level.label}应由另一人审核")


def name_of(text: str) -> str:
    """A person's name as it is kept: Chinese names without spaces; raises ExaminationRefused for none."""
    words = text.split()
    chinese = all(
        "\u4e00" <= character <= "\u9fff" or character in "·•・" for word in words for character in word
    )
    name = ("" if chinese else " ").join(words)
    if len(name) < 2 or len(name) > 50 or _NO_NAME.search(name):
        raise ExaminationRefused(f"请写明姓名（2至50个字），现为“{text}”")
    return name


def require_reasons(rule: ExaminationRule, codes: Sequence[str]) -> tuple[str, ...]:
    """Known reason codes without repetition; raises ExaminationRefused with the catalogue."""
    known = {reason.code: reason.label for reason in rule.reasons}
    catalogue = "、".join(f"{code} {label}" for code, label in known.items())
    strangers = [code for code in codes if code not in known]
    if strangers:
        raise ExaminationRefused(f"不认识的退回原因“{'、'.join(strangers)}”，可用的有：{catalogue}")
    if not codes:
        raise ExaminationRefused(f"退回应写明原因（--code），可用的有：{catalogue}")
    return tuple(dict.fromkeys(codes))


def reply_day(workdays: Workdays, today: date, days: int, correction_due: date) -> date:
    """Until when a returned unit has to reply: so many working days, never before its corrections are due."""
    if days < 1:
        raise ExaminationRefused(f"答复期限应不少于1个工作日，现为{days}")
    return max(workdays.shift(today, days), correction_due)


def reason_or_default(reason: str) -> str:
    """The reason of an acceptance; one without doubts needs no essay."""
    return reason.strip() or _WITHOUT_DOUBT
