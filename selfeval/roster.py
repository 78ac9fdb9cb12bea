"""The roster of budget units: what a bureau's list says, row by row, and what changes between two lists.

Pure: cells come as text. Every wrong row is named with its column and reason before anything is saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from selfeval.addresses import is_address
from selfeval.pattern import Pattern
from selfeval.refusal import Refusal

COLUMNS = {
    "code": "预算编码",
    "name": "单位名称",
    "tier": "预算级次",
    "department_code": "主管部门编码",
    "contact": "联系人",
    "email": "电子邮箱",
    "phone": "联系电话",
    "status": "状态",
    "merged_into": "并入单位编码",
    "secret": "涉密",
    "remark": "备注",
}
REQUIRED = ("code", "name", "tier", "email")
TIERS = {"一级": 1, "1": 1, "二级": 2, "2": 2}
STATUS_LABELS = {
    "active": "正常",
    "exempt": "免报",
    "nil": "零报告",
    "merged": "并入其他单位",
    "closed": "撤并",
}
SECRECY = {"": False, "否": False, "是": True}
STATUSES = {label: status for status, label in STATUS_LABELS.items()} | {"": "active", "并入": "merged"}
_CODE = Pattern(r"[0-9A-Za-z]{1,32}")
_BREAKS = Pattern(r"[\x00-\x1f\x7f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class RosterContact:
    email: str
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class RosterUnit:
    """One unit. `department_code` is None for tier 1; `merged_into` is the unit that files for a merged one.

    `secret`: it is left out of every publication, a department with all that is below it.
    """

    code: str
    name: str
    tier: int
    department_code: str | None
    status: str
    contacts: tuple[RosterContact, ...]
    remark: str = ""
    merged_into: str | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A wrong cell: 1-based row of the sheet, column heading, what stands there, why it is wrong."""

    row: int
    column: str
    found: str
    reason: str

    def __str__(self) -> str:
        found = f"“{self.found}”" if self.found else "空白"
        return f"第{self.row}行 {self.column}：{found}，{self.reason}"


class RosterError(Refusal):
    """The list cannot be taken over; nothing of it was."""

    def __init__(self, problems: Sequence[RowProblem]):
        self.problems = tuple(problems)
        super().__init__("；".join(str(problem) for problem in problems))


def parse_roster(rows: Sequence[Sequence[str]]) -> tuple[RosterUnit, ...]:
    """Units of a sheet whose first non-blank row is the heading row; a second row of a unit adds a contact.

    Raises RosterError naming every wrong cell.
    """
    head, columns = _heading(rows)
    problems: list[RowProblem] = []
    merged: dict[str, RosterUnit] = {}
    first_row: dict[str, int] = {}
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        cells = {key: row[i].strip() if i < len(row) else "" for key, i in columns.items()}
        if not any(cells.values()):
            continue
        found = list(_check_cells(number, cells))
        problems += found
        if found:
            continue
        unit = _unit(cells)
        known = merged.get(unit.code)
        if known is None:
            merged[unit.code] = unit
            first_row[unit.code] = number
            continue
        clash = next(
            (
                key
                for key in ("name", "tier", "department_code", "secret")
                if getattr(known, key) != getattr(unit, key)
            ),
            None,
        )
        if clash:
            reason = f"与第{first_row[unit.code]}行同一编码的“{cells['code']}”不一致"
            problems.append(RowProblem(number, COLUMNS[clash], cells.get(clash, ""), reason))
        elif any(contact.email == unit.contacts[0].email for contact in known.contacts):
            problems.append(RowProblem(number, COLUMNS["email"], cells["email"], "该单位已有同一邮箱"))
        else:
            merged[unit.code] = replace(
                known, contacts=(*known.contacts, *unit.contacts), remark=known.remark or unit.remark
            )
    problems += _check_tree(merged, first_row)
    if not merged and not problems:
        problems.append(RowProblem(head + 1, COLUMNS["code"], "", "表中没有任何单位"))
    if problems:
        raise RosterError(sorted(problems, key=lambda problem: problem.row))
    return tuple(sorted(merged.values(), key=lambda unit: unit.code))


