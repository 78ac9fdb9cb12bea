"""Rates in sentences: 执行率, 到位率, 控制率, 完成率, 合格率 and whatever else ends in 率 beside its figures."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from selfeval.narration import Narration
from selfeval.pattern import Pattern
from selfeval.rules.ratios import (
    Proportion,
    added,
    alike,
    explained,
    fits,
    lists_in,
    proportion,
    quotient,
    segment,
)
from selfeval.statements import MONEY, Figure, Passage, clean

_NAME = Pattern(r"(?P<name>[\u4e00-\u9fff]{0,10}?(?:率|满意度|进度|整改|完成|占比))(?:为|是|达到?|约|仅)?$")
_WHOLE = Pattern("预算|任务|编制|应|共|总|下达|计划|问题|申请|收到|受理|认定|目标|安排|发放|批复")
_DONE = Pattern(
    "实际|执行|支出|完成|完工|竣工|建成|到位|整改|处置|已|在职|在岗|实有|办结|使用|支付|解决|化解|回收|拨付"
)
_ADJUSTMENT = Pattern("(?P<down>调减|追减|压减|收回)|调增|追加|调整")
_AFTER = Pattern("调整后|调整预算|调整数")
_SPENDING = Pattern("执行率|支出率|支付率|使用率|拨付率|支出进度|执行进度|支付进度")
_TARGET = Pattern("^(?:年度|年初|全年|计划)?(?:目标|任务|计划)(?:数|值|任务)?(?:为|是)?$")
_COMPLETION = Pattern("完成率?|处置率|整改率?|任务.*率")
_BOUGHT = Pattern("实际采购|采购(?:金额|支出|完成)|完成采购")
_SPENT = Pattern("执行|支出|支付|使用|拨付|决算")
_BUDGET = Pattern("预算|总投资|合同|安排|下达|到位|批复|资金")
# 一般公共预算支出执行数 is no budget, whatever stands before.
_OUTCOME = Pattern("(?:(?<!预算)支出|执行|决算|使用|支付)(?:数|金额|总额|额)?(?:为|是|达)?$")
_DUE, _DONE_OF_DUE = (Pattern(f"{word}([缴收交征参检考到办发查建])") for word in ("应", "实"))
_ARRIVED = Pattern("到位")
_PLAN, _REAL = (
    Pattern("预算|计划|概算|控制价|限价|总投资|合同|安排|下达|批复"),
    Pattern("实际|成交|中标|决算"),
)
_VOLUME = Pattern("采购(?:规模|总?金额|总?额)")
_NOT_YET = Pattern("^[,、]?(?:尚|还)?未(?:支付|支出|执行|使用|拨付|支)?(?:资金|金额)?$")
_SAVED = Pattern("节约|节省|节余")
_POSTS, _STAFF = Pattern("编制"), Pattern("在职|在岗|实有|在编")
_ASKED = Pattern("基本满意|较满意|比较满意|较为满意|一般|非常满意|很满意")
_ASKED_OF = Pattern("问卷|调查|访问|抽样|抽检|抽查|检测|参加|参考|样本")
_ANSWERED, _PERSONS = Pattern("有效|回收|收回"), ("人", "名")
_RATE_FIRST = Pattern(
    "(?:其中|因此|即|[,:])*(?:该|本|我局|我单位|项目|部门|单位|整体|全年|年度|本年|当年|总体|综合|财政|预算|资金|基本|支出|人员|公用|经费|任务|目标|计划|实际)*(?:执行|支出|支付|使用|拨付|到位|完成)(?:率|进度)(?:为|是|达到?|:)?"
)
_NAMES_ANOTHER = Pattern(r"\d|项目|专项|工程|补[助贴]|中心|单位|部门|其中|[一二三四]是|年")
_YEARS, _INITIAL = Pattern(r"20\d\d(?=年)|上年|去年"), Pattern("年初")
_UNNAMED = Pattern(
    "该|本|我局|我单位|项目|部门|单位|全年|年度|年|当|月|实际|累计|已|截至|截止|[末底]|共计?|合计|总|预算|资金|经费|执行|支出|支付|使用|拨付|到位|完成|数|金?额|任务|了|为|是|达到?"
)
_TOTAL_BUDGET = Pattern(r"(?:全年|年度|调整后?)的?(?:部门)?(?:总)?预算(?:数|总额|安排)?$")
_COMPARES = Pattern("较|比|同比|增长|增加|减少|下降|提高|高于|低于|超|节约|结余|未")


def rate(passage: Passage, stated: Figure, words: str, every: Narration) -> Proportion | None:
    """The percentage beside the two figures that its name asks for; None where they are not said."""
    named = _NAME.search(words)
    if named is None or (_COMPARES.search(named["name"]) and "节约率" not in named["name"]):
        return None
    name = clean(named["name"]) or "完成率"
    near = [f for f in segment(passage, stated) if f.depth <= stated.depth]
    sentence = [
        f for f in passage.figures if f.start < stated.start and f.unit != "%" and f.depth <= stated.depth
    ]
    if any(f.rough for f in near):
        return None
    pairs = _pairs(name, near, sentence)
    if not pairs and near:
        pairs = _target_in_brackets(passage, stated, near[-1])
    if not pairs and not any(named["name"].endswith(word) for word in ("整改", "完成")):
        # Behind a semicolon another thing is spoken of.
        end = passage.text.find(";", stated.end)
        behind = [f for f in passage.figures if f.start > stated.start and f.unit != "%"]
        behind = [f for f in behind if end < 0 or f.start < end]
        pairs = _named_pairs(name, behind, behind)
        sentence = sentence + behind
    if not pairs and _SPENDING.search(name):
        pairs = _budget_before(near, passage, every) or _budget_elsewhere(near, passage, every)
    if not pairs and not sentence:
        sentence = list(_of_the_sentences_before(passage, stated, every))
        pairs = _alone(_pairs(name, sentence, sentence), sentence)
    pairs = [pair for pair in pairs if not _taken(pair, stated, name, passage)]
    # Any two figures beside it may be the ones meant: 到位率, 支付率 have other denominators.
    # A round percentage is explained by many a pair, so only the nearest figures may explain it.
    beside = near if "." not in stated.shown and all(f in near for pair in pairs for f in pair) else sentence
    if (
        not pairs
        or explained(stated, beside, (d for d, _ in pairs))
        or ("满意" in name and _ASKED.search(passage.text))
    ):
        return None
    before = [(d, w) for d, w in pairs if not _AFTER.search(w.words)]
    pairs += [(d, _adjusted(w, a)) for d, w in before for a in near if _adjusts(a) and alike(a, w)]
    return proportion(passage, stated, name, pairs)


def _taken(pair: tuple[Figure, Figure], stated: Figure, name: str, passage: Passage) -> bool:
    """按期完成168件，按期完成率97.1%，…，处置率100%: whether the figures are those of a rate told before it."""
    between = [f for f in passage.figures if pair[0].end <= f.start < stated.start and f.unit == "%"]
    # 满意93人，满意度93%，家长满意度90%: the same rate of others, whose figures are not told.
    return any(
        f.value != stated.value and (fits(f, quotient(*pair)) or _same_of_others(f, name)) for f in between
    )


def _same_of_others(told: Figure, name: str) -> bool:
    kind = clean(told.words)
    return (
        kind.endswith(("率", "满意度"))
        and name != kind
        and name.endswith(kind)
        and not _SPENDING.search(name)
    )


def _pairs(name: str, near: list[Figure], sentence: list[Figure]) -> list[tuple[Figure, Figure]]:
    """(done, whole) for a rate of this name."""
    if "预算控制率" in name or "调整率" in name:
        # Of the initial budget, what was added to it.
        wholes = [f for f in sentence if _INITIAL.search(f.words) and _BUDGET.search(f.words) and f.value]
        moved = [f for f in sentence if _ADJUSTMENT.search(f.words) and not _AFTER.search(f.words)]
        return [(moved[0], wholes[0])] if len(moved) == len(wholes) == 1 and moved != wholes else []
    if "控制率" in name and "三公" not in name:
        done = [f for f in sentence if _STAFF.search(f.words)]
        wholes = [f for f in sentence if _POSTS.search(f.words) and f.unit in ("人", "名", "个")]
        if done or wholes:
            return [(done[-1], wholes[0])] if done and wholes and wholes[0].value else []
        return _ordered(near, _SPENT, _BUDGET)  # “三公”经费预算A万元，支出B万元，控制率C%
    if "节约率" in name and (saved := [f for f in near if _SAVED.search(f.words)]):
        return _of_what_was_saved(saved[-1], near) or _of_what_was_saved(saved[-1], sentence)
    if "成新率" in name:
        net, gross = ([f for f in sentence if word in f.words] for word in ("净值", "原值"))
        return [(net[-1], gross[-1])] if net and gross else []
    if "到位" in name:
        return _ordered(near, _ARRIVED, _BUDGET) or _across(near, sentence, _ARRIVED, _BUDGET)
    if "采购" in name and (bought := _ordered(near, _BOUGHT, _BUDGET)):
        return bought
    if _SPENDING.search(name):
        if left := [f for f in near if _NOT_YET.match(f.words)]:
            # 支付A，未支B，支付率P: the two together are what there was.
            paid = [
                f for f in near if f.start < left[0].start and _SPENT.search(f.words) and alike(f, left[0])
            ]
            return [(paid[-1], added([paid[-1], left[0]]))] if paid else []
        return _ordered(near, _SPENT, _BUDGET) or _across(near, sentence, _SPENT, _BUDGET)
    if _COMPLETION.search(name):
        return _ordered(near, _DONE, _WHOLE) or _neighbours(near) or _across(near, sentence, _DONE, _WHOLE)
    return _named_pairs(name, near, sentence)


def _of_what_was_saved(saved: Figure, told: list[Figure]) -> list[tuple[Figure, Figure]]:
    """预算A，采购B，节约C, or 采购B，较计划节约C: the saving beside the nearest plan, or beside both together."""
    others = [f for f in told if alike(f, saved) and f.start < saved.start and not _SAVED.search(f.words)]
    plans = [
        f for f in others if _PLAN.search(f.words) and not _REAL.search(f.words) and f.value > saved.value
    ]
    if plans:
        return [(saved, plans[-1])]
    bought = [f for f in others if _REAL.search(f.words) or _VOLUME.search(f.words)]
    return [(saved, added([bought[-1], saved]))] if bought else []


def _across(
    near: list[Figure], sentence: list[Figure], done: Pattern, whole: Pattern
) -> list[tuple[Figure, Figure]]:
    """The whole may stand before a semicolon; what was done of it stands behind, where anything is counted there."""
    return [pair for pair in _ordered(sentence, done, whole) if not near or pair[0] in near]


def _target_in_brackets(passage: Passage, stated: Figure, done: Figure) -> list[tuple[Figure, Figure]]:
    """新增学位2520个，完成率105%（目标2400个）."""
    if not passage.text.startswith("(", stated.end):
        return []
    inside = [f for f in passage.figures if f.start > stated.end][:1]
    fitting = [f for f in inside if _TARGET.search(f.words) and alike(f, done) and f.value and not f.rough]
    return [(done, f) for f in fitting if f.depth == stated.depth + 1]


def _ordered(figures: list[Figure], done: Pattern, whole: Pattern) -> list[tuple[Figure, Figure]]:
    """Every figure of a whole before a figure of what was done."""
    wholes = [f for f in figures if whole.search(f.words) and f.value and not _adjusts(f)]
    wholes = [f for f in wholes if not _OUTCOME.search(f.words)]
    parts = [f for f in figures if done.search(f.words) and f is not figures[0]]
    pairs = [(d, w) for d in parts for w in wholes if d is not w and alike(d, w) and w.start < d.start]
    # Nearest first, and the budget of the whole year before the initial one.
    return sorted(pairs, key=lambda p: (-p[0].start, not _TOTAL_BUDGET.search(p[1].words), -p[1].start))


def _neighbours(near: list[Figure]) -> list[tuple[Figure, Figure]]:
    """森林抚育20亩，完成18亩，完成率90%: what was done right behind what it is held against."""
    if len(near) < 2:
        return []
    whole, part = near[-2:]
    fitting = alike(part, whole) and whole.value and _DONE.search(part.words)
    return [(part, whole)] if fitting and not _COMPARES.search(part.words) else []


def _named_pairs(name: str, near: list[Figure], sentence: list[Figure]) -> list[tuple[Figure, Figure]]:
    """收回问卷190份 of 发放200份 for 回收率: the part shares the rate's own word, the whole is larger."""
    core = name.rstrip("率度")[-2:]
    if len(core) < 2 or core in ("比例",):
        return []
    parts = [f for f in near if _bears(f, core)]
    if not parts:
        return _due(near)
    part = parts[-1]
    told = [f for f in sentence if f.start < part.start and alike(f, part)]
    if "满意" in name and part.unit in _PERSONS and not told:
        # 收回有效问卷288份，满意274人: each person answered one.
        told = [f for f in sentence if f.start < part.start and f.unit == "份" and _ANSWERED.search(f.words)]
    # 收到提案20件、建议30件，办结45件: all that a list of one breath counts.
    # More contented than were asked is a slip, whatever the rate.
    # 优良天数 of four quarters are what 全年优良天数 was added up from, and not what it is a share of.
    runs = (run for run in lists_in(told) if not any(_bears(f, core) for f in run))
    lists = (*told, *map(added, runs))
    earlier = [f for f in lists if f.value >= part.value or _ASKED_OF.search(f.words)]
    # Two figures that both bear the word: the second may be a part of the first (满意, 基本满意).
    if not earlier or any(f.start > part.start for f in near if alike(f, part)):
        return []
    # 人口86.4万人，…；65岁以上老年人健康管理9.28万人，管理率71.6%: a group of its own, the rate is that of the group.
    group = "".join(sign for sign in _UNNAMED.sub("", part.words) if sign not in name)
    if earlier[-1] not in near and len(group) > 1 and group not in earlier[-1].words:
        return []
    return [(part, earlier[-1])]


