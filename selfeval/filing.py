"""What a unit files, as values: a Filing holds Forms, a Form holds funding lines, indicators, entries or text.

Every value keeps the text as filed and the place where it stands, so that a finding can quote both.
Nothing here reads files or judges; documents/ fills these types and rules/ judges them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class FormKind(StrEnum):
    """The papers of a filing; the values are those of the `selfeval check` contract."""

    DEPARTMENT = "department_form"
    PROJECT = "project_form"
    FUND = "fund_form"
    BASE_DATA = "base_data"
    COVER = "cover"
    REPORT = "report"
    APPRAISAL = "appraisal"
    TEMPLATE = "template"

    @property
    def label(self) -> str:
        return _KIND_LABELS[self]

    @property
    def judged(self) -> bool:
        """The bureau's own rubric and blank templates are part of a filing and are never judged."""
        return self not in (FormKind.APPRAISAL, FormKind.TEMPLATE)


_KIND_LABELS = {
    FormKind.DEPARTMENT: "部门整体支出绩效自评表",
    FormKind.PROJECT: "项目支出绩效自评表",
    FormKind.FUND: "政府性基金预算支出绩效自评表",
    FormKind.BASE_DATA: "部门整体支出绩效评价基础数据表",
    FormKind.COVER: "自评报告封面表",
    FormKind.REPORT: "自评报告正文",
    FormKind.APPRAISAL: "自评工作考核评分表",
    FormKind.TEMPLATE: "空白模板",
}


class Position(NamedTuple):
    """A place as a person finds it.

    Word tables: part "表3" and the 1-based row; what stands below: part "表3下方" and the 1-based line.
    Excel: part is the sheet name and cell the A1 address.
    Report text: part is the section heading and row the 1-based sentence in it.
    `column` is the 1-based grid column (0 for text and whole rows). `file` is named only where the files of
    a unit are judged together. A tuple, as Cell is: a filing has thousands.
    """

    part: str
    row: int = 0
    column: int = 0
    cell: str = ""
    sentence: bool = False
    file: str = ""

    def __str__(self) -> str:
        return f"文件“{self.file}”的{self._inside}" if self.file else self._inside

    @property
    def _inside(self) -> str:
        if self.cell:
            return f"工作表“{self.part}” {self.cell}"
        if self.sentence:
            return f"“{self.part}”第{self.row}句" if self.row else f"“{self.part}”"
        return f"{self.part} 第{self.row}行" if self.row else self.part


def where(places: Iterable[Position]) -> str:
    """Several places as one text; a file is named once for those that follow each other in it."""
    said: list[str] = []
    before = ""
    # Two columns of a row are one place for a person.
    for place in {str(place): place for place in places}.values():
        said.append(str(place._replace(file="") if place.file == before else place))
        before = place.file
    return "、".join(said)


class Cell(NamedTuple):
    """One filled or blank cell: the text as displayed to the unit, the number it says, and its place.

    `number` is None when the cell is blank or does not say a number; percent cells say their
    fraction (95.60% → 0.956). `text` is "" for blanks and for the fillers that mean blank (——, /).
    """

    text: str
    number: Decimal | None
    at: Position

    def __bool__(self) -> bool:
        return bool(self.text)


