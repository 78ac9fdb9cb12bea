"""The cover table of a department's report (自评报告封面表), filled with what is known, the rest marked.

The form is the one that prefectures of Hunan hand out with the outline of the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from documents.paper import Box, Kind, Paper, Row
from selfeval.department_report.data import ReportData, money, state
from selfeval.department_report.results import judged_indicators
from selfeval.figures import plain, points
from selfeval.paper_blocks import BLANK_CELL, blank
from selfeval.policy import grade_for
from selfeval.rollup.units import UnitRow

_COLUMNS = 20
_NAME = 4  # columns of a row's name
_MOST = 40  # indicators; the annex holds all of them
_ROW, _TALL = 20.0, 50.0
# Where a department hands in no cover of its own: the same figure of another of its tables.
_INSTEAD = {
    "cover.spending": "executed",
    "cover.basic": "basic_expenditure.executed",
    "cover.projects": "project_expenditure.executed",
    "cover.operating": "operating.spent",
}
_STAFF = ("posts", "people")
_INCOME = (
    ("收入合计", "cover.income", 3),
    ("上年结转", "cover.carried_over", 3),
    ("公共财政拨款", "cover.appropriation", 3),
    ("政府基金拨款", "cover.fund_budget", 3),
    ("纳入专户管理的非税收入拨款", "cover.special_account", 2),
    ("其他收入", "cover.other_income", 2),
)
_SPENDING = (
    ("支出合计", "cover.spending", 3),
    ("基本支出", "cover.basic", 3),
    ("人员支出", "cover.personnel", 2),
    ("公用支出", "cover.operating", 2),
    ("项目支出", "cover.projects", 2),
    ("当年结余", "cover.year_balance", 2),
    ("累计结余", "cover.total_balance", 2),
)
_PUBLICS = (
    ("三公经费合计", "three_publics.spent", 4),
    ("公务接待费", "reception.spent", 3),
    ("公务用车运行维护费", "running.spent", 3),
    ("公务用车购置费", "purchase.spent", 3),
    ("因公出国（境）费用", "overseas.spent", 3),
)
_ASSETS = (
    ("固定资产合计", "cover.assets", 4),
    ("在用固定资产", "cover.assets_used", 4),
    ("出租固定资产", "cover.assets_rented", 4),
    ("其他固定资产", "cover.assets_other", 4),
)


def cover_table(data: ReportData) -> Paper:
    """The table as a value."""
    return Paper(
        annex="",
        title="",
        name="",
        reference="",
        line=("", ""),
        widths=(1.0,) * _COLUMNS,
        rows=tuple(_rows(data)),
        notes=(),
    )


def _rows(data: ReportData) -> Iterator[Row]:
    yield _banner("一、部门（单位）基本概况")
    yield _pairs(("联系人", BLANK_CELL), ("联系电话", BLANK_CELL))
    # Without every unit a sum would not be the department's.
    posts, people = (
        BLANK_CELL if each is None or data.who else plain(each) for each in map(data.sum, _STAFF)
    )
    yield _pairs(("人员编制", posts), ("实有人数", people))
    yield _wide("职能职责概述", blank("主要职能职责"))
    yield _wide("年度主要工作内容", blank("年度主要工作任务，逐条写"))
    yield _wide("年度部门（单位）总体运行情况及取得的成绩", blank("总体运行情况和取得的成绩"))
    yield _banner("二、部门（单位）收支情况")
    for title, columns in (
        ("年度收入情况（万元）", _INCOME),
        ("部门（单位）年度支出和结余情况（万元）", _SPENDING),
        ("三公经费（万元）", _PUBLICS),
        ("固定资产（万元）", _ASSETS),
    ):
        yield _banner(title)
        yield from _money_block(data, columns)
    yield _banner("三、部门（单位）整体支出绩效自评情况")
    yield from _goals(data)
    yield from _indicators(data)
    yield _wide("绩效自评综合得分及评价等次", _result(data))
    yield _banner("四、评价人员")
    yield _line(("姓名", "职务/职称", "单位", "签字"), Kind.LABEL)
    yield _line((BLANK_CELL, BLANK_CELL, BLANK_CELL, ""), Kind.TEXT)
    yield _line(("", "", "", ""), Kind.TEXT)
    for who, sign in (
        ("评价组组长意见", "评价组组长（签字）"),
        ("部门（单位）意见", "部门（单位）负责人（签字、盖章）"),
        ("财政部门归口业务科室意见", "财政部门归口业务科室负责人（签字、盖章）"),
    ):
        text = f"{who}：\n\n{'　' * 12}{sign}：{'　' * 8}年　　月　　日"
        yield Row((Box(Kind.TEXT, text, span=_COLUMNS),), _TALL)


def _banner(text: str) -> Row:
    return Row((Box(Kind.LABEL, text, span=_COLUMNS),), _ROW, keep=True)


def _pairs(*pairs: tuple[str, str]) -> Row:
    boxes = [
        box
        for label, value in pairs
        for box in (Box(Kind.LABEL, label, span=4), Box(Kind.TEXT, value, span=6))
    ]
    return Row(tuple(boxes), _ROW)


def _wide(label: str, value: str) -> Row:
    return Row((Box(Kind.LABEL, label, span=_NAME), Box(Kind.TEXT, value, span=_COLUMNS - _NAME)), _TALL / 2)


def _line(texts: tuple[str, ...], kind: Kind) -> Row:
    return Row(tuple(Box(kind, text, span=5) for text in texts), _ROW)


def _money_block(data: ReportData, columns: tuple[tuple[str, str, int], ...]) -> Iterator[Row]:
    head = [Box(Kind.LABEL, "机构名称", span=_NAME)]
    yield Row((*head, *(Box(Kind.LABEL, label, span=span) for label, _, span in columns)), _ROW, keep=True)

    def line(name: str, value: Callable[[str], Decimal | None], keep: bool = False) -> Row:
        boxes = [Box(Kind.AMOUNT, money(_either(value, key)), span=span) for _, key, span in columns]
        return Row((Box(Kind.ITEM, name, span=_NAME), *boxes), _ROW, keep)

    rows = [unit for unit in data.owing if not unit.included]
    for number, unit in enumerate(rows, start=1):
        # The sum does not stand alone at the head of a page.
        yield line(state(unit), _of(unit), keep=number == len(rows) > 1)
    if len(rows) > 1:
        yield line("局机关及二级机构汇总", (lambda _: None) if data.who else data.sum)


def _of(unit: UnitRow) -> Callable[[str], Decimal | None]:
    return unit.figures.figures.get if unit.passed else lambda _: None


def _either(value: Callable[[str], Decimal | None], key: str) -> Decimal | None:
    found = value(key)
    return value(_INSTEAD[key]) if found is None and key in _INSTEAD else found


def _goals(data: ReportData) -> Iterator[Row]:
    yield Row(
        (
            Box(Kind.LABEL, "整体支出绩效定性目标及实施计划完成情况", span=_NAME),
            Box(Kind.LABEL, "预期目标", span=8),
            Box(Kind.LABEL, "实际完成", span=8),
        ),
        _ROW,
    )
    own = next((unit for unit in data.filed if unit.tier == 1), None)
    goal = next(iter(own.figures.goals), None) if own else None
    expected, actual = (goal.expected, goal.actual) if goal else ("", "")
    yield Row(
        (
            Box(Kind.ITEM, own.name if own else data.name, span=_NAME),
            Box(Kind.TEXT, expected or blank("预期目标"), span=8),
            Box(Kind.TEXT, actual or blank("实际完成"), span=8),
        ),
        _TALL,
    )


def _indicators(data: ReportData) -> Iterator[Row]:
    own = [each for each in judged_indicators(data) if each.unit.tier == 1][:_MOST]
    yield Row(
        (
            Box(Kind.LABEL, "整体支出绩效定量目标及实施计划完成情况", span=_NAME),
            Box(Kind.LABEL, "评价内容", span=6),
            Box(Kind.LABEL, "绩效目标", span=5),
            Box(Kind.LABEL, "完成情况", span=5),
        ),
        _ROW,
    )
    if not own:
        yield Row(
            (
                Box(Kind.ITEM, "", span=_NAME),
                *(
                    Box(Kind.TEXT, blank(what), span=span)
                    for what, span in (("指标", 6), ("目标", 5), ("完成", 5))
                ),
            ),
            _ROW,
        )
    before = ""
    for each in own:
        name = each.row.level2 or each.row.level1
        yield Row(
            (
                Box(Kind.ITEM, "" if name == before else name, span=_NAME),
                Box(Kind.TEXT, each.row.name, span=6),
                Box(Kind.TEXT, each.row.target.text, span=5),
                Box(Kind.TEXT, each.row.actual.text, span=5),
            ),
            _ROW,
        )
        before = name


def _result(data: ReportData) -> str:
    if len(data.owing) == 1 and data.filed and data.filed[0].reported_score is not None:
        score = data.filed[0].reported_score
        grade = grade_for(data.policy, score)
        return f"评分：{plain(score)}" + (f"　　等级：{grade}" if grade else "")
    mean = data.total.score(data.policy.rollup.score == "funds")
    hint = f"（各单位复算得分平均{points(mean)}分）" if mean is not None else ""
    return blank(f"综合得分和等级{hint}")