def _bears(figure: Figure, core: str) -> bool:
    return all(sign in figure.words for sign in core)


def _due(near: list[Figure]) -> list[tuple[Figure, Figure]]:
    """应缴360万元，实缴354.6万元，上缴率98.5%: what was due and what was done, told with one verb."""
    for part, whole in itertools.permutations(near, 2):
        due, done = _DUE.search(whole.words), _DONE_OF_DUE.search(part.words)
        if due and done and due[1] == done[1] and alike(part, whole) and whole.value:
            return [(part, whole)]
    return []


def _budget_before(near: list[Figure], passage: Passage, every: Narration) -> list[tuple[Figure, Figure]]:
    """The budgets of the sentence before, its 其中 left out, beside what was spent of them."""
    spent = [f for f in near if f.unit == MONEY and _SPENT.search(f.words)]
    before = every.before(passage)
    if len(spent) != 1 or before is None:
        return []
    cut = before.text.find("其中")
    said = [f for f in before.figures if f.unit == MONEY and not f.depth and (cut < 0 or f.start < cut)]
    # 年初预算800万元，调整后820万元: the second is that budget, too.
    wholes = [
        f
        for f in said
        if (_BUDGET.search(f.words) or _AFTER.search(f.words)) and not _OUTCOME.search(f.words) and f.value
    ]
    return [(spent[0], whole) for whole in wholes if not _adjusts(whole)]


