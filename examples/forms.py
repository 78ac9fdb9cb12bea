"""The fictional filings as values: every sum, rate and score is computed here, never typed.

A unit's data file that does not hold together (a staff above its posts, a deduction without a reason, an
over-achievement without a word) raises Inconsistent, so that only the planted slips can be wrong.
Amounts are 万元 as Decimal with two places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

CENT = Decimal("0.01")
EXECUTION_WEIGHT = Decimal(10)
WEIGHTS = {"产出指标": 50, "效益指标": 30, "满意度指标": 10}
OVER_LIMIT = Decimal("1.3")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_CEILING = ("≤", "不超过", "不超出")


class Inconsistent(ValueError):
    """A data file of a unit contradicts itself."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """年初预算数, 全年预算数, 全年执行数."""

    initial: Decimal
    adjusted: Decimal
    executed: Decimal

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.initial + other.initial, self.adjusted + other.adjusted, self.executed + other.executed
        )

    def __sub__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.initial - other.initial, self.adjusted - other.adjusted, self.executed - other.executed
        )

    @property
    def rate(self) -> Decimal:
        """Execution rate as a fraction, not rounded."""
        return self.executed / self.adjusted


NONE = Amounts(Decimal(0), Decimal(0), Decimal(0))


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the funding block. `rate` is as printed ("95.60%"); only the total line is scored."""

    label: str
    amounts: Amounts
    rate: str = ""
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A level-3 indicator with its score."""

    level1: str
    level2: str
    name: str
    target: str
    actual: str
    weight: Decimal
    score: Decimal
    note: str


Item = TypeVar("Item", Line, Row)


@dataclass(frozen=True, slots=True)
class Form:
    """A self-evaluation form: of the whole department when `project` is None, of one project otherwise."""

    project: str | None
    lines: tuple[Line, ...]
    goals: tuple[str, str]
    rows: tuple[Row, ...]
    reported_score: Decimal

    @property
    def total(self) -> Line:
        return self.lines[0]


@dataclass(frozen=True, slots=True)
class BaseRow:
    """A row of the base data table: 上年决算数, 年初预算数, 决算数; None prints nothing."""

    label: str
    before: Decimal | None
    budget: Decimal | None
    final: Decimal | None


@dataclass(frozen=True, slots=True)
class Papers:
    """Everything that one unit files."""

    code: str
    name: str
    department: str
    year: int
    layout: str
    head: str
    filler: str
    phone: str
    filed: date
    posts: int
    staff: int
    personnel: Amounts
    operating: Amounts
    publics: tuple[BaseRow, ...]
    projects: tuple[BaseRow, ...]
    operating_rows: tuple[BaseRow, ...]
    procurement: BaseRow
    basic_adjustment: Decimal
    thrift: str
    forms: tuple[Form, ...]
    report: Mapping[str, object] | None

    @property
    def basic(self) -> Amounts:
        return self.personnel + self.operating


def compute(data: Mapping, unit: Mapping, department: str, year: int) -> Papers:
    """The papers of one unit from its data file and its roster entry, free of mistakes."""
    projects = [_project_form(project) for project in data["projects"]]
    personnel, operating = _amounts(data["personnel"]), _amounts(data["operating"])
    basic = personnel + operating
    spending = sum((form.total.amounts for form in projects), NONE)
    other = sum((line.amounts for form in projects for line in form.lines if line.label == "其他资金"), NONE)
    whole = _department_form(data, basic, spending, other)
    before = [_money(project["before"]) for project in data["projects"]]
    base = data["base"]
    publics = _publics(base)
    operating_rows = _operating_rows(data, operating)
    procurement = BaseRow("政府采购金额", *map(_money, base["procurement"]))
    _ensure(procurement.final <= whole.total.amounts.executed, data, "政府采购超过总支出")
    posts, staff = data["staff"]
    _ensure(staff <= posts, data, "在职人数超过编制")
    return Papers(
        code=data["code"], name=unit["name"], department=department, year=year, layout=data["layout"],
        head=data["head"], filler=data["filler"], phone=data["phone"], filed=data["filed"],
        posts=posts, staff=staff, personnel=personnel, operating=operating,
        publics=publics,
        projects=(
            BaseRow("项目支出：", sum(before), spending.initial, spending.executed),
            *(
                BaseRow(f"　{number}、{form.project}", money, form.total.amounts.initial, form.total.amounts.executed)
                for number, (form, money) in enumerate(zip(projects, before, strict=True), start=1)
            ),
        ),
        operating_rows=operating_rows, procurement=procurement,
        basic_adjustment=basic.adjusted - basic.initial, thrift=base["thrift"],
        forms=(whole, *projects), report=data.get("report"),
    )  # fmt: skip


def with_slips(papers: Papers, slips: Sequence[Mapping]) -> Papers:
    """The papers with planted mistakes: each names a form, a place in it, a field and what is filed there."""
    forms = list(papers.forms)
    for slip in slips:
        form = forms[slip["form"]]
        if "indicator" in slip:
            rows = [_slipped(row, slip) if row.name == slip["indicator"] else row for row in form.rows]
            # The unit adds up what it wrote: only the planted cell is wrong, the total follows it.
            change = sum(row.score for row in rows) - sum(row.score for row in form.rows)
            changed = replace(form, rows=tuple(rows), reported_score=form.reported_score + change)
        elif "funding" in slip:
            lines = [_slipped(line, slip) if line.label == slip["funding"] else line for line in form.lines]
            changed = replace(form, lines=tuple(lines))
        else:
            changed = replace(form, reported_score=Decimal(slip["value"]))
        _ensure(changed != form, papers.code, f"没有可改的地方：{slip}")
        forms[slip["form"]] = changed
    return replace(papers, forms=tuple(forms))


def _slipped(item: Item, slip: Mapping) -> Item:
    field, value = slip["field"], slip["value"]
    if field == "executed":
        return replace(item, amounts=replace(item.amounts, executed=Decimal(value)))
    return replace(item, **{field: Decimal(value) if field == "score" else value})


def rate_text(rate: Decimal) -> str:
    """A fraction as a percentage with two places."""
    return f"{(rate * 100).quantize(CENT, ROUND_HALF_UP)}%"


def plain(number: Decimal) -> str:
    """8.00 as 8, 7.60 as 7.6."""
    return f"{number.normalize():f}"


def grade(score: Decimal) -> str:
    """The county's bands, as in county-policy.toml."""
    return "优" if score >= 90 else "良" if score >= 80 else "中" if score >= 60 else "差"


