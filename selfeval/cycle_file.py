"""A cycle as TOML text, and the text as a cycle with everything that is wrong in it said at once. Pure."""

from __future__ import annotations

import json
import tomllib
from datetime import date

from selfeval.cycle import LOCK_LABEL, MILESTONE_LABELS, SCOPES, Assignment, Cycle, CycleError, Milestones
from selfeval.workdays import Workdays


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
    lines += [f"lock = {cycle.milestones.lock}"] if cycle.milestones.lock else []
    lines += ["", "[calendar]"]
    lines += [
        f"{key} = {days(getattr(cycle.workdays, key))}" for key in ("extra_days_off", "extra_working_days")
    ]
    lines.append(f"ordered_years = {sorted(cycle.workdays.ordered_years)}")
    for code, assignment in sorted(cycle.assignments.items()):
        lines += ["", f"[units.{quoted(code)}]"]
        lines += [f"policy = {quoted(assignment.policy)}"] if assignment.policy else []
        lines += [f"year = {assignment.year}"] if assignment.year else []
        lines += [f"scope = {quoted(assignment.scope)}"] if assignment.scope else []
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
    if type(milestones.get("lock", date.min)) is not date:
        reasons.append(f"[milestones] lock（{LOCK_LABEL}）应为日期，例如 2026-05-31")
    strangers = milestones.keys() - MILESTONE_LABELS.keys() - {"lock"}
    reasons += [f"[milestones] 不认识的项目“{key}”" for key in sorted(strangers)]
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
        milestones=Milestones(**milestones),
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
        if not isinstance(value, dict) or value.keys() - {"policy", "year", "scope"}:
            reasons.append(f'[units."{code}"] 只能写 policy、year 和 scope')
            continue
        if value.get("scope") not in (None, *SCOPES):
            reasons.append(f'[units."{code}"] scope 应为{"或".join(SCOPES)}，现为“{value["scope"]}”')
            continue
        result[code] = Assignment(value.get("policy"), value.get("year"), value.get("scope"))
    return result
