"""How far an indicator was completed: target and actual in one unit, and their ratio.

Unknown is not wrong: where the two cannot be compared, or the direction of the target is not clear,
nothing is said.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from selfeval.counting import count_alike
from selfeval.filing import Indicator
from selfeval.pattern import Pattern
from selfeval.quantity import Quantity, comparable, dates_in_digits, parse_quantity

_UPWARD = ("≥", "＞", ">", "≧", ">=")
_DOWNWARD = ("≤", "＜", "<", "≦", "<=")
_EXCLUSIVE = (">", "＞", "<", "＜")
# Says no direction: a cost that must be = 100 may well stay below it.
EXACT = ("═", "=", "＝")
_PERCENT = ("%", "‰", "百分比")
# Units that measure; every other unit merely counts (个, 家, 处, 宗 …), and a count of 个 may answer one of 处.
_MEASURES = Pattern(
    r"[十百千万亿]*(?:元|公里|千米|米|公斤|千克|斤|吨|亩|公顷|平方米|平方公里|平方千米|立方米|㎡|m²|m2|km²|km|m|kg|t|年|个月|月|天|日|个工作日|小时|分钟)"
)
_DURATION = Pattern(r"年|个月|月|天|日|个工作日|小时|分钟")
# Words of an indicator for which less is better, or may be: without a comparator its direction is not known.
_REVERSE = Pattern(
    r"事故|死亡|伤亡|投诉|差错|误差|失误|损失|损耗|空置|发案|违规|违法|逾期|超标|信访量|上访|降低|下降|减少|"
    r"压减|工期|控制率|控制在|时限|时间|天数|时长|周期|间隔|负债|债务|能耗|排放|不超过|不超出|不高于|以内|用时|零|偏差|结转|结余|"
    r"支出|费用|成本|单价|发病|患病|失业|不合格|不满意|误报|漏报|误判|缺陷|故障|拥堵|辍学|流失|返贫|纠纷|退件|消耗|化肥|农药|浓度|"
    r"用水量|用电量|上限|不突破|排名|名次|位次|耗时|等待|控制规模"
)
# Of these a target of 0 is a ceiling, whatever sign it lacks. A fall of 0 says no direction.
_HARM = Pattern(
    r"事故|死亡|伤亡|投诉|差错|失误|损失|发案|违规|违法|逾期|超标|上访|不合格|不满意|误报|漏报|误判|缺陷|故障|辍学|返贫|纠纷|"
    r"问题|事件|疫情|舆情|案件|隐患|险情|感染|污染|欠薪|拖欠|闲置|浪费|泄露|泄密|复发|超期|超时|超支"
)
_LESSENED = Pattern(r"降低|下降|减少|压减|挽回|避免")
# How long work may take; 服务时长 and 使用年限 may well be longer.
_SPAN = Pattern(r"工期|时限$|用时|耗时|响应时间|办[理结]时间|修复时间|处置时间")
# A target that is named as about so much is not missed by a little.
_APPROXIMATE = Pattern("左右|上下|大约|约|预计|近")
_ABOUT = Decimal("0.9")
_AND_MORE = Pattern(r"(\d[\d,]*(?:\.\d+)?)[万亿千百]?(?:余|多(?!样))")
_DONE = Pattern(
    r"(?:已|已经)?(?:按时|按期|全部|全面|圆满|如期|及时|按要求)?(?:完成|达成|落实|达到|实现)(?:预期|年度|年初|既定)?(?:绩效)?(?:指标|目标|任务)*|已?达标"
)
# A day of the year itself: 12月底前, 11月20日.
_DAY = Pattern(
    r"(?:当年|本年|年内)?(\d{1,2})月(?:(\d{1,2})[日号]|[底末份])?(?:之前|以前|前|内|完成|完工|竣工|到位)*",
    needs="月",
)
_QUARTERS = "一二三四1234"
_QUARTER = Pattern(
    f"(?:当年|本年|年内)?第?([{_QUARTERS}])季度(?:末|内|前|底|之前|以前|完成|完工)*", needs="季"
)
_SAYS_MONTH = Pattern(r"月|年[底末]|\d[-/.]\d")
_SAYS_DAY = Pattern(r"月\s*\d{1,2}|月[底末]|年[底末]|\d[-/.]\d{1,2}[-/.]\d")
# A date that opens a time does not close it.
_FROM_THEN = Pattern("[后起]|至少|不早于|以来|开始|启动|有效期|使用")
_MULTIPLES = tuple("十百千万亿")
_TIMES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_SMALL_RATE = Decimal("0.1")
_NOISE = Pattern(r"[\s，。；、,.;:：!！]+")


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


class Completion(NamedTuple):
    """`ratio` is completion as a fraction (1.3156: a third above the target); `met` None when unknown.

    `target` and `actual` are what the texts say. `values` are both numbers in one unit, None when they
    cannot be compared. `units_differ`: both say a number, but one measures or counts what the other does not.
    `late`: both say a date, and what was done came after the day it was due.
    `done_in_words`: the result says that it was reached and gives no figure.
    """

    met: bool | None
    ratio: Decimal | None
    direction: Direction
    target: Quantity
    actual: Quantity
    values: tuple[Decimal, Decimal] | None
    units_differ: bool
    same_text: bool
    late: bool = False
    done_in_words: bool = False


def completion(indicator: Indicator) -> Completion:
    """The completion of one indicator row (domain rule: B/A for positive, A/B for reverse, 0 = full)."""
    target = _with_unit(parse_quantity(indicator.target.text), indicator.unit)
    actual = _with_unit(parse_quantity(indicator.actual.text), indicator.unit)
    if "水" in indicator.name:
        target, actual = _of_water(target), _of_water(actual)
    direction, exclusive = _direction(indicator, target)
    values = _values(target, actual)
    said = target.number is not None and actual.number is not None
    units_differ = said and (values is None or not count_alike(target.unit, actual.unit))
    wanted, got = _NOISE.sub("", indicator.target.text), _NOISE.sub("", indicator.actual.text)
    same = bool(wanted) and wanted == got
    in_words = bool(wanted) and _DONE.fullmatch(got) is not None
    if values is not None:
        ratio, met = ratio_of(*values, direction), is_met(*values, direction, exclusive)
        if met is False and ratio and ratio >= _ABOUT and _APPROXIMATE.search(indicator.target.text):
            met = None
        if _may_be_more(got, values):
            ratio, met = None, None
    else:
        ratio, met = None, True if same or in_words else None
    late = _after(target, actual)
    if late and not _FROM_THEN.search(wanted):
        return Completion(False, None, direction, target, actual, values, units_differ, same, late=True)
    return Completion(
        met, ratio, direction, target, actual, values, units_differ, same, done_in_words=in_words
    )


def _may_be_more(said: str, values: tuple[Decimal, Decimal]) -> bool:
    """Whether the target lies among what a result such as 1100余人次 may be: within one of its last written digit."""
    number = _AND_MORE.search(said)
    if number is None:
        return False
    shown = number[1].replace(",", "")
    digits = shown.replace(".", "").lstrip("0")
    significant = digits.rstrip("0") if "." not in shown else digits
    wanted, got = values
    return bool(significant) and got < wanted < got * (int(significant) + 1) / int(significant)


def _after(target: Quantity, actual: Quantity) -> bool:
    """Whether what was done came after the day it was due; a month or a year that holds that day says nothing."""
    quarters = [_QUARTER.fullmatch(_NOISE.sub("", said.text)) for said in (target, actual)]
    if all(quarters):
        return _QUARTERS.index(quarters[1][1]) % 4 > _QUARTERS.index(quarters[0][1]) % 4
    due, done = target.until, actual.until
    if due is None or done is None:
        due, done = (_DAY.fullmatch(_NOISE.sub("", said.text)) for said in (target, actual))
        if not (due and done):
            return False
        (month, day), (until, last) = ((int(m[1]), int(m[2] or 31)) for m in (done, due))
        return month > until or (month == until and done[2] is not None and day > last)
    said = dates_in_digits(actual.text)
    if done.year == due.year and not _SAYS_MONTH.search(said):
        return False
    if (done.year, done.month) == (due.year, due.month) and not _SAYS_DAY.search(said):
        return False
    return done > due


def is_cost(indicator: Indicator) -> bool:
    return "成本" in indicator.level1 or "成本" in indicator.level2


def _of_water(quantity: Quantity) -> Quantity:
    """A cubic metre of water is a ton of it."""
    thing = quantity.unit.lstrip("十百千万亿")
    volume = thing in ("立方米", "方")
    return quantity._replace(unit=quantity.unit.removesuffix(thing) + "吨") if volume else quantity


def _with_unit(quantity: Quantity, unit: str) -> Quantity:
    """A number without a unit is in the unit of its 度量单位 column."""
    if quantity.number is None or quantity.unit or not unit:
        return quantity
    if unit.strip().startswith(_PERCENT):
        return quantity._replace(unit="%", number=quantity.number / 100)
    # 元/年 in the column is answered by 6000元/年, which is read as 元.
    return quantity._replace(unit=unit.partition("/")[0].strip())


def _values(target: Quantity, actual: Quantity) -> tuple[Decimal, Decimal] | None:
    if target.number is None or actual.number is None:
        return None
    both = comparable(target, actual)
    if both is not None:
        return both
    if bool(target.unit) != bool(actual.unit):
        return _bare_beside(target, actual)
    if not measures(target.unit) and not measures(actual.unit):
        return comparable(
            target._replace(unit=_scale(target.unit)), actual._replace(unit=_scale(actual.unit))
        )
    return None


def _bare_beside(target: Quantity, actual: Quantity) -> tuple[Decimal, Decimal] | None:
    """One side names no unit: it is in the other's. Beside 100%, both 1 and 100 say the same."""
    unit = target.unit or actual.unit
    # Nothing is nothing in every unit.
    if unit not in _PERCENT or 0 in (target.number, actual.number):
        return _in_one_scale(target, actual, unit)
    known, bare = (target.number, actual.number) if target.unit else (actual.number, target.number)
    fraction = min(bare, bare / 100, key=lambda value: abs(value - known))
    if target.unit:
        return known, fraction
    # A target of 12 answered by 100% was no percentage.
    return (fraction, known) if fraction and known / 2 <= fraction <= known * 2 else None


