"""The table of who examines: levels, departments, sections, persons and deputies, read row by row. Pure.

Cells come as text; every wrong row is named with its column and reason before anything is saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from selfeval.addresses import is_address
from selfeval.examination import Examiner, name_of
from selfeval.levels import LEVELS, Level
from selfeval.refusal import Refusal
from selfeval.roster import RosterError, RowProblem

COLUMNS = {
    "level": "层级",
    "department_code": "主管部门编码",
    "section": "科室",
    "person": "姓名",
    "email": "电子邮箱",
    "deputy": "代理",
}
_REQUIRED = ("level", "person", "email")
_DEPUTY = {"": False, "否": False, "是": True}


def parse_examiners(rows: Sequence[Sequence[str]], departments: Mapping[str, str]) -> tuple[Examiner, ...]:
    """The examiners of a table; `departments` are the codes of the roster with their names.

    Raises RosterError with every wrong cell.
    """
    head, columns = _heading(rows)
    problems: list[RowProblem] = []
    found: dict[tuple[Level, str, str], Examiner] = {}
    for number, row in enumerate(rows[head + 1 :], head + 2):
        cells = {key: row[at].strip() if at < len(row) else "" for key, at in columns.items()}
        if not any(cells.values()):
            continue
        wrong = list(_wrong(number, cells, departments))
        problems += wrong
        if wrong:
            continue
        level = LEVELS[cells["level"]]
        examiner = Examiner(
            level,
            cells.get("department_code", ""),
            cells.get("section", ""),
            name_of(cells["person"]),
            cells["email"],
            _DEPUTY[cells.get("deputy", "")],
        )
        key = (level, examiner.department_code, examiner.person)
        if key in found:
            problems.append(RowProblem(number, COLUMNS["person"], cells["person"], "同一层级和部门已有此人"))
        found[key] = examiner
    if not found and not problems:
        problems.append(RowProblem(head + 1, COLUMNS["person"], "", "表中没有任何审核人"))
    if problems:
        raise RosterError(problems)
    return tuple(sorted(found.values(), key=_order))


def differences(old: Iterable[Examiner], new: Iterable[Examiner]) -> tuple[str, ...]:
    """What the new table changes, as sentences."""
    before, after = set(old), set(new)
    return tuple(
        [f"新增：{_said(each)}" for each in sorted(after - before, key=_order)]
        + [f"去掉：{_said(each)}" for each in sorted(before - after, key=_order)]
    )


def _order(examiner: Examiner) -> tuple:
    return (list(Level).index(examiner.level), examiner.department_code, examiner.deputy, examiner.person)


def _said(examiner: Examiner) -> str:
    where = examiner.department_code or "全部部门"
    return f"{examiner.level.label}（{where}）{examiner.title} {examiner.email}"


def _heading(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    for index, row in enumerate(rows):
        texts = ["".join(cell.split()) for cell in row]
        columns = {key: texts.index(label) for key, label in COLUMNS.items() if label in texts}
        if "person" in columns:
            missing = [COLUMNS[key] for key in _REQUIRED if key not in columns]
            if missing:
                raise RosterError([RowProblem(index + 1, label, "", "缺少这一列") for label in missing])
            return index, columns
    head = "、".join(COLUMNS.values())
    raise RosterError([RowProblem(1, COLUMNS["person"], "", f"找不到表头，应有：{head}")])


def _wrong(number: int, cells: Mapping[str, str], departments: Mapping[str, str]) -> Iterable[RowProblem]:
    def problem(key: str, reason: str) -> RowProblem:
        return RowProblem(number, COLUMNS[key], cells.get(key, ""), reason)

    code = cells.get("department_code", "")
    if cells["level"] not in LEVELS:
        yield problem("level", f"应为{'、'.join(f'“{label}”' for label in LEVELS)}之一")
    elif LEVELS[cells["level"]] is Level.DEPARTMENT and not code:
        yield problem("department_code", "主管部门的审核人应写明是哪个主管部门")
    if code and code not in departments:
        yield problem("department_code", "名单中没有这个主管部门")
    if not is_address(cells["email"]):
        yield problem("email", "不是有效的邮箱地址")
    if cells.get("deputy", "") not in _DEPUTY:
        yield problem("deputy", "应为“是”或“否”，空白为“否”")
    try:
        name_of(cells["person"])
    except Refusal as refusal:
        yield problem("person", str(refusal))
