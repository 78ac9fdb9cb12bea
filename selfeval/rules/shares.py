"""Shares in sentences: 占总支出的…%, …, 占…%, 为年度计划…的…%, 分别占…%、…%."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from selfeval.narration import Narration
from selfeval.pattern import Pattern
from selfeval.rules.ratios import (
    HUNDRED,
    Proportion,
    added,
    alike,
    clause,
    explained,
    lists_in,
    proportion,
    quotient,
)
from selfeval.statements import Figure, Passage, clean

_NAMED = Pattern(
    r"(?:占(?:比|到)?|为|完成|达到?|实现|相当于)(?P<whole>[^,;:。()\d]{2,20}?)的?(?:比例|比重)?(?:为|是|达到?|约)?$"
)
_SUBJECT = Pattern(r"^(?P<part>[^,;:。()\d]{2,14}?)占", needs="占")
_BARE = Pattern(r"(?:^|[,、])?占比?(?:例|重)?(?:约|达到?|为|是)?$")
_SHARED = Pattern("人数|户数|个数|数量|金额|面积|资金|所|仅|约|均|各")
_EACH = Pattern(
    r"(?:分别)?占(?:比|到)?(?:[^,;:。()、和与\d]{2,16}?的?)?(?:比例|比重|比)?(?:分别)?(?:为|是|达)?$",
    needs="占",
)
_OF = Pattern(r"^(?:\([\u4e00-\u9fff]{1,4}\))?的(?:比例|比重|比率)?(?:为|是)?$")
_JOINED = Pattern(r"^[、和及,]$")
_COMPARES = Pattern("较|比|增加|减少|增长|下降|[增减多少][收支]")
# What says that a figure is a total; without these words two totals of one thing bear one name.
_TOTALITY = Pattern(
    r"全年|年度|本年度?|当年|实际|部门|单位|总|合计|累计|决算|完成|金额|总额|总量|数|额|(?:19|20)?\d*年"
)
_ALL_OF_IT = Pattern("全年|总|合计|年度(?!目标|任务|计划)")
_BRACKETED = Pattern(r"[\u201c\u201d\"“”《》]")
_ANY_OF_THEM = ("预算", "目标", "计划", "任务")
_WHOLE_LIST = Decimal(15)
_GROUND = Pattern("(?:全[省市州县区镇国]|[省市州县区])(?:的?(?:比重|比例))?")
_FRACTION_OF = Pattern("预算|计划|任务|目标|指标|总额|合计|总")
# Many things of a section have one of these; only that of the same breath is meant.
_OF_EACH = Pattern(
    "(?:年初|全年|年度|当年|本年|调整后?|部门|批复|的)*(?:预算|计划|任务|目标)(?:数|值|指标|总额)?"
)
_LEADS_UP, _NUMBER = Pattern("(?:为|是|共|计|达到?|完成)+$"), Pattern("(?:金额|总?数|总?额|总量)$")
_LONG_NAME = 4


def share(passage: Passage, stated: Figure, words: str, every: Narration) -> Proportion | None:
    """What the percentage says is a share of something; None where part or whole is not said."""
    before = [f for f in passage.figures if f.start < stated.start and f.unit != "%"]
    if _in_turn(passage, stated, words):
        return None  # read with the others of its list
    if before and _OF.search(passage.text[before[-1].end : stated.start]):
        return _of_figure(passage, stated, before)
    if named := _NAMED.search(words):
        if not before and (subject := _SUBJECT.search(words)):
            return _of_subject(passage, stated, clean(subject["part"]), named["whole"], every)
        return _of_named(
            passage, stated, before, _BRACKETED.sub("", named["whole"]), named[0].startswith("占"), every
        )
    if _BARE.search(words):
        if before and passage.text[before[-1].end : stated.start].startswith("("):
            # 基本支出1860万元（占36.33%）: told of the figure before the bracket.
            stated = stated._replace(depth=before[-1].depth)
        return _of_list(passage, stated, before, every)
    return None


def shares_in_turn(passage: Passage, every: Narration) -> list[Proportion]:
    """A万元、B万元、C万元，分别占a%、b%、c%: each with the figure of its turn."""
    found: list[Proportion] = []
    figures = passage.figures
    for index, first in enumerate(figures):
        if first.unit != "%" or not _EACH.search(clause(passage.text, first.start)):
            continue
        run = _run(passage, first)
        if not _in_turn(passage, first, clause(passage.text, first.start)):
            continue
        before = [f for f in figures[:index] if f.unit != "%"]
        parts = before[-len(run) :]
        if len(parts) < 2 or len(parts) < len(run) or any(not alike(part, parts[0]) for part in parts):
            continue
        ahead = (*_figures_before(passage, every), *before[: -len(run)])
        wholes = [f for f in ahead if alike(f, parts[0]) and f.value >= max(p.value for p in parts)]
        together = added(parts)
        for part, stated in zip(parts, run, strict=True):
            pairs = [(part, whole) for whole in (together, *wholes)]
            found.append(proportion(passage, stated, f"{part.label}占比", pairs))
    return found


def _run(passage: Passage, first: Figure) -> list[Figure]:
    """The percentages of one breath: 31.2%、52.9%和15.9%."""
    run = [first]
    for figure in passage.figures[passage.figures.index(first) + 1 :]:
        if figure.unit != "%" or not _JOINED.search(passage.text[run[-1].end : figure.start]):
            break
        run.append(figure)
    return run


def _in_turn(passage: Passage, stated: Figure, words: str) -> bool:
    """Whether a share is one of several told in turn: 分别占…, or 占…的8%和92% behind amounts that 分别为…."""
    if "分别" in words:
        return _EACH.search(words) is not None
    index = passage.figures.index(stated)
    if not words:
        ahead = passage.figures[index - 1] if index else None
        return ahead is not None and ahead.unit == "%" and len(_run(passage, ahead)) > 1
    return (
        words.find("占") >= 0
        and _EACH.search(words) is not None
        and len(run := _run(passage, stated)) > 1
        and any("分别" in f.words for f in passage.figures[max(index - len(run), 0) : index])
    )


def _of_figure(passage: Passage, stated: Figure, before: list[Figure]) -> Proportion | None:
    """实际完成36公里，为计划30公里的120%."""
    whole = before[-1]
    if (
        before[1:]
        and _JOINED.search(passage.text[before[-2].end : whole.start])
        and _run(passage, stated)[1:]
    ):
        return None  # 完成任务20万亩、8万吨的105%、102%: each of its own turn
    # 占除120名临聘人员外60人的40%: what stands behind 占 tells of the whole.
    _, mark, inside = clause(passage.text, whole.start).rpartition("占")
    ahead = [f for f in before[:-1] if not mark or f.end < whole.start - len(inside)]
    parts = [f for f in ahead if alike(f, whole) and not f.rough and not _COMPARES.search(f.words)]
    if not parts or whole.rough or not whole.value:
        return None
    part = parts[-1]
    if part is not ahead[-1] and explained(stated, before, (part,)):
        return None
    if "超" in whole.words:
        way = quotient(part, whole)
        way = way._replace(formula=f"{way.formula} − 1", value=way.value - 1)
        return Proportion(passage.form.id, passage.at, "超额比例", stated, (way,))
    # 修复54件，其中金属21件、书画8件，完成计划60件的90%: the head of a list is told of as well as its last item.
    head = [f for f in parts if f.end <= passage.text.rfind("其中", 0, part.start)][-1:]
    name = f"{(*head, part)[0].label or part.label or part.subject}占{whole.label}"
    # 新建6座、改造9座，完成目标12座的125%: or of the whole list.
    together = [added(run) for run in lists_in(parts) if run[-1] is part]
    return proportion(passage, stated, name, [(f, whole) for f in (*head, part, *together)])


def _of_subject(
    passage: Passage, stated: Figure, name: str, whole: str, every: Narration
) -> Proportion | None:
    """基本支出占总支出的20.78%: both figures stand in other sentences of the section, each with one value."""
    section = [f for p in every.section(passage) if not p.planned for f in p.figures if f.unit != "%"]
    parts = [f for f in section if f.label == name and not f.rough]
    if len({(f.value, f.unit) for f in parts}) != 1:
        return None
    wholes = [f for f in _totals(section, parts[0], _BRACKETED.sub("", whole)) if f.value >= parts[0].value]
    if len({f.value for f in wholes}) != 1:
        return None
    return proportion(passage, stated, f"{name}占{whole}", [(parts[0], wholes[0])])


def _of_named(
    passage: Passage,
    stated: Figure,
    before: list[Figure],
    name: str,
    shared: bool,
    every: Narration,
) -> Proportion | None:
    beside = [f for f in before if f.depth == stated.depth and not _COMPARES.search(f.words)]
    part = _spoken_of(passage, stated, beside)
    if part is None or part.rough or not name or (not shared and not _FRACTION_OF.search(name)):
        return None
    if _GROUND.fullmatch(name):
        return None  # 占全省61.3%: of what is not said
    near = [*_figures_before(passage, every), *before]
    if _OF_EACH.fullmatch(name):
        near = said = _of_the_same_breath(passage, part, near)
    else:
        said = every.figures_by(_named, passage).get(_short(name), [])
    longer = _named_longer(near, part, name)
    same = [f for f in said if f is not part and alike(f, part) and f.value and _named(f) == _short(name)]
    wholes = [*longer, *(f for f in same if f not in longer)]
    # The year before and the budget have their shares too.
    shared = shared and not _FRACTION_OF.search(name)
    if shared and wholes and part.value > max(f.value for f in wholes):
        return None
    if not wholes:
        wholes = _totals(near, part, name)
        if not wholes and _ALL_OF_IT.search(name):
            section = [f for p in every.section(passage) for f in p.figures]
            wholes = _totals(section, part, name) or _totals(_whole_report(passage, every), part, name)
        if len({f.value for f in wholes}) != 1 or (shared and part.value > wholes[0].value):
            return None
        if explained(stated, before, (part,)):
            return None
    return proportion(passage, stated, f"{part.label or part.subject}占{name}", [(part, f) for f in wholes])


def _spoken_of(passage: Passage, stated: Figure, beside: list[Figure]) -> Figure | None:
    """The figure that a share is told of: the last one, or the one that the words before 占 name."""
    subject = _SUBJECT.search(clause(passage.text, stated.start))
    name = clean(subject["part"]) if subject else ""
    named = [f for f in beside if name and (f.label.startswith(name) or f.label.endswith(name))]
    return next(reversed(named or beside), None)


def _of_the_same_breath(passage: Passage, part: Figure, near: list[Figure]) -> list[Figure]:
    """What stands before a part and belongs to it: each thing of a list has a budget of its own."""
    begin = max(passage.text.rfind(sign, 0, part.start) for sign in (";", "。", "其中"))
    inside = [f for f in near if f in passage.figures and f.start > begin]
    # 占年度目标7.5亿元的51%；全年完成7.9亿元，占年度目标的105%: what is called a whole stays it.
    wholes = [f for f in near if f in passage.figures and f.start < begin and f.words.startswith("占")]
    return [*wholes, *inside] if begin >= 0 or len(inside) > 1 else near


def _named_longer(near: list[Figure], part: Figure, name: str) -> list[Figure]:
    """完成年初预算的98%, 占合同金额的46%: the nearest figure before it whose own name ends so."""
    wanted = _called(name)
    if len(wanted) < _LONG_NAME:
        return []
    ahead = [f for f in near if f is not part and alike(f, part) and f.value and not f.rough]
    return [f for f in ahead if _called(f.words).endswith(wanted) and not _COMPARES.search(f.words)][-1:]


def _called(words: str) -> str:
    return _NUMBER.sub("", _LEADS_UP.sub("", words.replace("的", "")))


def _of_list(passage: Passage, stated: Figure, before: list[Figure], every: Narration) -> Proportion | None:
    """支出合计…万元，其中基本支出…万元，占…%: the whole stands before the list or is its sum."""
    beside = [f for f in before if f.depth == stated.depth and not _COMPARES.search(f.words)]
    part = beside[-1] if beside else None
    # 占职工总数的45.3%；…，占22.1%: a whole that is named once holds for the shares behind it.
    if part is None or part.rough or part.depth or _names_a_whole(passage, stated):
        return None
    # 全年支出80万元，四季度占37.5%: the share of something whose own figure is not told.
    subject = _SHARED.sub("", clean(clause(passage.text, stated.start).partition("占")[0]))
    if subject and subject not in part.words:
        return None
    ahead = _figures_before(passage, every)
    listed = [f for f in passage.figures if alike(f, part) and not _COMPARES.search(f.words)]
    shared = [f for f in listed if _has_share(passage, f)]
    earlier = [f for f in ahead if alike(f, part) and not _COMPARES.search(f.words)]
    wholes = [f for f in listed if f.start < part.start and f not in shared] + earlier
    wholes = [f for f in wholes if f.value >= part.value and not f.rough]
    if not wholes and not _is_whole_list(passage, shared):
        return None
    if not shared[1:] and _counted_otherwise(passage, part, wholes):
        return None
    if explained(stated, listed, (part,)) or explained(stated, (*earlier, part), (part,)):
        return None
    name, listed_up = f"{part.label or part.subject}占比", [added(shared)] if shared else []
    if proportion(passage, stated, name, [(part, whole) for whole in (*listed_up, *wholes)]).holds:
        return None
    # The figure that the list belongs to stands right before it; without one the list is all there is.
    head = _head(passage, part, wholes) if wholes else listed_up[0]
    return proportion(passage, stated, name, [(part, head)])


def _counted_otherwise(passage: Passage, part: Figure, wholes: list[Figure]) -> bool:
    """分娩1864人；检查1263对，检出217人，占8.6%: what the part is of stands right before it in another unit."""
    begin = passage.text.rfind(";", 0, part.start)
    beside = [f for f in passage.figures if begin < f.start < part.start and f.unit != "%"]
    inside = any(f in passage.figures and f.start > begin for f in wholes)
    return begin >= 0 and bool(beside) and not alike(beside[-1], part) and not inside


def _is_whole_list(passage: Passage, shared: list[Figure]) -> bool:
    """Whether the shares of a list were meant to be all there is: together they come near 100%."""
    stated = [next(f for f in passage.figures if f.start > figure.start) for figure in shared]
    return len(shared) > 2 and abs(sum(f.value for f in stated) - HUNDRED) <= _WHOLE_LIST


def _names_a_whole(passage: Passage, stated: Figure) -> bool:
    return any(
        _NAMED.search(clause(passage.text, figure.start))
        for figure in passage.figures
        if figure.unit == "%" and figure.start < stated.start
    )


def _has_share(passage: Passage, figure: Figure) -> bool:
    """Whether a share of its own follows it: such figures are the parts of a list."""
    behind = next((f for f in passage.figures if f.start > figure.start), None)
    return (
        behind is not None
        and behind.unit == "%"
        and _BARE.search(clause(passage.text, behind.start)) is not None
    )


def _totals(figures: list[Figure], part: Figure, name: str) -> list[Figure]:
    wanted = _TOTALITY.sub("", name)
    if not wanted:
        return []
    same = wanted.__eq__ if wanted not in _ANY_OF_THEM else lambda said: said.endswith(wanted)
    named = [f for f in figures if same(_thing(f.words))]
    return [f for f in named if f is not part and alike(f, part) and f.value and _says_total(f)]


def _whole_report(passage: Passage, every: Narration) -> list[Figure]:
    """What the report says outside its projects, plans left out."""
    return [
        f
        for p in every.of(passage.form)
        if p.figures and not p.planned and "项目" not in p.at.part
        for f in p.figures
        if not f.depth
    ]


def _head(passage: Passage, part: Figure, wholes: list[Figure]) -> Figure:
    """The whole that a list names: the last figure before 其中, the largest where nothing is said."""
    mark = passage.text.rfind("其中", 0, part.start)
    ahead = [f for f in wholes if f in passage.figures and f.end <= mark] if mark >= 0 else []
    return ahead[-1] if ahead else max(wholes, key=lambda figure: figure.value)


def _figures_before(passage: Passage, every: Narration) -> tuple[Figure, ...]:
    before = every.before(passage)
    return before.figures if before else ()


def _named(figure: Figure) -> str:
    return clean(figure.label).removesuffix("决算").removesuffix("支出")


def _short(name: str) -> str:
    return clean(name).removesuffix("支出")


def _says_total(figure: Figure) -> bool:
    """A figure that names nothing of its own must be said to be the whole."""
    return not figure.generic or _TOTALITY.search(figure.words) is not None


@lru_cache(maxsize=4096)
def _thing(words: str) -> str:
    """What a total is of: 总支出 and 全年支出, 采购总额 and 实际采购 are one thing in other words."""
    return _TOTALITY.sub("", clean(words)).replace("执行", "支出")
