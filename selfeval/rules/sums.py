"""A whole beside the parts that the text tells of it, and which names of parts leave nothing over."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from selfeval.filing import Position
from selfeval.pattern import Pattern
from selfeval.statements import Figure

COMPARED = Pattern(
    r"较|比(?!赛|武)|同比|占(?!地)|增加|减少|[增减多少][收支]|增长|下降|上升|压减|节约|上年(?!.{0,3}结[转余])|去年|(?<![草高平])原(?![料因则生始创])|计划(?!生育)|目标(?!(?:管理|责任|考核)*奖)|任务|应(?:完成|达|有|支|付|发|缴|到)|不含|剩余"
)
OPEN = Pattern(r"等(?:[,;)。、]|$|\d)|含")
BUDGETS = ("一般公共预算", "政府性?基金", "国有资本", "社会保险")
CLASSES = ("工资福利", "商品和?服务", "对?个人和?家庭", "资本性支出")
# Sets of names that leave nothing over, by what the whole is called ("" where any whole will do).
_SETS = (
    ("支出|预算|资金|收支|执行", ("基本支出", "项目支出"), 2),
    ("支出|预算|执行", ("人员(?:经费|支出)", "公用(?:经费|支出)", "项目(?:经费|支出)"), 3),
    ("基本支出", ("人员(?:经费|支出)", "公用(?:经费|支出)"), 2),
    ("基本支出", CLASSES, 3),
    ("支出|预算|资金|收入", (*CLASSES[:3], "项目(?:经费|支出|资金)"), 4),
    ("", BUDGETS, 3),
    ("三公", ("接待", "用车|公车|购置及运行"), 2),
    ("用车|公车", ("购置", "运行|维护"), 2),
    ("资金|预算|到位", ("财政拨款", "其他资金"), 2),
    ("收入", ("财政拨款", "其他收入"), 2),
    ("得分|评分|自评", ("执行", "产出", "效益", "满意"), 3),
    ("", ("城市|城镇", "农村|乡村"), 2),
    ("", ("男", "女"), 2),
    ("", ("集中", "分散"), 2),
    ("进出口", ("出口", "进口"), 2),
    ("收入", ("税收收入", "非税收入"), 2),
    ("财政(?:总|累计)?(?:收入|支出)", ("中央", "地方"), 2),
)
_POSTS = ("行政", "事业", "参公|参照", "工勤|后勤")
# Sets of names beside which there is seldom another.
_USUAL_SETS = (
    ("编制|在职|在编|在岗|实有", _POSTS, 2),
    ("编制|在职|在编|在岗|实有|岗位", ("管理", "专业?技术?", "工勤|后勤"), 2),
    ("", ("中央|国家级", "省", "市|州", "县|区|本级|地方", "自筹"), 3),
    ("教师|职称|专业技术", ("高级", "中级", "初级"), 3),
)
_EXHAUSTIVE, _USUAL = (
    tuple((Pattern(name), tuple(map(Pattern, members)), least) for name, members, least in sets)
    for sets in (_SETS, _USUAL_SETS)
)
_TRAIT = Pattern(
    "党员|团员|女|少数民族|青年|老年|老人|儿童|学生|贫困|脱贫|低保|特困|残疾|留守|住校|寄宿|本科|研究生|硕士|博士|"
    "大专|学历|职称|高级|中级|岁|退役|农民工|高校毕业生|骨干|优秀|持证|首次"
)
_PERSONS = ("人", "名", "人次", "户")
_TOTAL, _OF_THE_YEAR = Pattern("(?:收入|支出|收支)总计|总(?:收入|支出)"), Pattern("本年(?:收入|支出)")
_NAMELESS = Pattern("(?:年初|全年|本年|调整后?|实际|支出|决算|预算|执行|批复|安排|数|总额|合计|完成)*")
# Behind a list with something left out, a total this near was meant to be its sum.
_NEAR, NEAR_OF_MANY = Decimal("0.02"), Decimal("0.05")


class Sum(NamedTuple):
    """A whole beside the parts that the text lists. `complete`: nothing is left out by what the text
    says; `listed`: an enumeration that leaves nothing out by its form, without saying so."""

    form: str
    places: tuple[Position, ...]
    whole: Figure
    parts: tuple[Figure, ...]
    complete: bool
    listed: bool = False

    @property
    def total(self) -> Decimal:
        return sum((part.value for part in self.parts), Decimal(0))

    @property
    def tolerance(self) -> Decimal:
        """One rounding for each addition, in the coarsest decimals shown; whole numbers are exact."""
        additions = max(1, len(self.parts) - 1)
        # Beside 2.6万亩, 1万亩 is 1.0万亩.
        pointed = {part.suffix for part in self.parts if "." in part.shown}
        shown = (p for p in self.parts if "." in p.shown or p.suffix not in pointed)
        inner = max((part.step for part in shown if _rounded(part)), default=Decimal(0))
        outer = self.whole.step if _rounded(self.whole) else Decimal(0)
        # A whole in 亿元 over parts to the cent is rounded once.
        return outer / 2 + inner * additions if outer > inner > 0 else max(inner, outer) * additions

    @property
    def gap(self) -> Decimal:
        return abs(self.total - self.whole.value)

    @property
    def excess(self) -> bool:
        return self.total > self.whole.value + self.tolerance

    @property
    def _begins_with_whole(self) -> bool:
        """The first parts make the whole already; what follows them tells something else."""
        sums = itertools.accumulate(part.value for part in self.parts)
        return any(abs(total - self.whole.value) <= self.tolerance for total in list(sums)[1:])

    @property
    def _of_one_kind(self) -> bool:
        """Most parts are named alike (高一, 高二, 高三): such a list was meant to be the whole."""
        ends = [(part.label[:1], part.label[-1:]) for part in self.parts]
        most = max(max(map(list(side).count, side)) for side in zip(*ends, strict=True))
        return 2 * most > len(ends)

    @property
    def holds(self) -> bool:
        if self.gap <= self.tolerance:
            return True
        if self._begins_with_whole:
            return True
        if self.complete or self.excess or self.listed:
            return False
        near = NEAR_OF_MANY if len(self.parts) > 2 and self._of_one_kind else _NEAR
        return len(self.parts) < 2 or self.gap > self.whole.value * near


def _rounded(figure: Figure) -> bool:
    return (
        "." in figure.shown
        or figure.shown.endswith(("万", "亿"))
        or re.search(r"[万亿](?!元)", figure.shown) is not None
    )


def exhaustive(whole: Figure, parts: list[Figure], ahead: Sequence[Figure] = ()) -> bool:
    """Whether the names of the parts leave nothing over of such a whole; a whole that is only called 决算 or
    支出 bears the name of the figures `ahead` of it."""
    called = f"{whole.label} {whole.subject}"
    if _NAMELESS.fullmatch(whole.label):
        called += " ".join(figure.label for figure in ahead)
    if _TOTAL.search(whole.words) and _balanced(parts):
        return True
    names = {part.label for part in parts}
    return any(f"非{name}" in names for name in names if name) or _named(called, parts, _EXHAUSTIVE)


def _balanced(parts: list[Figure]) -> bool:
    """收入总计 is what came in this year and what was left of the last; 支出总计 what went out and what is left."""
    years = any(_OF_THE_YEAR.match(part.words.removeprefix("其中").lstrip(":")) for part in parts)
    return years and any("结转" in part.words and "结余" in part.words for part in parts)


def usual(whole: Figure, parts: list[Figure]) -> bool:
    """Whether the parts are all that such a whole usually has: 行政编制 and 事业编制, 中央, 省级 and 县级."""
    return _named(f"{whole.label} {whole.subject}", parts, _USUAL)


def _named(
    called: str, parts: list[Figure], sets: tuple[tuple[Pattern, tuple[Pattern, ...], int], ...]
) -> bool:
    for name, members, least in sets:
        if len(parts) < least or not name.search(called):
            continue
        matched = [next((m for m in members if m.search(part.label)), None) for part in parts]
        if len({m for m in matched if m}) >= least:
            return True
    return False


def overlapping(whole: Figure, parts: list[Figure]) -> bool:
    """Whether one person may be counted in several parts: 党员, 女职工, 35岁以下."""
    if whole.unit not in _PERSONS or any(part.value > whole.value for part in parts):
        return False
    return len({trait for part in parts for trait in _TRAIT.findall(part.words)}) > 1


def depth_at(text: str, at: int) -> int:
    return text.count("(", 0, at) - text.count(")", 0, at)


def closing(text: str, start: int, depth: int) -> int:
    """Where the bracket that is open at `start` ends; the end of the text outside brackets."""
    if depth <= 0:
        return len(text)
    level = depth
    for index in range(start, len(text)):
        level += (text[index] == "(") - (text[index] == ")")
        if level < depth:
            return index
    return len(text)