def _department_form(data: Mapping, basic: Amounts, spending: Amounts, other: Amounts) -> Form:
    total = basic + spending
    account = _amounts(data["special_account"]) if "special_account" in data else NONE
    general = total - account - other
    lines = (
        _total_line(total),
        Line("按收入性质分：", total),
        Line("一般公共预算", general),
        Line("政府性基金拨款", NONE),
        Line("纳入专户管理的非税收入拨款", account),
        Line("其他资金", other),
        Line("按支出性质分：", basic + spending),
        Line("基本支出", basic),
        Line("项目支出", spending),
    )
    return _form(None, lines, data["department"])


def _project_form(project: Mapping) -> Form:
    sources = [
        (label, _amounts(project[key]) if key in project else NONE)
        for label, key in (
            ("其中：当年财政拨款", "appropriation"),
            ("上年结转资金", "carry_over"),
            ("其他资金", "other_funds"),
        )
    ]
    total = sum((amounts for _, amounts in sources), NONE)
    return _form(project["name"], (_total_line(total), *(Line(*source) for source in sources)), project)


def _total_line(total: Amounts) -> Line:
    _ensure(total.executed <= total.adjusted, total, "执行数超过全年预算数")
    score = (EXECUTION_WEIGHT * total.rate).quantize(CENT, ROUND_HALF_UP)
    return Line("年度资金总额", total, rate_text(total.rate), score)


def _form(project: str | None, lines: tuple[Line, ...], data: Mapping) -> Form:
    total = lines[0]
    figures = {"A": f"{total.amounts.adjusted:.2f}", "B": f"{total.amounts.executed:.2f}"}
    rows = tuple(_row(figures, *row) for row in data["indicators"])
    for level1, weight in WEIGHTS.items():
        _ensure(sum(row.weight for row in rows if row.level1 == level1) == weight, project, f"{level1}分值")
    for level2 in ("数量指标", "质量指标", "时效指标", "成本指标"):
        _ensure(any(row.level2 == level2 for row in rows), project, f"缺{level2}")
    score = total.score + sum(row.score for row in rows)
    return Form(project, lines, tuple(data["goals"][0]), rows, score)


