"""What is added up: every measure with its Chinese label, and the ratios that are made from the sums."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from selfeval.filing import FundingRole

AMOUNTS = {"initial_budget": "年初预算数", "adjusted_budget": "全年预算数", "executed": "全年执行数"}
MONEY, PEOPLE, AREA = "万元", "人", "平方米"


class Measure(NamedTuple):
    """A figure that adds: its key, label, the table that it is listed in and the unit that it is counted in."""

    key: str
    label: str
    group: str
    unit: str = MONEY


class Ratio(NamedTuple):
    """A rate that is made from sums and never added: numerator over denominator, as a fraction.

    `change`: the numerator's change against the denominator instead (上年 → 本年).
    """

    key: str
    label: str
    numerator: str
    denominator: str
    change: bool = False

    def of(self, top: Decimal, bottom: Decimal) -> Decimal | None:
        """The rate of these sums, None where the denominator is not positive."""
        if bottom <= 0:
            return None
        return (top - bottom) / bottom if self.change else top / bottom


FUNDING_ROLES = {
    FundingRole.GENERAL_BUDGET: "一般公共预算",
    FundingRole.FUND_BUDGET: "政府性基金",
    FundingRole.STATE_CAPITAL: "国有资本经营预算",
    FundingRole.SPECIAL_ACCOUNT: "纳入专户管理的非税收入",
    FundingRole.APPROPRIATION: "当年财政拨款",
    FundingRole.CARRY_OVER: "上年结转资金",
    FundingRole.OTHER_FUNDS: "其他资金",
    FundingRole.BASIC_EXPENDITURE: "基本支出",
    FundingRole.PROJECT_EXPENDITURE: "项目支出",
}
# The attributes of a cover (selfeval.rules.cover) in the blocks of its table.
COVER_BLOCKS = {
    "收入": {
        "income": "收入合计",
        "carried_over": "上年结转",
        "appropriation": "公共财政拨款",
        "fund_budget": "政府基金拨款",
        "special_account": "纳入专户管理的非税收入拨款",
        "other_income": "其他收入",
    },
    "支出和结余": {
        "spending": "支出合计",
        "basic": "基本支出",
        "personnel": "人员支出",
        "operating": "公用支出",
        "projects": "项目支出",
        "year_balance": "当年结余",
        "total_balance": "累计结余",
    },
    "固定资产": {
        "assets": "固定资产合计",
        "assets_used": "在用固定资产",
        "assets_rented": "出租固定资产",
        "assets_other": "固定资产其他",
    },
}
# The attributes of a base data table (selfeval.rules.expenses).
EXPENSES = {
    "three_publics": ("三公经费", "三公经费"),
    "vehicles": ("公务用车购置和运行维护费", "三公经费"),
    "purchase": ("公务用车购置费", "三公经费"),
    "running": ("公务用车运行维护费", "三公经费"),
    "overseas": ("因公出国（境）费", "三公经费"),
    "reception": ("公务接待费", "三公经费"),
    "projects": ("项目支出（基础数据表）", "基础数据"),
    "operating": ("公用经费", "基础数据"),
    "procurement": ("政府采购金额", "基础数据"),
}
EXPENSE_COLUMNS = {"last": "上年决算数", "budget": "本年预算数", "spent": "本年决算数"}
BUILDINGS = {
    "area_approved": ("楼堂馆所批复规模", AREA),
    "area_actual": ("楼堂馆所实际规模", AREA),
    "investment_approved": ("楼堂馆所预算投资", MONEY),
    "investment_actual": ("楼堂馆所实际投资", MONEY),
}

MEASURES: tuple[Measure, ...] = (
    *(Measure(key, f"年度资金总额{label}", "收支") for key, label in AMOUNTS.items()),
    *(
        Measure(f"{role}.{key}", f"{name}{label}", "收支")
        for role, name in FUNDING_ROLES.items()
        for key, label in AMOUNTS.items()
    ),
    *(
        Measure(f"cover.{key}", label, block)
        for block, names in COVER_BLOCKS.items()
        for key, label in names.items()
    ),
    *(
        Measure(f"{key}.{column}", f"{label}{heading}", group)
        for key, (label, group) in EXPENSES.items()
        for column, heading in EXPENSE_COLUMNS.items()
    ),
    Measure("posts", "编制数", "基础数据", PEOPLE),
    Measure("people", "实际在职人数", "基础数据", PEOPLE),
    *(Measure(key, label, "基础数据", unit) for key, (label, unit) in BUILDINGS.items()),
)
BY_KEY = {measure.key: measure for measure in MEASURES}

RATIOS: tuple[Ratio, ...] = (
    Ratio("execution_rate", "执行率", "executed", "adjusted_budget"),
    Ratio("adjustment_rate", "全年预算比年初增减", "adjusted_budget", "initial_budget", True),
    Ratio("basic_rate", "基本支出执行率", "basic_expenditure.executed", "basic_expenditure.adjusted_budget"),
    Ratio(
        "project_rate",
        "项目支出执行率",
        "project_expenditure.executed",
        "project_expenditure.adjusted_budget",
    ),
    Ratio("control_rate", "财政供养人员控制率", "people", "posts"),
    Ratio("publics_budget_rate", "三公经费占预算", "three_publics.spent", "three_publics.budget"),
    Ratio("publics_change", "三公经费比上年增减", "three_publics.spent", "three_publics.last", True),
    Ratio("area_rate", "楼堂馆所规模控制率", "area_actual", "area_approved"),
    Ratio("investment_rate", "楼堂馆所投资控制率", "investment_actual", "investment_approved"),
)