def _budget_elsewhere(near: list[Figure], passage: Passage, every: Narration) -> list[tuple[Figure, Figure]]:
    """The annual budget that the report states once, in another sentence, beside what was spent of it."""
    spent = [f for f in near if f.unit == MONEY and _SPENT.search(f.words)]
    if len(spent) != 1 or not spent[0].words.startswith(("全年", "本年", "年度")):
        return []
    said = [
        f
        for p in every.of(passage.form)
        if not p.planned
        for f in p.figures
        if f.unit == MONEY and _TOTAL_BUDGET.search(f.words)
    ]
    return [(spent[0], said[0])] if len({f.value for f in said}) == 1 and said[0].value else []


def _of_the_sentences_before(passage: Passage, stated: Figure, every: Narration) -> Iterator[Figure]:
    """The figures of the two sentences before one that begins with its rate: 预算数A。执行数B。执行率为P%。

    Their places are counted through both."""
    begin = max(passage.text.rfind(sign, 0, stated.start) for sign in ",;:") + 1
    # 资金管理规范，预算执行率92%: what leads up to the rate names nothing that it could be the rate of.
    begin = 0 if _NAMES_ANOTHER.search(passage.text, 0, begin) else begin
    rate_of = _RATE_FIRST.match(passage.text, begin)
    if not rate_of or rate_of.end() != stated.start:
        return
    last = every.before(passage)
    first = every.before(last) if last else None
    told = [p for p in (first, last) if p and p.at.row >= passage.at.row - 4 and not p.planned]
    years = {year for p in told for year in _YEARS.findall(p.text)}
    if len(years) > 1 or years & {"上年", "去年"}:
        return
    named = (word for word in ("基本", "项目支出", "人员", "公用") if word in rate_of[0])
    if any(f.unit == "%" for p in told for f in p.figures) or any(
        word not in p.text for word in named for p in told
    ):
        return
    offset = 0
    for before in told:
        ahead = len(before.text.partition("其中")[0])
        said = (f for f in before.figures if f.start < ahead)
        yield from (f._replace(start=f.start + offset, end=f.end + offset) for f in said)
        offset += len(before.text)