class FundingRole(StrEnum):
    """What a line of the funding block means, whatever its label says."""

    TOTAL = "total"
    BY_SOURCE = "by_source"  # 按收入性质分, the subtotal itself
    GENERAL_BUDGET = "general_budget"  # 一般公共预算
    FUND_BUDGET = "fund_budget"  # 政府性基金
    STATE_CAPITAL = "state_capital"  # 国有资本经营预算
    SPECIAL_ACCOUNT = "special_account"  # 纳入专户管理的非税收入
    BY_NATURE = "by_nature"  # 按支出性质分, the subtotal itself
    BASIC_EXPENDITURE = "basic_expenditure"
    PROJECT_EXPENDITURE = "project_expenditure"
    APPROPRIATION = "appropriation"  # 当年财政拨款
    CARRY_OVER = "carry_over"  # 上年结转资金
    OTHER_FUNDS = "other_funds"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FundingLine:
    """One line of the funding block; amounts in the form's amount unit.

    Two-column layouts state one amount per line without saying which column it belongs to:
    it stands in `amount`, and the three columns are blank.
    `part_of` is the role of the line whose part it is (其中 rows): parts are never added twice.
    """

    label: str
    role: FundingRole
    at: Position
    part_of: FundingRole | None = None
    initial_budget: Cell | None = None
    adjusted_budget: Cell | None = None
    executed: Cell | None = None
    amount: Cell | None = None
    weight: Cell | None = None
    execution_rate: Cell | None = None
    score: Cell | None = None
    recheck_score: Cell | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One level-3 indicator row. Level names are as filed without weights and line breaks (产出指标)."""

    level1: str
    level2: str
    name: str
    at: Position
    target: Cell
    actual: Cell
    weight: Cell | None = None
    score: Cell | None = None
    deviation_note: Cell | None = None
    recheck_score: Cell | None = None
    nature: str = ""  # 指标性质: =, ≥, ≤, 定性
    unit: str = ""  # 度量单位
    level1_weight: Decimal | None = None  # "产出指标（50分）" printed beside the level name


class Entry(NamedTuple):
    """One labelled cell of a base data table or cover: `label` is the row, `heading` the column or block."""

    label: str
    heading: str
    cell: Cell


class Sentence(NamedTuple):
    """A sentence of report text with its section; `begins`: it is the first one of a paragraph."""

    text: str
    at: Position
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """One paper of a filing. Fields that its kind does not have stay empty."""

    id: str
    kind: FormKind
    title: str
    at: Position
    project: str | None = None
    unit: str | None = None  # 预算部门名称 / 实施单位
    department: str | None = None  # 主管部门
    year: int | None = None
    amount_unit: str = "万元"
    funding: tuple[FundingLine, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    entries: tuple[Entry, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    goals: tuple[tuple[Cell, Cell], ...] = ()  # 预期目标, 实际完成情况
    reasons: tuple[Entry, ...] = ()  # 说明, 备注, 偏差原因 on the form as a whole; a row left blank says ""
    indicator_points: Decimal | None = None  # "绩效指标（90分）" printed beside all of them
    remarks: tuple[Entry, ...] = ()  # what other rows say in sentences: 评价结论, 部门概况
    total_weight: Cell | None = None
    reported_score: Cell | None = None
    head_score: Cell | None = None  # 自评得分 told once more beside its label, outside the indicators
    recheck_total: Cell | None = None
    reported_grade: Cell | None = None
    footer: tuple[Sentence, ...] = ()  # 填表人, 联系电话, 签字, 填报日期 below the table
    headings: tuple[str, ...] = ()  # of a report, also those without text of their own
    seal_place: bool = False  # whether 盖章 or 公章 stands anywhere on it

    def lines(self, role: FundingRole) -> Iterator[FundingLine]:
        return (line for line in self.funding if line.role is role)

    @property
    def total(self) -> FundingLine | None:
        """The 年度资金总额 line, None when the form has none."""
        return next(self.lines(FundingRole.TOTAL), None)


class Identity(NamedTuple):
    """The identity mark of a blank form that selfeval issued: budget code and year."""

    code: str
    year: int


@dataclass(frozen=True, slots=True)
class Filing:
    """One file as read. `unreadable` says in Chinese why nothing could be read; then forms are empty.

    `attachment`: the file is sound but no paper of a self-evaluation (a scan, a picture, another
    document); beside the forms it is supporting material, alone it is a mistake.
    `copies`: where the files of a unit are one filing, the forms that came in two files.
    """

    file: str
    sha256: str
    unit: str | None = None
    year: int | None = None
    identity: Identity | None = None
    forms: tuple[Form, ...] = ()
    unreadable: str | None = None
    attachment: bool = False
    notes: tuple[Note, ...] = field(default=())
    copies: tuple[tuple[Form, Form], ...] = ()


class Note(NamedTuple):
    """Something that reading noticed and could not put into a value: where, what was found, what was expected."""

    at: Position
    found: str
    expected: str
    message: str
    form: str | None = None