def _in_one_scale(target: Quantity, actual: Quantity, unit: str) -> tuple[Decimal, Decimal]:
    """2.4万平方米 answered by 24600: the bare number may leave the 万 to the other one, or count without it."""
    times = _TIMES.get(unit[:1], 1) if len(unit) > 1 else 1
    if times == 1 or not target.number or not actual.number:
        return target.number, actual.number
    known, bare = (target.number, actual.number) if target.unit else (actual.number, target.number)
    smaller = bare / times
    near = min(bare, smaller, key=lambda value: abs((value / known).log10()))
    return (known, near) if target.unit else (near, known)


def measures(unit: str) -> bool:
    """Whether a unit measures (公里, 万元, %) and does not merely count (个, 处)."""
    return unit in _PERCENT or _MEASURES.fullmatch(unit) is not None


def beyond_by_a_little(done: Completion, limit: Decimal) -> bool:
    """Whether a small target was passed by what a share of it cannot measure, though beyond `limit` (a fraction):
    one thing more (2篇, 3篇), or no more points than the limit allows a rate of ten per cent (3%, 5%)."""
    if done.values is None:
        return False
    target, actual = done.values
    if done.target.unit in ("%", "‰"):
        return actual - target <= (limit - 1) * _SMALL_RATE
    counted = done.target.unit == done.actual.unit and not measures(done.target.unit)
    single = counted and not done.target.unit.startswith(_MULTIPLES)
    return single and target == int(target) and actual - target == 1


