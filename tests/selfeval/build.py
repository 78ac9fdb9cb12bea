"""A consistent filing of an invented unit, built in memory, and changes of one thing at a time."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from selfeval.filing import (
    Cell,
    Entry,
    Filing,
    Form,
    FormKind,
    FundingLine,
    FundingRole,
    Indicator,
    Position,
    Sentence,
)
from selfeval.money import parse_number

UNIT, CODE, YEAR = "云溪县图书馆", "305001", 2025
TABLE = "表1"


def cell(said: str, row: int, column: int = 0, part: str = TABLE) -> Cell:
    """A cell that says its number as the reader would: percent as a fraction, blank as None."""
    bare = said.removesuffix("%")
    value = parse_number(bare)
    if value is not None and bare != said:
        value /= 100
    return Cell(said, value, Position(part, row, column))


def line(
    label: str, role: FundingRole, row: int, values: str, part_of: FundingRole | None = None
) -> FundingLine:
    """A funding line from its seven cells: initial | adjusted | executed | weight | rate | score."""
    cells = [cell(said.strip(), row, n) for n, said in enumerate(values.split("|"), 3)]
    columns = ("initial_budget", "adjusted_budget", "executed", "weight", "execution_rate", "score")
    return FundingLine(label, role, Position(TABLE, row), part_of, **dict(zip(columns, cells, strict=True)))


def indicator(level1: str, level2: str, row: int, values: str, level1_weight: int | None = None) -> Indicator:
    """An indicator row from name | target | actual | weight | score | note."""
    name, target, actual, weight, score, note = (said.strip() for said in values.split("|"))
    return Indicator(
        level1,
        level2,
        name,
        Position(TABLE, row),
        target=cell(target, row, 5),
        actual=cell(actual, row, 6),
        weight=cell(weight, row, 7),
        score=cell(score, row, 8),
        deviation_note=cell(note, row, 9),
        level1_weight=None if level1_weight is None else Decimal(level1_weight),
    )


FOOTER = "单位负责人签字：白石溪    填表人：云出岫    填报日期：2026年3月20日"


def foot(text: str) -> Sentence:
    """The last line below a form, with signatures and date."""
    return Sentence(text, Position("表1下方", 1))


_ROWS = (
    ("产出指标", "数量指标", "新增馆藏图书 | ≥8000册 | 8120册 | 10 | 10 |", 50),
    ("产出指标", "数量指标", "举办阅读活动 | 60场 | 57场 | 10 | 9.5 | 汛期停办三场，已列入次年计划补办", 50),
    ("产出指标", "质量指标", "图书编目合格率 | ≥98% | 99.2% | 10 | 10 |", 50),
    ("产出指标", "时效指标", "年度采购完成时间 | 2025年11月底前 | 2025年11月底前 | 10 | 10 |", 50),
    ("产出指标", "成本指标", "馆藏采购成本 | ≤240万元 | 236.4万元 | 10 | 10 |", 50),
    ("效益指标", "社会效益指标", "到馆读者人次 | ≥12万人次 | 12.6万人次 | 15 | 15 |", 30),
    ("效益指标", "可持续影响指标", "全民阅读服务网络 | 基本建成 | 基本建成 | 15 | 15 |", 30),
    ("满意度指标", "服务对象满意度指标", "读者满意度 | ≥90% | 95.3% | 10 | 10 |", 10),
)


def department_form() -> Form:
    """A department form without a flaw: total 99.23 = 9.73 + 89.5."""
    return Form(
        id="1",
        kind=FormKind.DEPARTMENT,
        title="2025年度部门整体支出绩效自评表",
        at=Position(TABLE),
        unit=UNIT,
        year=YEAR,
        funding=(
            line("年度资金总额", FundingRole.TOTAL, 3, "812.40 | 846.20 | 823.35 | 10 | 97.30% | 9.73"),
            line("按收入性质分", FundingRole.BY_SOURCE, 4, "812.40 | 846.20 | 823.35 | | | "),
            line("其中：一般公共预算", FundingRole.GENERAL_BUDGET, 5, "790.00 | 812.40 | 796.35 | | | "),
            line("其他资金", FundingRole.OTHER_FUNDS, 6, "22.40 | 33.80 | 27.00 | | | "),
            line("按支出性质分", FundingRole.BY_NATURE, 7, "812.40 | 846.20 | 823.35 | | | "),
            line("其中：基本支出", FundingRole.BASIC_EXPENDITURE, 8, "530.00 | 548.70 | 541.15 | | | "),
            line("项目支出", FundingRole.PROJECT_EXPENDITURE, 9, "282.40 | 297.50 | 282.20 | | | "),
        ),
        indicators=tuple(
            indicator(level1, level2, n, values, weight)
            for n, (level1, level2, values, weight) in enumerate(_ROWS, 13)
        ),
        total_weight=cell("100", 21, 7),
        reported_score=cell("99.23", 21, 8),
        reported_grade=cell("优", 22, 8),
        footer=(foot(FOOTER),),
    )


def project_form() -> Form:
    """A project form without a flaw, with parts by year and its own indicators."""
    rows = (
        ("产出指标", "数量指标", "采购中文图书 | 6000册 | 6000册 | 20 | 20 |"),
        ("产出指标", "质量指标", "图书验收合格率 | 100% | 100% | 10 | 10 |"),
        ("产出指标", "时效指标", "项目完成时间 | 2025年12月 | 2025年12月 | 10 | 10 |"),
        ("产出指标", "成本指标", "项目总成本 | ≤150万元 | 148.2万元 | 10 | 10 |"),
        ("效益指标", "社会效益指标", "图书外借册次 | ≥5万册 | 5.4万册 | 30 | 30 |"),
        ("满意度指标", "服务对象满意度指标", "借阅者满意度 | ≥90% | 93.8% | 10 | 10 |"),
    )
    return Form(
        id="2",
        kind=FormKind.PROJECT,
        title="2025年度项目支出绩效自评表",
        at=Position("表2"),
        project="馆藏图书采购",
        unit=UNIT,
        department="云溪县文化和旅游局",
        year=YEAR,
        funding=(
            line("年度资金总额", FundingRole.TOTAL, 3, "150.00 | 156.00 | 148.20 | 10 | 95% | 9.5"),
            line("其中：当年财政拨款", FundingRole.APPROPRIATION, 4, "150.00 | 150.00 | 142.20 | | | "),
            line("上年结转资金", FundingRole.CARRY_OVER, 5, " | 6.00 | 6.00 | | | "),
            line("其他资金", FundingRole.OTHER_FUNDS, 6, " | | | | | "),
        ),
        indicators=tuple(
            indicator(level1, level2, n, values, {"产出指标": 50, "效益指标": 30}.get(level1, 10))
            for n, (level1, level2, values) in enumerate(rows, 10)
        ),
        total_weight=cell("100", 16, 7),
        reported_score=cell("99.5", 16, 8),
    )


def second_project_form() -> Form:
    """Another project without a flaw, with its own indicators."""
    rows = (
        ("产出指标", "数量指标", "流动书车下乡 | 90次 | 92次 | 20 | 20 |"),
        ("产出指标", "质量指标", "活动达标率 | ≥95% | 96.5% | 10 | 10 |"),
        ("产出指标", "时效指标", "活动完成时间 | 2025年10月 | 2025年10月 | 10 | 10 |"),
        ("产出指标", "成本指标", "项目总成本 | ≤135万元 | 134万元 | 10 | 10 |"),
        ("效益指标", "社会效益指标", "受益读者 | ≥2万人次 | 2.1万人次 | 30 | 30 |"),
        ("满意度指标", "服务对象满意度指标", "村民满意度 | ≥90% | 91.7% | 10 | 10 |"),
    )
    return replace(
        project_form(),
        id="3",
        at=Position("表4"),
        project="阅读推广",
        funding=(
            line("年度资金总额", FundingRole.TOTAL, 3, "132.40 | 141.50 | 134.00 | 10 | 94.70% | 9.47"),
        ),
        indicators=tuple(
            indicator(level1, level2, n, values, {"产出指标": 50, "效益指标": 30}.get(level1, 10))
            for n, (level1, level2, values) in enumerate(rows, 10)
        ),
        reported_score=cell("99.47", 16, 8),
    )


_EXPENSES = (
    ("三公经费", "9.80 | 9.00 | 7.46"),
    ("公务用车购置和运行维护费", "6.30 | 6.00 | 5.12"),
    ("其中：公务用车购置费", " | | "),
    ("公务用车运行维护费", "6.30 | 6.00 | 5.12"),
    ("因公出国（境）费用", " | | "),
    ("公务接待费", "3.50 | 3.00 | 2.34"),
    ("项目支出", "240.10 | 282.40 | 282.20"),
    ("馆藏图书采购", "120.00 | 150.00 | 148.20"),
    ("阅读推广", "120.10 | 132.40 | 134.00"),
    ("公用经费", "88.00 | 90.00 | 86.40"),
    ("其中：办公费", "20.00 | 22.00 | 21.30"),
    ("水费、电费", "18.00 | 18.00 | 17.60"),
    ("政府采购金额", "130.00 | 150.00 | 148.20"),
    ("部门基本支出预算调整", " | | 11.15"),
)


def base_data() -> Form:
    """A base data table that agrees with the department form and both project forms."""
    staff = (("编制数", "40"), ("2025年末实际在职人数", "38"), ("控制率", "95%"))
    entries = [
        Entry("财政供养人员情况", heading, cell(said, 2, n, "表3"))
        for n, (heading, said) in enumerate(staff, 2)
    ]
    headings = ("2024年决算数", "2025年预算数", "2025年决算数")
    for row, (label, values) in enumerate(_EXPENSES, 4):
        entries += [
            Entry(label, heading, cell(said.strip(), row, n, "表3"))
            for n, (heading, said) in enumerate(zip(headings, values.split("|"), strict=True), 2)
        ]
    return Form(
        id="4",
        kind=FormKind.BASE_DATA,
        title="2025年度基础数据表",
        at=Position("表3"),
        unit=UNIT,
        year=YEAR,
        entries=tuple(entries),
    )


_COVER = (
    ("人员编制", "", "40"),
    ("实有人数", "", "38"),
    (UNIT, "收入合计", "846.20"),
    (UNIT, "上年结转", "6.00"),
    (UNIT, "公共财政拨款", "812.40"),
    (UNIT, "政府基金拨款", ""),
    (UNIT, "纳入专户管理的非税收入拨款", ""),
    (UNIT, "其他收入", "27.80"),
    (UNIT, "支出合计", "823.35"),
    (UNIT, "基本支出", "541.15"),
    (UNIT, "人员支出", "454.75"),
    (UNIT, "公用支出", "86.40"),
    (UNIT, "项目支出", "282.20"),
    (UNIT, "三公经费合计", "7.46"),
    (UNIT, "公务接待费", "2.34"),
    (UNIT, "公务用车运行维护费", "5.12"),
    (UNIT, "公务用车购置费", ""),
    (UNIT, "因公出国（境）费用", ""),
)


def cover_form() -> Form:
    """A cover that agrees with the department form and the base data."""
    return Form(
        id="6",
        kind=FormKind.COVER,
        title="自评报告封面表",
        at=Position("表5"),
        unit=UNIT,
        year=YEAR,
        entries=tuple(
            Entry(label, heading, cell(said, row, 2, "表5"))
            for row, (label, heading, said) in enumerate(_COVER, 2)
        ),
        reported_score=cell("99.23", 40, 2, "表5"),
        reported_grade=cell("优", 41, 2, "表5"),
    )


def with_entry(form: Form, label: str, heading: str, said: str) -> Form:
    """The base data with another text in one cell."""
    assert any(entry.label == label and entry.heading == heading for entry in form.entries)
    return replace(
        form,
        entries=tuple(
            entry._replace(cell=cell(said, entry.cell.at.row, entry.cell.at.column, entry.cell.at.part))
            if entry.label == label and entry.heading == heading
            else entry
            for entry in form.entries
        ),
    )


def filing(*forms: Form) -> Filing:
    """A filing of the given forms, by default of one of each kind, all clean."""
    return Filing(
        file="自评表.docx",
        sha256="0" * 64,
        unit=UNIT,
        year=YEAR,
        forms=forms or (department_form(), project_form(), second_project_form(), base_data(), cover_form()),
    )


def with_line(form: Form, role: FundingRole, **columns: str) -> Form:
    """The form with other texts in columns of its lines of a role."""
    return replace(
        form, funding=tuple(_rewritten(row, columns) if row.role is role else row for row in form.funding)
    )


def with_row(form: Form, name: str, /, **columns: str) -> Form:
    """The form with other texts in columns of its indicator of a name."""
    assert any(row.name == name for row in form.indicators), name
    return replace(
        form,
        indicators=tuple(_rewritten(row, columns) if row.name == name else row for row in form.indicators),
    )


def with_cell(form: Form, field: str, said: str) -> Form:
    return replace(form, **{field: cell(said, getattr(form, field).at.row)})


def _rewritten(row: FundingLine | Indicator, columns: dict[str, str]) -> FundingLine | Indicator:
    def changed(column: str, said: str) -> object:
        if column in ("name", "level2", "nature", "unit"):
            return said
        old = getattr(row, column)
        return cell(said, row.at.row, old.at.column if old else 3)

    return replace(row, **{column: changed(column, said) for column, said in columns.items()})