def _heading(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """Index of the heading row and the column of each known heading."""
    for index, row in enumerate(rows):
        texts = ["".join(cell.split()) for cell in row]
        columns = {key: texts.index(label) for key, label in COLUMNS.items() if label in texts}
        if "code" in columns or "name" in columns:
            missing = [COLUMNS[key] for key in REQUIRED if key not in columns]
            if missing:
                raise RosterError([RowProblem(index + 1, label, "", "缺少这一列") for label in missing])
            return index, columns
    raise RosterError(
        [RowProblem(1, COLUMNS["code"], "", f"找不到表头，应有：{'、'.join(COLUMNS.values())}")]
    )


def _check_cells(number: int, cells: dict[str, str]) -> Iterable[RowProblem]:
    def problem(key: str, reason: str) -> RowProblem:
        return RowProblem(number, COLUMNS[key], cells.get(key, ""), reason)

    for key, value in cells.items():
        if _BREAKS.search(value):
            yield problem(key, "含有换行或控制字符")
    if not _CODE.fullmatch(cells["code"]):
        yield problem("code", "应为1至32位数字或字母")
    if not 2 <= len(cells["name"]) <= 100:
        yield problem("name", "应为2至100个字")
    if cells["tier"] not in TIERS:
        yield problem("tier", "应为“一级”或“二级”")
    if not is_address(cells["email"]):
        yield problem("email", "不是有效的邮箱地址")
    if cells.get("status", "") not in STATUSES:
        yield problem("status", f"应为{'、'.join(f'“{label}”' for label in STATUS_LABELS.values())}之一")
    elif STATUSES[cells.get("status", "")] != "active" and not cells.get("remark"):
        yield problem("remark", f"状态为“{cells['status']}”时应写明原因")
    if cells.get("secret", "") not in SECRECY:
        yield problem("secret", "应为“是”或“否”，空白为“否”")
    merged, into = STATUSES.get(cells.get("status", "")) == "merged", cells.get("merged_into", "")
    if merged and not into:
        yield problem("merged_into", "并入其他单位的，应填由哪个单位报送（预算编码）")
    if into and not merged:
        yield problem("merged_into", "状态不是“并入其他单位”，这一栏应空着")
    if cells["tier"] in TIERS:
        tier, department = TIERS[cells["tier"]], cells.get("department_code", "")
        if tier == 2 and not department:
            yield problem("department_code", "二级单位应填主管部门的预算编码")
        if tier == 1 and department not in ("", cells["code"]):
            yield problem("department_code", "一级单位没有主管部门，应空着")


def _unit(cells: dict[str, str]) -> RosterUnit:
    tier = TIERS[cells["tier"]]
    contact = RosterContact(cells["email"], cells.get("contact", ""), cells.get("phone", ""))
    return RosterUnit(
        code=cells["code"],
        name=cells["name"],
        tier=tier,
        department_code=cells["department_code"] if tier == 2 else None,
        status=STATUSES[cells.get("status", "")],
        contacts=(contact,),
        remark=cells.get("remark", ""),
        merged_into=cells.get("merged_into") or None,
        secret=SECRECY[cells.get("secret", "")],
    )


def _check_tree(units: dict[str, RosterUnit], first_row: dict[str, int]) -> Iterable[RowProblem]:
    names: dict[str, str] = {}
    for unit in units.values():
        row = first_row[unit.code]
        if unit.name in names:
            yield RowProblem(row, COLUMNS["name"], unit.name, f"与预算编码 {names[unit.name]} 的单位同名")
        names.setdefault(unit.name, unit.code)
        filer = units.get(unit.merged_into) if unit.merged_into else None
        if unit.merged_into and (filer is None or filer.status != "active"):
            found = "表中没有这个单位" if filer is None else f"“{filer.name}”自己不报送"
            yield RowProblem(row, COLUMNS["merged_into"], unit.merged_into, found)
        department = units.get(unit.department_code) if unit.department_code else None
        if unit.department_code and department is None:
            yield RowProblem(row, COLUMNS["department_code"], unit.department_code, "表中没有这个主管部门")
        elif department and department.tier != 1:
            yield RowProblem(
                row, COLUMNS["department_code"], unit.department_code, f"“{department.name}”不是一级单位"
            )


@dataclass(frozen=True, slots=True)
class RosterChange:
    """One difference between two rosters, as a sentence."""

    code: str
    name: str
    kind: str  # added, changed, dropped
    text: str


def differences(old: Sequence[RosterUnit], new: Sequence[RosterUnit]) -> tuple[RosterChange, ...]:
    """What the new list changes. Units that it no longer names are listed as dropped and stay in the roster."""
    before = {unit.code: unit for unit in old}
    after = {unit.code: unit for unit in new}
    changes = []
    for code, unit in after.items():
        if code not in before:
            changes.append(RosterChange(code, unit.name, "added", "新增单位"))
            continue
        texts = [
            f"{label}由“{was}”改为“{now}”"
            for (label, was), (_, now) in zip(_facts(before[code]), _facts(unit), strict=True)
            if was != now
        ]
        if texts:
            changes.append(RosterChange(code, unit.name, "changed", "；".join(texts)))
    for code, unit in before.items():
        if code not in after:
            changes.append(
                RosterChange(code, unit.name, "dropped", "新名单中没有，予以保留；如已撤并请标明状态")
            )
    return tuple(sorted(changes, key=lambda change: change.code))


def _facts(unit: RosterUnit) -> list[tuple[str, str]]:
    contacts = "、".join(
        f"{c.name} {c.email} {c.phone}".strip() for c in sorted(unit.contacts, key=lambda c: c.email)
    )
    return [
        ("单位名称", unit.name),
        ("预算级次", "一级" if unit.tier == 1 else "二级"),
        ("主管部门编码", unit.department_code or ""),
        ("状态", STATUS_LABELS[unit.status]),
        ("并入单位编码", unit.merged_into or ""),
        ("涉密", "是" if unit.secret else "否"),
        ("联系人", contacts),
        ("备注", unit.remark),
    ]
