"""What the rules on funds share: the columns of a funding block, wholes and their parts, explanations."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from selfeval.figures import number
from selfeval.filing import Cell, Entry, Form, FundingLine, FundingRole
from selfeval.money import UNITS, parse_in_unit
from selfeval.pattern import Pattern

COLUMNS = {
    "initial_budget": "年初预算数",
    "adjusted_budget": "全年预算数",
    "executed": "全年执行数",
    "amount": "金额",
}
SOURCES = (
    FundingRole.GENERAL_BUDGET,
    FundingRole.FUND_BUDGET,
    FundingRole.STATE_CAPITAL,
    FundingRole.SPECIAL_ACCOUNT,
)
NATURES = (FundingRole.BASIC_EXPENDITURE, FundingRole.PROJECT_EXPENDITURE)
_YEARS = (FundingRole.APPROPRIATION, FundingRole.CARRY_OVER, FundingRole.OTHER_FUNDS)
# Two amounts of 万元 rounded to the cent.
_CENTS = Decimal("0.02")
_RESIDUAL = Pattern("其他|其它|单位资金|自筹")
_TIER = Pattern("(?:[0-9]+[.、．])?(?:中央|省|自治区|市|州|县|区|地方|本级|乡镇)")
_EXPLAINED = Pattern(
    "调整|追加|追减|调减|调增|压减|收回|统筹|结转|预算|执行率|支付|资金|指标下达|未开工|未实施|暂缓"
)

_ADJUSTED = Pattern(
    "(?:预算|资金)[^。；;]{0,12}(?:调整|追加|追减|调减|调增|压减|收回)|(?:追加|调减|调增|压减|收回)[^。；;]{0,12}(?:预算|资金)",
    needs="调追压收",
)
# In a report: 年中追加1358万元，主要为上级乡村振兴资金.
_REASONED = Pattern(
    "(?:追加|追减|调减|调增|压减|收回)[^。]{0,30}(?:主要|原因|由于|因为|用于)"
    "|预算调整(?:率|数|额|幅度)[^。;；]{0,20}(?:主要[是系为因原]|原因|由于|因为)",
    needs="追调压收",
)
# Where the goals' results say why money was left: 尾款30万元未付, 资金支出进度偏慢, 余款结转下年支付.
_UNSPENT = Pattern(
    "(?:尾款|余款|质保金|资金|款项|经费)[^。；;]{0,12}(?:未[付支拨达到]|尚未|待付|结转|结余|顺延|偏慢|滞后|暂缓|暂停|次年|下年)"
    "|(?:支付|支出|拨付|执行)(?:进度|率)[^。；;]{0,6}(?:偏[慢低]|较[慢低]|滞后|缓慢)"
)

# Beside or below the form, where other things are remarked on as well.
_REMARKED = Pattern(
    "调整|追加|追减|调减|调增|压减|收回|统筹|结转|结余|节约|尾款|余款|质保金|未[支拨]?付|未执行|未支出|未开工|未实施|暂缓|滞后|执行率|支[出付](?:进度|指令)|库款"
    r"|(?:下达|新增|取消|退回|跨年|跨年度|分期|推迟|延期|变更|减少).{0,16}(?:万元|元|资金|预算|项目|经费|付款|款项)|(?:资金|预算|项目|经费|任务|部分|活动|培训).{0,12}(?:取消|推迟|延期|变更|减少|跨年|未下达)"
)

# 执行率超过100%，系年底追加抢险资金12.50万元: more was spent than the budget says, and why.
_EXCESS = Pattern(
    "(?:执行|支出|预算)[^。]{0,16}(?:超过|超出|大于|高于|超支|超预算)[^。]*[系因由追增]", needs="超大高"
)
_AMOUNT_TOLD = Pattern(r"\d[\d,]*(?:\.\d+)?(?:百万|万|千)?元")

# Shorter ones say that there is none.
_A_REASON = len("未实施")


class Split(NamedTuple):
    """One column of a whole beside its parts. `whole` is None where the form leaves the whole blank."""

    column: str
    whole: Decimal | None
    parts: tuple[tuple[FundingLine, Decimal], ...]

    @property
    def heading(self) -> str:
        return COLUMNS[self.column]

    @property
    def sum(self) -> Decimal:
        return sum((value for _, value in self.parts), Decimal(0))

    @property
    def formula(self) -> str:
        """The addition as a person writes it: 一般公共预算 10 + 其他资金 2 = 12."""
        terms = " + ".join(f"{short(line.label)} {shown(line, self.column)}" for line, _ in self.parts)
        return f"{terms} = {self.sum}" if len(self.parts) > 1 else terms

    def within(self, tolerance: Decimal) -> bool:
        """Whether the parts make the whole; every addition may cost one rounding."""
        return abs(self.whole - self.sum) <= tolerance * max(1, len(self.parts) - 1)


def shown(line: FundingLine, column: str) -> str:
    return getattr(line, column).text


def short(label: str) -> str:
    """A label without 其中 and separators, for formulas."""
    return label.removeprefix("其中").strip(" ：:\u3000")


def whole_of(form: Form, line: FundingLine) -> FundingRole | None:
    """The role of the line that this one is a part of.

    The reader knows where 其中 is written; a plain row is placed by its meaning. 其他资金 belongs to the
    sources where the form splits by source, and to the total where it splits by year.
    """
    role = line.role
    if line.part_of not in (None, FundingRole.TOTAL):
        return line.part_of
    if role in (FundingRole.BY_SOURCE, FundingRole.BY_NATURE):
        return FundingRole.TOTAL
    if role in (FundingRole.SPECIAL_ACCOUNT, FundingRole.OTHER_FUNDS) and _beside_the_appropriation(form):
        return FundingRole.TOTAL
    if role in SOURCES:
        return FundingRole.BY_SOURCE
    if role in NATURES:
        return FundingRole.BY_NATURE
    if role in (FundingRole.APPROPRIATION, FundingRole.CARRY_OVER):
        return FundingRole.TOTAL
    if role is FundingRole.OTHER_FUNDS:
        by_source = any(other.role in (*SOURCES, FundingRole.BY_SOURCE) for other in form.funding)
        return FundingRole.BY_SOURCE if by_source else FundingRole.TOTAL
    return line.part_of


def _beside_the_appropriation(form: Form) -> bool:
    """Whether 财政资金 is one line, beside which 财政专户管理资金 and 单位资金 make the total."""
    budgets = (
        FundingRole.BY_SOURCE,
        FundingRole.GENERAL_BUDGET,
        FundingRole.FUND_BUDGET,
        FundingRole.STATE_CAPITAL,
    )
    own = [line.role for line in form.funding if line.part_of in (None, FundingRole.TOTAL)]
    return FundingRole.APPROPRIATION in own and not any(role in budgets for role in own)


def parts_of(form: Form, role: FundingRole) -> list[FundingLine]:
    subtotals = (FundingRole.BY_SOURCE, FundingRole.BY_NATURE)
    return [line for line in form.funding if line.role not in subtotals and whole_of(form, line) is role]


def emptied(form: Form, line: FundingLine) -> bool:
    """Whether a total is written as zero throughout while its parts state amounts: the parts are what was filed."""
    own = [value for column in COLUMNS if (value := number(getattr(line, column))) is not None]
    parts = [part for part in form.funding if part is not line and part.part_of is line.role]
    return (
        bool(own)
        and not any(own)
        and any(number(getattr(part, column)) for part in parts for column in COLUMNS)
    )


def splits(form: Form, whole: FundingLine | None, parts: list[FundingLine]) -> Iterator[Split]:
    """Every column in which at least one part states an amount; blank parts count as nothing spent."""
    for column in COLUMNS:
        known = tuple((line, value) for line in parts if (value := number(getattr(line, column))) is not None)
        if known:
            yield Split(column, number(getattr(whole, column)) if whole else None, known)


def exhausts(role: FundingRole, parts: list[FundingLine]) -> bool:
    """Whether the parts are meant to make the whole, and are not only some 其中 rows of it."""
    roles = {line.role for line in parts}
    if role is FundingRole.BY_NATURE:
        return set(NATURES) <= roles
    return any(line.role is FundingRole.OTHER_FUNDS or _RESIDUAL.search(line.label) for line in parts)


def one_by_one(parts: list[FundingLine]) -> list[list[FundingLine]]:
    """Parts that divide one money twice, each division by itself.

    Below one total some forms list its sources and then what it was spent on, without a subtotal above
    either. Rows of neither kind go with those that they stand among.
    """
    natures = [n for n, line in enumerate(parts) if line.role in NATURES]
    sources = [n for n, line in enumerate(parts) if line.role in SOURCES or line.role in _YEARS]
    if not natures or not sources or not exhausts(FundingRole.BY_NATURE, parts):
        return [parts]
    if max(sources) < min(natures):
        return [parts[: natures[0]], parts[natures[0] :]]
    return [parts[: sources[0]], parts[sources[0] :]] if max(natures) < min(sources) else [parts]


def nearly_exhausts(parts: list[FundingLine]) -> bool:
    """Whether only small sources can be missing: this year's and last year's money, or that of two tiers and more."""
    roles = {line.role for line in parts}
    tiers = sum(_TIER.match(short(line.label)) is not None for line in parts)
    return {FundingRole.APPROPRIATION, FundingRole.CARRY_OVER} <= roles or tiers > 1


def cell_of(line: FundingLine, column: str) -> Cell:
    return getattr(line, column)


def spent_on(form: Form, line: FundingLine | None) -> Cell | None:
    """What a line says was spent, None when it does not say it.

    The two-column layout (按收入性质分：… | 按支出性质分：…) names no column: its amounts are the spending,
    unless they make this year's or the initial budget and not the spending.
    """
    if line is None or number(line.executed) is not None:
        return line and line.executed
    total = form.total
    if total is None or line.amount is None:
        return line.amount
    made = list(_made(form))
    spent, *budgets = (number(c) for c in (total.executed, total.adjusted_budget, total.initial_budget))
    if spent is not None and not _among(spent, made) and any(_among(budget, made) for budget in budgets):
        return None
    return line.amount


def _made(form: Form) -> Iterator[Decimal]:
    """What the amounts without a column come to: the subtotals as stated, and their parts added up."""
    for role in (FundingRole.BY_SOURCE, FundingRole.BY_NATURE):
        yield from (value for line in form.lines(role) if (value := number(line.amount)) is not None)
        parts = [value for line in parts_of(form, role) if (value := number(line.amount)) is not None]
        if parts:
            yield sum(parts, Decimal(0))


def _among(value: Decimal | None, others: list[Decimal]) -> bool:
    return value is not None and any(abs(value - other) <= _CENTS for other in others)


def in_wan(value: Decimal | None, form: Form) -> Decimal | None:
    """An amount of a form in 万元, so that forms in 元 and in 万元 compare; None when it is not known."""
    scale = UNITS.get(form.amount_unit)
    return None if value is None or scale is None else value * scale


def same_amount(first: tuple[Cell, Form], second: tuple[Cell, Form], tolerance: Decimal) -> bool | None:
    """Whether two cells of two forms state one amount; None when either is not known.

    The same digits under two units are one amount whose unit was written wrongly somewhere.
    """
    values = [in_wan(number(cell), form) for cell, form in (first, second)]
    if None in values:
        return None
    return abs(values[0] - values[1]) <= tolerance or number(first[0]) == number(second[0])


def quoted(cell: Cell, form: Form) -> str:
    """An amount as filed, with its unit where that is not 万元."""
    return cell.text if form.amount_unit == "万元" else cell.text + form.amount_unit


def budget_explanation(form: Form) -> bool:
    """Whether a note, a remark, what is told of the goals, or a report says a word on the budget or its execution."""
    notes = [row.deviation_note.text for row in form.indicators if row.deviation_note]
    # A form without notes says it where it tells what was done.
    told = [done.text for _, done in form.goals]
    reasons = (said.text for said in form.sentences)
    return (
        any(map(_EXPLAINED.search, notes))
        or any(map(_speaks_of_money, form.reasons))
        or any(map(_ADJUSTED.search, told))
        or any(map(_REASONED.search, reasons))
    )


def excess_told(form: Form, over: Decimal) -> str | None:
    """The words that name an amount spent above the budget to the cent, and where it came from; None without them."""
    said = [
        *(entry.cell.text for entry in form.reasons),
        *(sentence.text for sentence in form.sentences),
    ]
    for words in said:
        amounts = (
            parse_in_unit(found[0], form.amount_unit or "万元") for found in _AMOUNT_TOLD.finditer(words)
        )
        if _EXCESS.search(words) and over in amounts:
            return words.strip().rstrip("。")
    return None


def _speaks_of_money(entry: Entry) -> bool:
    """Whether a remark explains the money: whatever stands in the 原因 column of the funds, else by its words."""
    said = entry.cell.text.strip()
    own = entry.label == "原因" and len(said) >= _A_REASON
    return own or _REMARKED.search(said) is not None


def unspent_explanation(form: Form) -> bool:
    """Whether what is told of the goals says why money was not spent."""
    return any(_UNSPENT.search(done.text) for _, done in form.goals)


def carried_over(form: Form) -> Iterator[Decimal]:
    """Every amount that the form states for 上年结转资金, without zeros."""
    for line in form.lines(FundingRole.CARRY_OVER):
        for column in COLUMNS:
            value = number(getattr(line, column))
            if value:
                yield value