def _scale(unit: str) -> str:
    """The multiple of a counting unit alone (万件 → 万个), so that 件 and 个 compare."""
    return (unit[0] if len(unit) > 1 and unit[0] in "十百千万亿" else "") + "个"


def _direction(indicator: Indicator, target: Quantity) -> tuple[Direction, bool]:
    comparator = (
        indicator.nature.strip() if indicator.nature.strip() in _UPWARD + _DOWNWARD else target.comparator
    )
    if comparator in _UPWARD:
        return Direction.UP, comparator in _EXCLUSIVE
    if comparator in _DOWNWARD:
        return Direction.DOWN, comparator in _EXCLUSIVE
    if is_cost(indicator):
        return Direction.DOWN if target.unit not in _PERCENT else Direction.UNKNOWN, False
    if _SPAN.search(indicator.name) and _DURATION.fullmatch(target.unit):
        return Direction.DOWN, False
    if "时效" in indicator.level2 and _DURATION.fullmatch(target.unit):
        return Direction.UNKNOWN, False
    harm = _HARM.search(indicator.name) or _HARM.search(target.text)
    if target.number == 0 and harm and not _LESSENED.search(indicator.name):
        return Direction.DOWN, False
    return Direction.UNKNOWN if _REVERSE.search(indicator.name) else Direction.UP, False


def ratio_of(target: Decimal, actual: Decimal, direction: Direction) -> Decimal | None:
    """B/A for positive indicators, A/B for reverse ones, as a fraction; None where neither can be said."""
    if target == actual:
        return Decimal(1)
    if direction is Direction.UP and target > 0:
        return actual / target
    if direction is Direction.DOWN and actual > 0 and target:  # nothing cannot be divided
        return target / actual
    return None


def is_met(target: Decimal, actual: Decimal, direction: Direction, exclusive: bool = False) -> bool | None:
    """Whether the target was reached; None where its direction is not known."""
    if target == actual:
        return not exclusive
    if target < 0:
        return None  # a fall written as a negative rise: which way is better is not said
    if direction is Direction.UP:
        return actual > target
    if direction is Direction.DOWN:
        return actual < target
    return None
