"""What changed from one roll-up to the next: which unit, which figure, from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from selfeval.figures import plain
from selfeval.rollup.measures import AMOUNTS, MEASURES
from selfeval.rollup.units import UnitRow

NOTHING = "无"


class Change(NamedTuple):
    """One difference: the unit (or a department's total), what, and both values as text."""

    code: str
    name: str
    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.name}（{self.code}）{self.what}：{self.before} → {self.after}"


def touched(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> list[str]:
    """Codes of the units that two stored roll-ups do not say the same of."""
    now = {unit["code"]: unit for unit in after}
    # Those of before are looked at as they come and not kept.
    gone_or_changed = {unit["code"] for unit in before if now.pop(unit["code"], None) != unit}
    return sorted(gone_or_changed | now.keys())


def unit_changes(before: UnitRow | None, after: UnitRow | None) -> tuple[Change, ...]:
    """What changed of one unit; None where it was in one of the roll-ups only."""
    if before is None or after is None:
        unit = after or before
        here = (NOTHING, "列入") if after else ("列入", NOTHING)
        return (Change(unit.code, unit.name, "名单", *here),)
    return tuple(
        Change(after.code, after.name, what, *texts)
        for what, *texts in _unit_changes(before, after)
        if texts[0] != texts[1]
    )


def total_changes(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]
) -> tuple[Change, ...]:
    """The head amounts of departments and bureau that the totals of two stored roll-ups do not agree in."""
    then = {total["code"]: total for total in before}
    found = []
    for total in after:
        old = then.get(total["code"], {"figures": {}, "counted": 0})
        code, name = total["code"] or "—", f"{total['name']}（部门小计）" if total["code"] else "全局合计"
        pairs = [("计入单位数", str(old["counted"]), str(total["counted"]))]
        pairs += [(label, _sum(old, key), _sum(total, key)) for key, label in AMOUNTS.items()]
        found += [Change(code, name, *pair) for pair in pairs if pair[1] != pair[2]]
    return tuple(found)


def _unit_changes(before: UnitRow, after: UnitRow) -> Iterator[tuple[str, str, str]]:
    yield "报送版本", _version(before), _version(after)
    yield "状态", before.label, after.label
    yield "未计入的原因", before.left_out or NOTHING, after.left_out or NOTHING
    for what, key in (("自评总分", "reported_score"), ("复算得分", "recomputed_score")):
        yield what, _text(getattr(before, key)), _text(getattr(after, key))
    yield "等级", before.grade or NOTHING, after.grade or NOTHING
    old, new = before.figures, after.figures
    for measure in MEASURES:
        yield measure.label, _text(old.figures.get(measure.key)), _text(new.figures.get(measure.key))
    then, now = ({each.name: each.executed for each in side.projects} for side in (old, new))
    for name in dict.fromkeys((*then, *now)):
        yield f"项目“{name}”全年执行数", _project(then, name), _project(now, name)
    was, is_now = ({each.key: each for each in side.indicators} for side in (old, new))
    for key in dict.fromkeys((*was, *is_now)):
        first, second = was.get(key), is_now.get(key)
        said = [f"{_text(each.actual)}{each.unit}" if each else NOTHING for each in (first, second)]
        yield f"指标“{key[2]}”完成值", *said


def _version(unit: UnitRow) -> str:
    return f"第{unit.version.number}次" if unit.version else NOTHING


def _project(projects: Mapping[str, Decimal | None], name: str) -> str:
    return _text(projects[name]) if name in projects else "没有这个项目"


def _sum(total: Mapping[str, Any], key: str) -> str:
    figure = total["figures"].get(key)
    return figure[0] if figure else NOTHING


def _text(value: Decimal | None) -> str:
    return NOTHING if value is None else plain(value)