def _alone(pairs: list[tuple[Figure, Figure]], said: list[Figure]) -> list[tuple[Figure, Figure]]:
    """The pairs where they leave no figure of their unit over: nothing else that is told can be meant."""
    used = {f.start for pair in pairs for f in pair}
    others = [f for f in said if f.start not in used and any(alike(f, part) for part, _ in pairs)]
    done = {part.start for part, _ in pairs}
    doubtful = others or len(done) > 1 or any(f.rough or f.depth for f in said)
    # Of the initial budget alone, what was added to it is not told.
    doubtful = doubtful or all(_INITIAL.search(whole.words) for _, whole in pairs)
    # 甲项目预算A。乙项目支出B: what was done bears a name of its own.
    named = [(_UNNAMED.sub("", part.words), whole.words) for part, whole in pairs]
    return [] if doubtful or any(name not in words for name, words in named) else pairs


def _adjusts(figure: Figure) -> bool:
    money = figure.unit == MONEY
    return money and _ADJUSTMENT.search(figure.words) is not None and not _AFTER.search(figure.words)


def _adjusted(whole: Figure, change: Figure) -> Figure:
    """The budget after its adjustment: 年初预算数 − 调减."""
    down = _ADJUSTMENT.search(change.words)["down"]
    value = whole.value - change.value if down else whole.value + change.value
    shown = f"（{whole.shown} {'−' if down else '+'} {change.shown}）"
    return whole._replace(value=value or whole.value, shown=shown)
