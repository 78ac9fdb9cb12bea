"""Totals in sentences that are so much for each: 每亩增收300元，1200亩，共增收36万元."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from selfeval.pattern import Pattern
from selfeval.rules.ratios import half
from selfeval.statements import Figure, Passage

_GAIN = "(?:节本增效|增收节支|增加收入|[增节]收|增产|增效|增值|节约|节支|节水|节电|节肥|节药|补贴|补助|发放)"
_TOTAL = Pattern(
    rf"(?:^|[,、;])(?:全年|年度|当年|20#*)?(?:共计?|合计|总计|总共?|一共)(?:可|实现|带动|发放)?(?P<gain>{_GAIN})(?:补助|补贴|津贴|资金|金额|成本|粮食|收入|达|为)*$",
    needs="共计总",
)
# 补助标准为每亩150元，补助面积2.4万亩，补助资金360万元
_FUNDS = Pattern(
    "^[,、](?:全年|共|共计|合计)*(?:(?:发放|支付|兑付)(?P<paid>补贴|补助|津贴)|(?:兑付|发放)资金|(?P<gain>补贴|补助|奖补|救助)(?:资金|金额|金))(?:资金|金)?(?:共|共计|合计|达|为)*$",
    needs="补助资贴",
)
_MONTHLY = Pattern("每人每月|人均每月|每月每人|每人月均|月人均|每人/月")
_DAILY = Pattern("每[人生]每[天日]|每[天日]每[人生]")
_WITH_MORE = ("(含", "(包", "(另", ",含", ",包含")
_DAYS = ("天", "日")
_YEARLY = Pattern("全年|年度|当年")
_MONTHS = Decimal(12)
_EACH = (
    (Pattern("(?:亩均|每亩)"), ("亩",)),
    (Pattern("(?:户均|每户)"), ("户", "户次")),
    (Pattern("(?:人均|每[人生](?!产))"), ("人", "名", "人次")),
)
_OTHER = Pattern("较|比|上年|去年|计划(?!生育)|目标|任务|其中|(?<!每)月|累计")


class Product(NamedTuple):
    """So much for each, the count, and whether the total follows right behind them."""

    each: Figure
    count: Figure
    sure: bool
    times: Decimal = Decimal(1)  # for how many months or days it is paid
    period: str = "个月"

    @property
    def value(self) -> Decimal:
        return self.each.value * self.count.value * self.times

    @property
    def formula(self) -> str:
        return f"{self.each.shown} × {self.count.shown}" + (
            f" × {self.times}{self.period}" if self.times > 1 else ""
        )

    def slack(self, stated: Figure) -> Decimal:
        """What the rounding of all three may come to; a total in whole 万元 is rounded to them."""
        loose = self.count.value * half(self.each) + self.each.value * half(self.count)
        return loose * self.times + stated.step / 2


def product(passage: Passage, index: int) -> Product | None:
    """What the total at `index` is made of; None where the sentence does not tell it."""
    figures, stated = passage.figures, passage.figures[index]
    named = _TOTAL.search(stated.words) or _FUNDS.search(_between(passage, index))
    begin = max(passage.text.rfind(sign, 0, stated.start) for sign in "。;") + 1
    if named is None or stated.depth or _OTHER.search(passage.text, begin, stated.start):
        return None
    if passage.text.startswith(_WITH_MORE, stated.end):
        return None
    gain = named.groupdict().get("paid") or named["gain"] or "补"
    told = [f for f in figures[:index] if f.start >= begin and not f.depth]
    ways = [
        (one, count)
        for each, units in _EACH
        for one in told
        if one.unit == stated.unit
        and each.search(one.words)
        and (gain in one.words or _MONTHLY.search(one.words))
        for count in told
        if count.unit in units and not each.search(count.words)
    ]
    if len(ways) != 1 or any(figure.rough for figure in ways[0]):
        return None
    between = passage.text[max(figure.end for figure in ways[0]) : stated.start]
    if _DAILY.search(ways[0][0].words):
        days = [f for f in told if f.unit in _DAYS and not f.rough]
        return Product(*ways[0], sure=True, times=days[0].value, period="天") if len(days) == 1 else None
    monthly = _MONTHLY.search(ways[0][0].words) is not None
    if monthly and not _YEARLY.search(named[0]):
        return None  # for how many months is not said
    made = Product(*ways[0], sure=len(between) <= len(named[0]) + 1, times=_MONTHS if monthly else Decimal(1))
    if monthly and stated.value < made.value:
        return None  # some have come or gone within the year; but none is paid for a thirteenth month
    return made


def _between(passage: Passage, index: int) -> str:
    """What stands between the figure before and this one."""
    return passage.text[passage.figures[index - 1].end : passage.figures[index].start] if index else ""
