"""Averages in sentences: 平均每期30人次, 人均600元, 亩产450公斤 beside the total and the count that they come from."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import NamedTuple

from selfeval.pattern import Pattern
from selfeval.rules.ratios import half
from selfeval.statements import Figure, Passage

_SIGNS = ("均", "产")
_STOPS = Pattern("[;。]")
_PER_HEAD = Pattern(r"(?:^|[,、;(])(?:人均|平均每人)(?P<of>[\u4e00-\u9fff]{0,6})$")
_PER_EACH = Pattern(
    r"(?:^|[,、;(])平均每(?P<unit>[期场次户家个村台套班条件座所处项辆名亩]|公里)(?P<of>[\u4e00-\u9fff]{0,6})$"
)
_PER_MU = Pattern(r"(?:^|[,、;(])亩均(?P<of>[\u4e00-\u9fff]{0,6})$")
_PER_SHOW = Pattern(r"(?:^|[,、;(])(?P<unit>[场期])均(?P<of>[\u4e00-\u9fff]{0,6})$")
_PER_CAR = Pattern(r"(?:^|[,、;(])车均(?P<of>[\u4e00-\u9fff]{0,6})$")
_YIELD = Pattern(
    r"(?:^|[,、;(:])(?P<crop>[\u4e00-\u9fff]{0,8}?)(?:平均)?(?:亩产量?|单产|亩均产量?|每亩产量?)(?:水平)?(?:约|达到?|为|是)?$"
)
_PER_HOUSEHOLD = Pattern(r"(?:^|[,、;(])户均(?P<of>[\u4e00-\u9fff]{0,6})$")
_PER_TIME = Pattern(
    r"(?:^|[,、;(])(?:(?P<time>[日月])均|平均每(?P<each>[日天]|个?月)|每(?P<every>[日天]|个?月)平均)(?P<of>[\u4e00-\u9fff]{0,6})$"
)
_YEARLY = Pattern("全年|年度|本年|当年|^年")
# Who does not work the whole year, and sentences that name their own days.
_SEASONAL = Pattern(
    "学校|学期|在校|食堂|供[暖热]|采暖|汛期|季|开放|营业|开馆|运营|启用|投入使用|投用|以来|截至|起|工作日|高峰|假"
)
_OPEN_DAYS = Pattern("(?:开放|营业|开馆|运营|运行|工作|接待|服务|开园|生产)(?:时间|天数|日数)*(?:为|达|共)?$")
_MONTHS = (12,)
# The days of a year; closed one day a week, with or without the holidays; those of working weeks of five days.
_DAYS = (365, 366, *range(312, 315), *range(299, 303), *range(247, 254))
_PERSONS = ("人", "名", "人次", "户", "户次")
_MOVED = Pattern("较|比|提高|增加|增长|增产|减少|减产|下降|目标|任务|计划|占|其中")
# What crops grow on, and not what was built or rented.
_SOWN, _WORKED = (
    Pattern("种|播|栽|收获|面积|推广|[稻麦薯豆棉菜果茶药园]|玉米"),
    Pattern("建设|改造|流转|灌溉|治理|整治|保险|受灾"),
)
_HARVEST = Pattern("产|收")
_TIMES = ("天", "日", "个月", "个工作日")
_WEIGHT, _AREA = "吨", "亩"
_SCOPE = Pattern(r"全[省市州县区镇乡村国]|项目区|示范[区片]|核心区|基地")
_FILLER = Pattern("(?:费用|成本|支出|经费|金额|资金|投入)?(?:约|达到?|为)?$")
_HECTARE = Decimal(15)
# 每亩84元 is no total.
_RATE, _GAINED = Pattern("均|每"), Pattern("增|减|节")


def speaks_of_averages(text: str) -> bool:
    return any(sign in text for sign in _SIGNS)


class Average(NamedTuple):
    """A total in the unit of the average, the count that it is divided by, and how many of it make one.

    `sure`: nothing else can be meant."""

    total: Figure
    count: Figure
    per: Decimal
    sure: bool

    @property
    def value(self) -> Decimal:
        return self.total.value / self.count.value * self.per

    @property
    def formula(self) -> str:
        return f"{self.total.shown} ÷ {self.count.shown}"

    def slack(self, stated: Figure) -> Decimal:
        """What the rounding of all three may come to."""
        rounding = (half(self.total) * self.per + self.value * half(self.count)) / self.count.value
        return stated.step + rounding


def average(passage: Passage, index: int) -> Average | None:
    """What the figure at `index` is the average of; None where it is none or its figures are not told."""
    stated = passage.figures[index]
    words = _clause(passage, stated)
    if "产" in words and (found := _YIELD.search(words)):
        return _of_yield(passage, index, found["crop"])
    if "均" not in words:
        return None
    if found := _PER_TIME.search(words):
        return _of_time(
            passage, index, found["of"], months="月" in (found["time"] or found["each"] or found["every"])
        )
    named = _PER_EACH.search(words) or _PER_SHOW.search(words)
    if named:
        counted: tuple[str, ...] = (named["unit"],)
    elif named := _PER_CAR.search(words):
        counted = ("辆", "台")
    elif named := _PER_MU.search(words):
        counted = ("亩",)
    elif named := _PER_HOUSEHOLD.search(words):
        counted = ("户", "户次")
    elif named := _PER_HEAD.search(words):
        counted = _PERSONS
    else:
        return None
    return _of_count(passage, index, counted, named["of"])


def _of_count(passage: Passage, index: int, counted: tuple[str, ...], of: str) -> Average | None:
    stated = passage.figures[index]
    if of.startswith("月"):
        return None  # of a month, of which the total is told for a year
    # An average that was told before, and what stands in brackets, is neither total nor count.
    told = [f for f in passage.figures[:index] if not f.rough and f.depth <= stated.depth]
    earlier = [f for f in told if not _RATE.search(_clause(passage, f))]
    totals = [f for f in earlier if f.unit == stated.unit and f is not stated]
    counts = [f for f in earlier if f.unit in counted and f not in totals and f.value]
    if len(counts) > 2 and counts[0].value == sum(f.value for f in counts[1:]):
        counts = counts[:1]  # 举办24期，其中线上9期、线下15期
    ways = [Average(total, count, Decimal(1), True) for total, count in itertools.product(totals, counts)]
    if any(abs(way.value - stated.value) <= way.slack(stated) for way in ways):
        return None
    if len(ways) > 1:
        # 公务接待费3.26万元，公务接待41批次326人次: of one name.
        named = [
            way for way in ways if way.count.subject and way.count.subject.strip("国内") in way.total.words
        ]
        ways = named if len(named) == 1 else ways
    if len(ways) != 1:
        # Of several things that a sentence tells, the one behind the last semicolon is meant.
        begin = passage.text.rfind(";", 0, stated.start)
        ways = [way for way in ways if begin >= 0 and min(way.total.start, way.count.start) > begin]
        if len(ways) != 1:
            return None
    way = ways[0]
    between = passage.text[min(way.total.start, way.count.start) : stated.start]
    moved = _MOVED.search(f"{way.total.words}{way.count.words}{between}") or _STOPS.search(between)
    # 人均补助 of 发放补助…; 人均…元 of any money.
    thing = _FILLER.sub("", of)
    named = not thing or thing in way.total.words
    if not named and thing != of:
        return None  # 人均公用经费 beside 人员经费
    if not named and _GAINED.search(of):
        return None  # 人均增收 beside the whole output
    return way._replace(sure=named and not moved)


def _of_time(passage: Passage, index: int, of: str, *, months: bool) -> Average | None:
    """全年接待73000人次，日均200人次: what is told of the year, over its months or over days that may be meant."""
    stated = passage.figures[index]
    begin = max(passage.text.rfind(sign, 0, stated.start) for sign in ";。") + 1
    told = [f for f in passage.figures[:index] if f.start >= begin]
    told = [f for f in told if f.unit not in _TIMES]
    if not told or told[-1].unit != stated.unit or told[-1].rough or told[-1].depth != stated.depth:
        return None
    total = told[-1]
    if not _YEARLY.search(total.words) or _MOVED.search(total.words) or not stated.value:
        return None
    if _FILLER.sub("", of) not in total.words:
        return None  # 月均办结 of what was 受理
    if not months and (days := _own_days(passage, stated)):
        way = Average(total, days, Decimal(1), False)
        return None if abs(way.value - stated.value) <= way.slack(stated) else way
    if _SEASONAL.search(passage.text) or any(f.unit in _TIMES for f in passage.figures):
        return None
    name = "个月" if months else "天"
    ways = [
        Average(
            total, stated._replace(value=Decimal(n), shown=f"{n}{name}", step=Decimal(1)), Decimal(1), False
        )
        for n in (_MONTHS if months else _DAYS)
    ]
    return None if any(abs(way.value - stated.value) <= way.slack(stated) for way in ways) else ways[0]


def _own_days(passage: Passage, stated: Figure) -> Figure | None:
    """全年开放300天: the days that a sentence names before its daily average, where it names no others."""
    told = [f for f in passage.figures if f.unit in _TIMES]
    if len(told) != 1 or told[0].rough or told[0].unit not in _TIMES[:2] or told[0].start > stated.start:
        return None
    return told[0] if _OPEN_DAYS.search(told[0].words) and told[0].value else None


def _of_yield(passage: Passage, index: int, crop: str) -> Average | None:
    """种植2.4万亩，总产1.2万吨，亩产500公斤; the total may stand behind the yield."""
    figures, stated = passage.figures, passage.figures[index]
    if stated.unit != _WEIGHT:
        return None
    begin = max(passage.text.rfind(sign, 0, stated.start) for sign in ";。") + 1
    end = passage.text.find(";", stated.end)
    near = [f for f in figures if f.start >= begin and (end < 0 or f.start < end) and f is not stated]
    areas, totals = ([f for f in near if f.unit == unit] for unit in (_AREA, _WEIGHT))
    if len(areas) != 1 or len(totals) != 1:
        return None
    (area,), (total,) = areas, totals
    said = sorted((area, total, stated), key=lambda figure: figure.start)
    if any(f.rough or f.depth != stated.depth for f in said) or area is said[2] or not area.value:
        return None
    if not _SOWN.search(area.words) or _WORKED.search(area.words) or not _HARVEST.search(total.words):
        return None
    if _MOVED.search(passage.text, begin, said[2].start):
        return None
    crop = _SCOPE.sub("", crop)
    if crop and crop not in f"{area.words}{total.words}":
        return None
    # 项目区种植…, 全县总产…: what is told of another ground.
    grounds = [set(_SCOPE.findall(f.words)) for f in said]
    if any(ground - grounds[0] for ground in grounds[1:]):
        return None
    way = Average(total, area, Decimal(1), sure=True)
    per_hectare = way._replace(per=_HECTARE)
    if _of_hectare(passage, stated):
        return per_hectare
    # 单产 is told by the 亩 or by the 公顷.
    return None if abs(per_hectare.value - stated.value) <= per_hectare.slack(stated) else way


def _of_hectare(passage: Passage, stated: Figure) -> bool:
    return "公顷" in stated.words or passage.text.startswith(("/公顷", "每公顷"), stated.end)


def _clause(passage: Passage, figure: Figure) -> str:
    before = [f.end for f in passage.figures if f.end <= figure.start]
    return _STOPS.split(passage.text[before[-1] if before else 0 : figure.start])[-1]