def _row(
    figures: Mapping, level2: str, name: str, target: str, actual: str, weight: int, note: str = ""
) -> Row:
    target, actual = target.format(**figures), actual.format(**figures)
    points = Decimal(weight)
    completion = _completion(target, actual)
    _ensure(completion <= OVER_LIMIT, name, f"完成 {rate_text(completion)}，超出目标三成以上")
    _ensure((completion < 1) == bool(note), name, f"完成 {rate_text(completion)}，偏差说明“{note}”")
    score = (points * min(completion, Decimal(1))).quantize(CENT, ROUND_HALF_UP)
    level1 = next(
        level for level, second in (("满意度指标", "满意度"), ("效益指标", "效益"), ("效益指标", "可持续"), ("产出指标", "")) if second in level2
    )  # fmt: skip
    return Row(level1, level2, name, target, actual, points, score, note)


def _completion(target: str, actual: str) -> Decimal:
    """Share of the target reached; a day in time and a kept zero count as reached."""
    due, done = _DAY.search(target), _DAY.search(actual)
    if due and done:
        _ensure([int(part) for part in done.groups()] <= [int(part) for part in due.groups()], target, actual)
        return Decimal(1)
    aim, got = (_NUMBER.search(text) for text in (target, actual))
    _ensure(aim is not None and got is not None, target, "目标或完成值不是数")
    _ensure(target[aim.end() :] == actual[got.end() :], target, f"与完成值“{actual}”单位不同")
    goal, reached = Decimal(aim[0]), Decimal(got[0])
    if goal == 0:
        return Decimal(1) if reached == 0 else Decimal(0)
    if target.startswith(_CEILING):
        return min(goal / reached, Decimal(1))
    return reached / goal


def _publics(base: Mapping) -> tuple[BaseRow, ...]:
    running = [_money(value) for value in base["vehicle_running"]]
    reception = [_money(value) for value in base["reception"]]
    for name, (_, budget, final) in (("公务用车", running), ("公务接待", reception)):
        _ensure(final <= budget, name, "超过预算")
    total = [car + meal for car, meal in zip(running, reception, strict=True)]
    return (
        BaseRow("三公经费", *total),
        BaseRow("　1、公务用车购置和运行维护费", *running),
        BaseRow("　　其中：公务用车购置费", None, None, None),
        BaseRow("　　　　　公务用车运行维护费", *running),
        BaseRow("　2、因公出国（境）费用", None, None, None),
        BaseRow("　3、公务接待费", *reception),
    )


def _operating_rows(data: Mapping, operating: Amounts) -> tuple[BaseRow, ...]:
    base = data["base"]
    office, utilities, travel, meeting, training = (
        [_money(value) for value in base[key]]
        for key in ("office", "utilities", "travel", "meeting", "training")
    )
    if data["layout"] == "S0":
        parts = {
            "　其中：办公费": office, "　　　　水费、电费": utilities, "　　　　差旅费": travel,
            "　　　　会议费": meeting, "　　　　培训费": training,
        }  # fmt: skip
    else:
        both = (
            [a + b for a, b in zip(*pair, strict=True)] for pair in ((utilities, travel), (meeting, training))
        )
        parts = dict(
            zip(
                ("　其中：办公经费", "　　　　水费、电费、差旅费", "　　　　会议费、培训费"),
                (office, *both),
                strict=True,
            )
        )
    whole = (_money(base["operating_before"]), operating.initial, operating.executed)
    for column, amount in enumerate(whole):
        _ensure(
            sum(part[column] for part in parts.values()) <= amount, data["code"], "公用经费其中项超过合计"
        )
    return (BaseRow("公用经费", *whole), *(BaseRow(label, *part) for label, part in parts.items()))


def _money(value: Decimal | int) -> Decimal:
    return Decimal(value).quantize(CENT)


def _amounts(values: Sequence[Decimal | int]) -> Amounts:
    return Amounts(*map(_money, values))


def _ensure(holds: bool, what: object, why: str) -> None:
    if not holds:
        name = what.get("code") if isinstance(what, Mapping) else what
        raise Inconsistent(f"{name}：{why}")
