"""Differences, averages and conversions in sentences: 比上年减少…, 结余…, 由…提高到…, 平均每期…, …公顷（…亩）."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from selfeval.filing import Position
from selfeval.narration import Narration
from selfeval.pattern import Pattern
from selfeval.rules.averages import average, speaks_of_averages
from selfeval.rules.equations import equations
from selfeval.rules.moves import moves
from selfeval.rules.products import product
from selfeval.rules.ratios import alike, fits, quotient
from selfeval.rules.years import two_years
from selfeval.statements import MONEY, Figure, Passage

_MOVED = Pattern(
    r"^[,、]?(?:[^,;:。\d]{0,12}?(?:较|比|与)[^,;:。\d]{0,10}?)?(?:同比|共|也|又)?(?:减少|下降|降低|压减|增加|增长|上升|提高|提升|[增减][收支]|多|少)了?$"
)
_GAP = Pattern("^[,、](?:两者|二者)?(?:差值|差额|相差|差异)(?:为|是)?$")
_BEYOND = Pattern(r"^[,、]?超(?:额|出|过)?(?:完成)?(?:年度|年初)?(?:目标|任务|计划)(?:值|数)?$")
_LEFT = Pattern(
    r"^[,、]?(?:年末|年底|当年|本年|当期|本期|资金|形成)?(?:结余|结转|结转结余|剩余|尚余|节余|节约|节省|未支出|未执行|未使用)(?:资金|金额)?(?:[到至]?(?:下一?年度?|次年)(?:使用)?)?$"
)
_LEFT_FIRST = Pattern(
    r"^(?:截至)?(?:#*末)?(?:年末|年底|当年|本年|项目)?(?:结余|结转|结转结余|结余结转|结转和结余|剩余|尚余)(?:资金|金额)?(?:为|共)?$"
)
_OF_ITS_OWN = Pattern(
    "全年|年度|本年|实际|累计|资金|预算|执行|支出|支付|使用|决算|拨付|完成|数|总?额|共|为|[,、]"
)
_STOCK = Pattern("年末|年底|累计|滚存")
_ADJUSTED_BY = Pattern(r"^[,、]?(?:(?:年中|全年|预算)*(?:调减|核减|追减|调增|追加|核增))(?:预算|资金)?了?$")
_BASE = Pattern(r"(?:^|[,、;])[^,;:。\d]{0,14}?(?:较|比|由|从|与)[^,;:。\d]{0,14}$")
_PLANNED, _BUDGET = Pattern("目标|任务|计划"), Pattern("预算|到位|下达|安排|收入|拨入|批复")
_SPENT = Pattern("支出|执行|使用|支付|决算|拨付|实际采购")
_OTHER_SOURCES = Pattern("上年|结转|年初结|追加|调[增减]")
_CAME_IN = Pattern("上年|年初结|以前年度|追加|调[增减]|收回|上缴|缴回")
_TAKEN_BACK = Pattern("收回|上缴|缴回|交回|退回")
_INITIAL, _ADJUSTED = Pattern("年初|年度预算"), Pattern("调整后|全年预算")
_STOPS = Pattern("[;。()]")
_POINTS = "个百分点"
_LESS_THAN_ONE = Decimal("0.99")
_AGAIN = Pattern(r"\((?:约?合|折合|即)?|,?(?:折合|即合?)")


_STAFF_UNITS = ("人", "名", "个")
_POSTS, _PEOPLE = Pattern("编制"), Pattern("在职|在编|在岗|实有|现有")
_NET = Pattern("^[,、]?(?:(?:固定)?(?:资产)?净[值额]|净资产(?:总额|合计)?|所有者权益)(?:为|共)?$")
_EQUITY, _ASSETS = (
    Pattern("净资产|所有者权益"),
    Pattern("(?:^|年末|期末|单位|我局|本级)资产(?:为|共)?$|资产(?:总额|总计|合计|总量)(?:为|共)?$"),
)
_OPENING = Pattern("(?:年初|上年|上年末).{0,4}(?:结[转余]|余额)")
_CLOSING = Pattern(
    "^[,、]?(?:年末|年底|本年末|期末)(?:累计|滚存)?(?:结转和?结余|结余结转|结余|结转|余额)(?:资金|金额)?(?:为|共)?$"
)
_VACANT = Pattern("^[,、]?(?:现有?|尚)?(?:空编|缺编|空缺编制|(?P<over>超编))(?:人数|数)?$")


class Difference(NamedTuple):
    """A stated figure beside what its figures make; `formula` says how. `loose`: what is not said may explain it."""

    form: str
    at: Position
    name: str
    stated: Figure
    formula: str
    value: Decimal
    slack: Decimal
    loose: bool = False

    @property
    def holds(self) -> bool:
        return abs(self.stated.value - self.value) <= self.slack


def differences(said: Narration) -> Iterator[Difference]:
    """Every stated change, remainder, average, conversion and written-out sum that its sentence lets compute."""
    seen: set[tuple] = set()
    for one in moves(said):
        yield Difference(
            one.passage.form.id,
            one.passage.at,
            "增减额",
            one.stated,
            one.formula,
            one.value,
            one.slack,
            loose=one.loose,
        )
    for passage in said.distinct:
        for sum_ in equations(passage):
            # Rounded or cut off at its last decimal; a whole one beyond that is another number.
            slack = sum_.stated.step * _LESS_THAN_ONE
            yield Difference(
                passage.form.id, passage.at, "算式结果", sum_.stated, sum_.formula, sum_.value, slack
            )
        averaged = speaks_of_averages(passage.text)
        for index, figure in enumerate(passage.figures):
            if figure.rough or not (index or averaged or _LEFT_FIRST.match(figure.words)):
                continue
            words = _words(passage, index)
            found = (
                _conversion(passage, index)
                or _moved(passage, index, words)
                or _gap(passage, index, words)
                or _balance(passage, index, words)
                or _left(passage, index, words)
                or _left_of_the_budget_before(passage, index, words, said)
                or _left_of_two_sentences(passage, index, words, said)
                or _net(passage, index, words)
                or _vacant(passage, index, words)
                or _product(passage, index)
                or (_average(passage, index) if averaged else None)
            )
            key = (found.name, found.stated.value, found.formula) if found else None
            if key and key not in seen:
                seen.add(key)
                yield found


def _moved(passage: Passage, index: int, words: str) -> Difference | None:
    """A，比上年B减少C; 由A提高到B，提高C个百分点; 目标A，完成B，超目标C."""
    figures, stated = passage.figures, passage.figures[index]
    if index < 2 or stated.unit == "%":
        return None  # a change in percent is a proportion
    beyond, adjusting = _BEYOND.match(words), _ADJUSTED_BY.match(words)
    if not (beyond or adjusting or _MOVED.match(words)):
        return None
    points = stated.unit == _POINTS
    pair = [f for f in figures[:index] if (f.unit == "%" if points else alike(f, stated))][-2:]
    if len(pair) < 2 or any(f.rough and not _BASE.search(_clause(passage, f)) for f in pair):
        return None
    first = pair[0]
    # The base says itself to be one: 比上年B, 由A, 目标A; else the two figures may have nothing in common.
    if not beyond and two_years(passage, pair):
        return _made(passage, stated, "差额", *sorted(pair, key=lambda figure: -figure.value))
    if beyond:
        fitting = _PLANNED.search(first.words) is not None
    elif adjusting:
        # 年初预算A，调整后B，调减C
        fitting = bool(_INITIAL.search(first.words) and "调整后" in pair[1].words)
    else:
        based = [f for f in pair if _BASE.search(_clause(passage, f))]
        adjusted = _INITIAL.search(first.words) and _ADJUSTED.search(pair[1].words) and "年初" in words
        own = len(based) == 1 and not _BASE.search(words.rstrip("减少下降低压增加长上升提高了收支多"))
        fitting = own or (not based and bool(adjusted))
    if not fitting or not _near(passage, first, stated):
        return None
    larger, smaller = sorted(pair, key=lambda figure: -figure.value)
    # 获奖126项，其中国家级18项、省级108项，较上年98项增加28项 goes on about the first.
    others = (f for f in figures[:index] if f.unit == pair[1].unit and f not in pair)
    if any(abs(other.value - pair[1].value) == stated.value for other in others):
        return None
    return _made(passage, stated, "差额", larger, smaller)


def _gap(passage: Passage, index: int, words: str) -> Difference | None:
    """支出2.05万元，年初预算2.95万元，差值0.9万元."""
    told = passage.figures[max(index - 2, 0) : index]
    stated = passage.figures[index]
    if len(told) < 2 or not _GAP.match(words) or any(f.rough or not alike(f, stated) for f in told):
        return None
    if not _near(passage, told[0], stated) or any(f.depth != stated.depth for f in told):
        return None
    return _made(passage, stated, "差额", *sorted(told, key=lambda figure: -figure.value))


def _left(passage: Passage, index: int, words: str) -> Difference | None:
    """预算A，支出B，结余C within one sentence, nothing else having come in."""
    figures, stated = passage.figures, passage.figures[index]
    if index < 2 or stated.unit != MONEY or not _LEFT.match(words.lstrip(",")):
        return None
    earlier = [f for f in figures[:index] if f.unit == MONEY and f.depth == stated.depth and not f.rough]
    if len(earlier) < 2 or _OTHER_SOURCES.search(passage.text[: figures[index - 1].end]):
        return None
    if any(
        abs(abs(a.value - b.value) - stated.value) <= stated.step
        for a, b in itertools.combinations(earlier, 2)
    ):
        return None
    taken = [f for f in earlier if _TAKEN_BACK.search(f.words)]
    earlier = [f for f in earlier if f not in taken]
    budgets = [f for f in earlier if _BUDGET.search(f.words) and not _SPENT.search(f.words)]
    budgets = budgets or _by_its_rate(figures[:index], earlier)
    spent = [f for f in earlier if _SPENT.search(f.words) and f not in budgets]
    budgets = budgets or [f for f in earlier if "预算支出" in f.words or "预算执行" in f.words]
    spent = [f for f in spent if f not in budgets]
    if not budgets or not spent or spent[-1].value > budgets[-1].value:
        return None
    found = _made(passage, stated, stated.label or "结余", budgets[-1], spent[-1])
    for back in taken:
        formula = f"{found.formula} − {back.shown}"
        found = found._replace(formula=formula, value=found.value - back.value)
    stock = _STOCK.search(words) is not None
    if stock and stated.value > found.value and not _ADJUSTED.search(budgets[-1].words):
        return None  # the balances of years before are in it
    # Where the sentence names one budget and what was spent of it, nothing else can be left.
    alone = len(earlier) == 2 and not taken and not stock and "收入" not in budgets[-1].words
    together = not _STOPS.search(passage.text, budgets[-1].start, stated.start)
    return found._replace(loose=not (alone and together))


def _by_its_rate(told: Sequence[Figure], earlier: list[Figure]) -> list[Figure]:
    """专项债券资金8000万元，已支出6800万元，支出进度85%: the rate says what the money was spent of."""
    rates = [f for f in told if f.unit == "%"]
    if len(rates) != 1 or len(earlier) != 2 or not _SPENT.search(earlier[1].words) or not earlier[0].value:
        return []
    return earlier[:1] if fits(rates[0], quotient(earlier[1], earlier[0])) else []


def _left_of_the_budget_before(
    passage: Passage, index: int, words: str, said: Narration
) -> Difference | None:
    """收入预算A。全年支出B，执行率P%，结余C: the budget stands in the sentence before, and P says that it is this one."""
    stated, before = passage.figures[index], said.before(passage)
    if not before or stated.unit != MONEY or not _LEFT.match(words.lstrip(",")):
        return None
    told = passage.figures[:index]
    spent = [f for f in told if f.unit == MONEY]
    rates = [f for f in told if f.unit == "%"]
    ahead = before.text.partition("其中")[0]
    budgets = [
        f for f in before.figures if f.unit == MONEY and f.end <= len(ahead) and _BUDGET.search(f.words)
    ]
    if len(spent) != 1 or len(rates) != 1 or not _SPENT.search(spent[0].words) or spent[0].rough:
        return None
    if _OTHER_SOURCES.search(passage.text[: spent[0].end]):
        return None
    meant = [b for b in budgets if b.value > spent[0].value and fits(rates[0], quotient(spent[0], b))]
    return _made(passage, stated, stated.label or "结余", meant[-1], spent[0]) if meant else None


def _left_of_two_sentences(passage: Passage, index: int, words: str, said: Narration) -> Difference | None:
    """全年预算数A。全年执行数B。年末结转结余C: each alone in its sentence, and nothing told of years before.

    What the year began with may be told elsewhere: a person decides."""
    stated = passage.figures[index]
    if index or stated.unit != MONEY or stated.depth or not _LEFT_FIRST.match(words):
        return None
    spending = said.before(passage)
    budget = said.before(spending) if spending else None
    if spending is None or passage.planned:
        return None
    if len(_money(spending)) == 2:
        told = _money(spending)
    elif budget is not None and len(_money(budget)) == len(_money(spending)) == 1:
        told = [*_money(budget), *_money(spending)]
    else:
        return None
    given, spent = told
    if any(f.rough or f.depth for f in told) or given.value < spent.value:
        return None
    if not _BUDGET.search(given.words) or _SPENT.search(given.words) or not _SPENT.search(spent.words):
        return None
    section = said.section(passage)
    if any(_CAME_IN.search(p.text) for p in section):
        return None
    # 甲项目预算A。乙项目支出B: what was spent bears a name of its own.
    if _OF_ITS_OWN.sub("", spent.words) not in given.words:
        return None
    return _made(passage, stated, stated.label or "结余", given, spent)._replace(loose=True)


def _money(passage: Passage) -> list[Figure]:
    return [f for f in passage.figures if f.unit == MONEY]


def _balance(passage: Passage, index: int, words: str) -> Difference | None:
    """年初结转A，收入B，支出C，年末结转D."""
    stated = passage.figures[index]
    # What was brought forward and taken back again is not there at the end.
    if stated.unit != MONEY or not _CLOSING.match(words) or _TAKEN_BACK.search(passage.text):
        return None
    told = [f for f in passage.figures[:index] if f.unit == MONEY and f.depth == stated.depth]
    if len(told) != 3 or any(f.rough for f in told) or not _OPENING.search(told[0].words):
        return None
    came, went = told[1:]
    if not ("收入" in came.words and _SPENT.search(went.words)) or "年初" in came.words + went.words:
        return None
    formula = f"{told[0].shown} + {came.shown} − {went.shown}"
    slack = max(f.step for f in (stated, *told)) if "." in stated.shown else Decimal(0)
    value = told[0].value + came.value - went.value
    return Difference(passage.form.id, passage.at, stated.label or "年末结余", stated, formula, value, slack)


def _net(passage: Passage, index: int, words: str) -> Difference | None:
    """固定资产原值A，累计折旧B，净值C."""
    stated = passage.figures[index]
    if stated.unit != MONEY or not _NET.match(words):
        return None
    told = [f for f in passage.figures[:index] if f.unit == MONEY and f.depth == stated.depth and not f.rough]
    gross = [f for f in told if "原值" in f.words]
    worn = [f for f in told if "折旧" in f.words or "摊销" in f.words]
    if _EQUITY.search(words):
        worn = [f for f in told if "负债" in f.words]
        gross = [f for f in told if _ASSETS.search(f.words)]
    return _made(passage, stated, "净值", gross[0], worn[0]) if len(gross) == len(worn) == 1 else None


def _vacant(passage: Passage, index: int, words: str) -> Difference | None:
    """编制60名，实有57名，空编3名."""
    stated = passage.figures[index]
    if stated.unit not in _STAFF_UNITS or not (named := _VACANT.match(words)):
        return None
    told = [f for f in passage.figures[:index] if f.unit in _STAFF_UNITS and f.depth == stated.depth]
    posts = [f for f in told if _POSTS.search(f.words)]
    # 其中管理岗位4名 says what the posts are made of.
    people = [f for f in told if f not in posts and _PEOPLE.search(f.words)]
    if len(posts) != 1 or len(people) != 1:
        return None
    larger, smaller = (people[0], posts[0]) if named["over"] else (posts[0], people[0])
    return _made(passage, stated, named[0].lstrip(",、"), larger, smaller)


def _average(passage: Passage, index: int) -> Difference | None:
    """举办36期，培训1080人次，平均每期30人次."""
    stated, found = passage.figures[index], average(passage, index)
    if found is None:
        return None
    return Difference(
        passage.form.id,
        passage.at,
        "平均数",
        stated,
        found.formula,
        found.value,
        found.slack(stated),
        loose=not found.sure,
    )


def _product(passage: Passage, index: int) -> Difference | None:
    """每亩增收300元，1200亩，共增收36万元."""
    stated = passage.figures[index]
    if (found := product(passage, index)) is None:
        return None
    return Difference(
        passage.form.id,
        passage.at,
        stated.label or stated.words,
        stated,
        found.formula,
        found.value,
        found.slack(stated),
        loose=not found.sure,
    )


def _conversion(passage: Passage, index: int) -> Difference | None:
    """12.4公顷（186亩）, 500吨（即50万公斤）: one amount in two units."""
    figures, stated = passage.figures, passage.figures[index]
    first = figures[index - 1]
    if not index or stated.unit != first.unit or stated.suffix == first.suffix or first.rough:
        return None
    if not _AGAIN.fullmatch(passage.text, first.end, stated.start):
        return None
    # 100万元（1000元/户) is another figure.
    if not passage.text.startswith((")", ",", ";", "。"), stated.end):
        return None
    # Each is rounded where its decimals end.
    slack = first.step / 2 + stated.step
    return Difference(passage.form.id, passage.at, "换算", stated, f"{first.shown} 换算", first.value, slack)


def _made(passage: Passage, stated: Figure, name: str, larger: Figure, smaller: Figure) -> Difference:
    rounded = [f.step for f in (larger, smaller, stated) if "." in f.shown]
    return Difference(
        passage.form.id,
        passage.at,
        name,
        stated,
        f"{larger.shown} − {smaller.shown}",
        larger.value - smaller.value,
        max(rounded, default=Decimal(0)),
    )


def _words(passage: Passage, index: int) -> str:
    """What stands between the figure before and this one, behind the last full stop, semicolon or bracket."""
    start = passage.figures[index - 1].end if index else 0
    return _STOPS.split(passage.text[start : passage.figures[index].start])[-1]


def _near(passage: Passage, first: Figure, stated: Figure) -> bool:
    """Whether no semicolon or full stop stands between."""
    return re.search("[;。]", passage.text[first.end : stated.start]) is None


def _clause(passage: Passage, figure: Figure) -> str:
    before = [f.end for f in passage.figures if f.end <= figure.start]
    return re.split("[;。]", passage.text[before[-1] if before else 0 : figure.start])[-1]
