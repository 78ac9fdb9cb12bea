"""What two cycles are not alike in, as sentences: policies, rosters, a unit's name, department or merger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from selfeval.board import STATE_LABELS
from selfeval.comparison import ADDED, GONE, Comparison, CycleYear, UnitComparison, UnitYear
from selfeval.figures import plain
from selfeval.policy import GradeBand, Policy
from selfeval.policy_words import settings

# The parts of a policy that a score hangs on (selfeval.policy_words); grades are said by themselves.
_SCORING = ("weights", "execution", "cost_over", "quantitative", "qualitative")
_NAMED = 5  # units named in a note of the whole; all stand in the list of units


@dataclass(frozen=True, slots=True)
class _Roster:
    """A cycle's units by code and by name, and those that were merged into each."""

    by_code: Mapping[str, UnitYear]
    by_name: Mapping[str, list[UnitYear]]
    merged: Mapping[str, list[UnitYear]]


def unit_notes(made: Comparison) -> dict[str, tuple[str, ...]]:
    """What is to be said of each unit beside its figures, by code; units with nothing to say are left out."""
    before, after = _roster(made.before), _roster(made.after)
    years = (made.before.year, made.after.year)
    # What holds for the whole is said of the whole, not again of every unit.
    usual = (_named(made.before.policy), _named(made.after.policy))
    found = {
        each.unit.code: (*_of_unit(each, before, after, years), *_of_policy(each, usual))
        for each in made.units
    }
    return {code: notes for code, notes in found.items() if notes}


def notes(made: Comparison) -> tuple[str, ...]:
    """What the years are not alike in, without full stops; empty when nothing stands between the figures."""
    return (*_of_policies(made), *_of_rosters(made))


def _roster(cycle: CycleYear) -> _Roster:
    by_name: dict[str, list[UnitYear]] = defaultdict(list)
    merged: dict[str, list[UnitYear]] = defaultdict(list)
    for unit in cycle.units:
        by_name[unit.name].append(unit)
        if unit.state == "merged":
            merged[unit.merged_into].append(unit)
    return _Roster({unit.code: unit for unit in cycle.units}, by_name, merged)


def _of_unit(each: UnitComparison, before: _Roster, after: _Roster, years: tuple[int, int]) -> Iterator[str]:
    then, now = each.before, each.after
    if now is None:
        yield f"{years[1]}年度名单中没有这个编码{_twin(then.name, after, before)}"
        return
    if then is None:
        yield f"{years[0]}年度名单中没有这个编码{_twin(now.name, before, after)}"
    elif then.name != now.name:
        yield f"{years[0]}年度名称为“{then.name}”"
    if now.state == "merged":
        yield f"{years[1]}年度由{now.merged_into_name}（{now.merged_into}）报送"
    if then is None:
        return
    if then.department_code != now.department_code:
        yield f"{years[0]}年度主管部门为{then.department_name}（{then.department_code}）"
    joined = {unit.code for unit in before.merged.get(now.code, ())}
    fresh = [
        f"{unit.name}（{unit.code}）" for unit in after.merged.get(now.code, ()) if unit.code not in joined
    ]
    if fresh:
        yield f"{years[1]}年度并入了{'、'.join(fresh)}，{years[0]}年度的数不含并入的单位"
    unheard = [
        f"{year}年度{STATE_LABELS[unit.state]}"
        for year, unit in zip(years, (then, now), strict=True)
        if unit.state not in ("accepted", "published", "merged")
    ]
    if unheard:
        yield f"{'、'.join(unheard)}，没有可比的数"


def _of_policy(each: UnitComparison, usual: tuple[str, str]) -> Iterator[str]:
    """That a unit was judged by other policies in the two years, where these are not the cycles' own."""
    pair = (each.before.policy, each.after.policy) if each.before and each.after else ("", "")
    if all(pair) and pair[0] != pair[1] and pair != usual:
        yield f"两年评分的政策不同（{pair[0]} → {pair[1]}）"


def _twin(name: str, other: _Roster, own: _Roster) -> str:
    """A hint at a unit of the same name whose code is in the other year alone."""
    twins = [unit for unit in other.by_name.get(name, ()) if unit.code not in own.by_code]
    return f"，另一年有同名的单位（{twins[0].code}），是否同一单位请核对" if len(twins) == 1 else ""


def _of_policies(made: Comparison) -> Iterator[str]:
    old, new = made.before, made.after
    if made.grades is None:
        yield (
            f"两年的等级划分不同，等级不作升降比较：{old.year}年度{_bands(old.policy.grades)}；"
            f"{new.year}年度{_bands(new.policy.grades)}"
        )
    changed = list(_changed(old.policy, new.policy))
    if changed:
        yield f"两年的计分规定不同，得分的变化含这一因素：{'；'.join(changed)}"
    # Units that are judged by a policy of their own.
    usual = (_named(old.policy), _named(new.policy))
    own = [each.unit.name for each in made.units if any(_of_policy(each, usual))]
    if own:
        yield f"{_few(own)}两年评分的政策不同，见各单位的说明"


def _of_rosters(made: Comparison) -> Iterator[str]:
    old, new = made.before.year, made.after.year
    kinds: Sequence[tuple[str, Callable[[UnitComparison], bool]]] = (
        (f"{new}年度新增", lambda each: each.kind == ADDED),
        (f"{old}年度有而{new}年度没有", lambda each: each.kind == GONE),
        (
            f"{new}年度并入其他单位",
            lambda each: bool(
                each.before and each.after and each.after.state == "merged" != each.before.state
            ),
        ),
        ("改了名称", lambda each: bool(each.before and each.after and each.before.name != each.after.name)),
    )
    for text, chosen in kinds:
        names = [each.unit.name for each in made.units if chosen(each)]
        if names:
            yield f"{text}的单位{len(names)}家：{_few(names)}"


def _changed(old: Policy, new: Policy) -> Iterator[str]:
    then = {setting.path: setting.value for setting in settings(old)}
    for setting in settings(new):
        before = then.get(setting.path, "不设")
        if setting.path.split(".")[0] in _SCORING and before != setting.value:
            where = (
                setting.section if setting.section == setting.label else f"{setting.section}·{setting.label}"
            )
            yield f"{where}由“{before}”改为“{setting.value}”"


def _few(names: Sequence[str]) -> str:
    more = f"等{len(names)}家" if len(names) > _NAMED else ""
    return f"{'、'.join(names[:_NAMED])}{more}"


def _named(policy: Policy) -> str:
    return f"{policy.name} {policy.version}"


def _bands(grades: Sequence[GradeBand]) -> str:
    return "、".join(f"{band.label}（{plain(band.minimum)}分起）" for band in grades) or "不评等级"
