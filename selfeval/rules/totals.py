"""Totals whose parts stand apart: expense classes by section, 合计 behind a list, 年初 + 追加 = 全年."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from selfeval.narration import Narration
from selfeval.pattern import Pattern
from selfeval.rules.lists import lists
from selfeval.rules.periods import by_period
from selfeval.rules.ratios import JOINING
from selfeval.rules.respective import in_turn
from selfeval.rules.sums import CLASSES, COMPARED, Sum
from selfeval.statements import MONEY, Figure, Passage

_CLASS = Pattern("|".join(f"({name})" for name in CLASSES))
_CLASS_RANGE = Decimal("0.05")
_BASIC = Pattern(r"(?:一般公共预算|财政拨款)*基本支出(?:决算|合计|总额)?(?:支出)?")
_PERSONNEL = Pattern(r"人员(?:经费|支出)(?:支出)?")
_OPERATING = Pattern(r"(?:日常)?公用(?:经费|支出)(?:支出)?")
_THREE = Pattern("三公经费(?:支出|决算|实际支出)*")
_PUBLICS = (
    Pattern("(?:公务用车|公车)(?:购置及)?运行(?:和)?(?:维护)?费(?:支出)?"),
    Pattern("公务接待费(?:支出)?"),
    Pattern("因公出国(?:境)?(?:费|费用|经费)(?:支出)?"),
    Pattern("(?:公务用车|公车)购置费(?:支出)?"),
)
_BUDGET = Pattern(r"(?:全年|年度|调整后?)(?:总)?预算(?:数|总额)?")
_NUMBERED = Pattern(r"\(?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[.、)](?!\d)")
_COLUMNS = (
    Pattern("预算(?:数|安排|资金|金额)?(?:为|共)?$"),
    Pattern("(?:支出|执行|使用|支付)(?:数|资金|金额)?(?:为|共|了)?$"),
)
_APART = Pattern("对?个人和?家庭|资本性|其他")
_BY_CLASS = Pattern(r"按[^,;:。\d]{2,8}?(?:分类|划分|分|来源|看)[,:]")
_TOTAL_NAME = Pattern("支出|收入|预算|资金|总|合计")
_TOTAL = Pattern(r"^[、,]?(?:以上|上述|各项|[两三四五]项)?(?:合计|共计|总计)[\u4e00-\u9fff]{0,6}$")
_TOTAL_SCORE = Pattern(
    "^[、,]?(?:自评|综合|合计|最终)?(?:总分|总得分|合计得分|得分合计|合计|总计|(?<=自评)得分|(?<=综合)得分)(?:为|共|共计)?$"
)
# What a total of points is made of, by the forms for units and by those for evaluating projects.
_SCORED = (
    tuple(map(Pattern, ("执行", "产出", "效益|效果", "满意"))),
    tuple(map(Pattern, ("决策|投入", "过程|管理", "产出", "效益|效果"))),
)
_GOT = Pattern("^[,、]?(?:实际|自评)?得分?$")
_TOGETHER = ("共", "总共")
_ALL_OF_THEM = ("共计", "合计", "总计")
_INITIAL = Pattern("年初")
# 追加32万元、追减2万元: a verb of its own.
_OWN_VERB = Pattern("^[、和及与](?:[追调][加增]|[追调核压]减|收回)")
_ADDED, _TAKEN = Pattern("追加|调增|新增|增加"), Pattern("调减|追减|核减|减少|收回|压减")
_CARRIED = Pattern("结转|结余")
_WHOLE_YEAR = Pattern(
    r"(?:全年|调整后?的?|调整)(?:部门)?(?:财政)?(?:总)?预算(?:数|总额|安排|资金)?(?:为|是|达到?|共计|:)*$"
)

# 较上年增加 and 同比减少 are no steps from the first budget to the last.
_BY_YEAR = Pattern(
    r"(?:同比|[较比与](?:上年|去年|上一?年度?|同期|20\d\d年))(?:[^,;:。]|(?<=\d),(?=\d)|(?<=相比),){0,24}?"
    r"(?:增加|减少|新增|压减)[^,;:。\d]{0,12}$"
)
# 比上年500万元减少15万元，其中基本支出增加3万元
_PART_OF_GROWTH = Pattern(
    r"(?:同比|[较比与](?:上年|去年|同期|20\d\d年))[^;。]*其中[^;。]*(?:增加|减少)[^,;:。\d]{0,12}$"
)
_REASON = Pattern("原因(?:主要)?(?:是|为|有|在于|包括|:)")
_LEFT = Pattern("未(?:执行|支出|使用|支付)|结余|结转下年")


def sums(said: Narration) -> Iterator[Sum]:
    """Every whole with parts, each once however often the same text stands in the filing."""
    seen: set[tuple] = set()
    for found in itertools.chain(
        by_period(said),
        in_turn(said),
        lists(said),
        _numbered(said),
        _by_section(said),
        _behind(said),
        _by_class(said),
        _budgets(said),
    ):
        key = (found.whole.value, tuple(sorted(part.value for part in found.parts)))
        if key not in seen:
            seen.add(key)
            yield found


def _by_section(every: Narration) -> Iterator[Sum]:
    """The classes of an expense that stand in sentences of their own, against the total of their section."""
    by_form = itertools.groupby((p for p in every if p.at.sentence), key=lambda passage: passage.form.id)
    for _, group in by_form:
        report = list(group)
        totals = [(f, p) for p in report for f in p.figures if _BASIC.fullmatch(f.label) and _plain(f)]
        for _, section in itertools.groupby(report, key=lambda passage: passage.at.part):
            said = [
                (f, p) for p in section for f in p.figures if f.depth == 0 and f.unit == MONEY and not f.rough
            ]
            yield from _natures(said)
            yield from _three_publics(said)
            yield from _classes(said, totals)


def _numbered(said: Narration) -> Iterator[Sum]:
    """4个项目支出3348万元。其中：1.甲预算…，支出…；2.乙…: as many numbered sentences as were counted."""
    for passage in said.figured:
        if not passage.at.sentence or not any(f.unit == "个" for f in passage.figures):
            continue
        section = [p for p in said.section(passage) if p.at.row > passage.at.row]
        rows = list(itertools.takewhile(lambda p: _NUMBERED.match(p.text), section))
        counted = [f for f in passage.figures if f.unit == "个" and f.value == len(rows) > 1]
        if not counted or any(f.rough for p in (passage, *rows) for f in p.figures):
            continue
        for column in _COLUMNS:
            wholes = [f for f in passage.figures if f.start > counted[0].start and _is_of(f, column)]
            parts = [[f for f in p.figures if _is_of(f, column)] for p in rows]
            if len(wholes) == 1 and all(len(some) == 1 for some in parts):
                yield _sum((wholes[0], passage), [(some[0], p) for some, p in zip(parts, rows, strict=True)])


def _is_of(figure: Figure, column: Pattern) -> bool:
    return _plain(figure) and not figure.depth and column.search(figure.words) is not None


def _natures(said: list[tuple[Figure, Passage]]) -> Iterator[Sum]:
    names = (_BASIC, _PERSONNEL, _OPERATING)
    found = [[pair for pair in said if name.fullmatch(pair[0].label)] for name in names] if said else [()]
    if all(len({f.value for f, _ in pairs}) == 1 for pairs in found):
        whole, *parts = (pairs[0] for pairs in found)
        rest = [f.value for f, _ in said if _APART.match(f.label)]
        result = _sum(whole, parts)
        gap = result.whole.value - result.total
        # Where these are told apart from 人员 and 公用 they belong to the sum.
        apart = [sum(some) for n in range(1, len(rest) + 1) for some in itertools.combinations(rest[:4], n)]
        if not any(abs(gap - value) <= result.tolerance for value in apart):
            yield result


def _three_publics(said: list[tuple[Figure, Passage]]) -> Iterator[Sum]:
    """三公经费8.46万元。公务用车运行维护费5.20万元，公务接待费3.26万元: each told once in the section."""
    spent = [(f, p) for f, p in said if not COMPARED.search(f.words) and "预算" not in p.text[: f.start]]
    found = [[pair for pair in spent if name.fullmatch(pair[0].label)] for name in (_THREE, *_PUBLICS)]
    told = [{f.value for f, _ in pairs} for pairs in found]
    whole, cars, reception, *others = told
    if len(whole) != 1 or len(cars) != 1 or len(reception) != 1 or any(len(values) > 1 for values in others):
        return
    first, *parts = (pairs[0] for pairs in found if pairs)
    if all(part[1].at.row >= first[1].at.row for part in parts):
        yield _sum(first, parts)


def _classes(said: list[tuple[Figure, Passage]], totals: list[tuple[Figure, Passage]]) -> Iterator[Sum]:
    first: dict[int, tuple[Figure, Passage]] = {}
    for pair in said:
        if (named := _CLASS.match(pair[0].label)) and not COMPARED.search(pair[0].label):
            first.setdefault(named.lastindex, pair)
    parts = [first[number] for number in sorted(first)]
    if len(parts) < 3:
        return
    parts += _beside_classes(said, parts)
    budgets = [pair for pair in said if _BUDGET.search(pair[0].words)]
    candidates = [_sum(whole, parts) for whole in totals + budgets]
    # They may be all that was spent, told beside the budget.
    every = candidates + [_sum(pair, parts) for pair in said if pair not in parts]
    if any(abs(c.total - c.whole.value) <= c.tolerance for c in every):
        return
    near = [c for c in candidates if abs(c.total - c.whole.value) <= c.whole.value * _CLASS_RANGE]
    yield from near[:1]


def _beside_classes(
    said: list[tuple[Figure, Passage]], parts: list[tuple[Figure, Passage]]
) -> list[tuple[Figure, Passage]]:
    """What the one list that tells all classes tells with them: 工资福利…，商品和服务…，对个人…，其他资本性支出6.5万元."""
    passage = parts[0][1]
    if any(other is not passage for _, other in parts):
        return []
    start = min(figure.start for figure, _ in parts)
    return [
        pair
        for pair in said
        if pair[1] is passage
        and pair[0].start > start
        and pair not in parts
        and pair[0].label
        and not COMPARED.search(pair[0].label)
    ]


def _sum(whole: tuple[Figure, Passage], parts: Iterable[tuple[Figure, Passage]]) -> Sum:
    places = tuple(dict.fromkeys(passage.at for _, passage in (whole, *parts)))
    return Sum(whole[1].form.id, places, whole[0], tuple(figure for figure, _ in parts), True)


def _behind(said: Narration) -> Iterator[Sum]:
    """中央40万元，省级20万元，合计60万元."""
    for passage in said.distinct:
        figures = passage.figures
        for whole in figures:
            if whole.rough or whole.unit == "%":
                continue
            if not _sums_up(whole):
                continue
            start = max(passage.text.rfind(sign, 0, whole.start) for sign in ";。")
            if whole.words in _ALL_OF_THEM and start == whole.start - len(whole.words) - 1:
                start = passage.text.rfind("。", 0, whole.start)  # 甲12万元；乙18万元；共计30万元
            ahead = passage.text[start + 1 : whole.start]
            if "其中" in ahead or (whole.words in _TOGETHER and "包括" not in ahead and "包含" not in ahead):
                continue
            parts = [
                f
                for f in figures
                if start < f.start < whole.start
                and f.unit == whole.unit
                and f.depth == whole.depth
                and f.label
                and not COMPARED.search(f.label)
            ]
            if whole.unit == "分" and not any(
                all(any(s.search(p.words) for p in parts) for s in scheme) for scheme in _SCORED
            ):
                continue  # points of some parts only
            # 产出50分得46.5分: what was got, not what could be got.
            got = [f for f in parts if whole.unit == "分" and _GOT.search(f.words)]
            if 2 * len(got) == len(parts):
                names = (f.label for f in parts if f not in got)
                parts = [f._replace(label=name) for f, name in zip(got, names, strict=True)]
            named = whole if whole.label else whole._replace(label="合计")
            tails = (parts[index:] for index in range(len(parts) - 1))
            candidates = [
                Sum(passage.form.id, (passage.at,), named, tuple(tail), complete=True)
                for tail in tails
                if not any(part.rough for part in tail)
            ]
            if (
                candidates
                and not any(c.holds for c in candidates)
                and whole.value not in [f.value for f in parts]
            ):
                yield candidates[0]


def _sums_up(whole: Figure) -> bool:
    """合计60万元, or 共60万元, which does so behind 包括."""
    if whole.unit == "分":
        return _TOTAL_SCORE.match(whole.words) is not None
    return whole.words in _TOGETHER or ("计" in whole.words and _TOTAL.match(whole.words) is not None)


def _by_class(said: Narration) -> Iterator[Sum]:
    """按支出功能分：…, …: all classes of a total that stands elsewhere in the section."""
    for passage in said.figured:
        mark = _BY_CLASS.search(passage.text) if passage.at.sentence else None
        if mark is None:
            continue
        parts = [f for f in passage.figures if f.start >= mark.end() and f.depth == 0 and _plain(f)]
        parts = [f for f in parts if f.label and not COMPARED.search(f.label)]
        section = [p for p in said.section(passage) if p is not passage]
        told = [(f, p) for p in section for f in p.figures if _plain(f) and f.depth == 0]
        if len(parts) < 2 or not told:
            continue
        sums = [_sum(pair, [(part, passage) for part in parts]) for pair in told]
        near = [s for s in sums if abs(s.total - s.whole.value) <= s.whole.value * _CLASS_RANGE]
        if not any(s.holds for s in near):
            yield from [s for s in near if _TOTAL_NAME.search(s.whole.words)][-1:]


def _budgets(said: Narration) -> Iterator[Sum]:
    """年初预算 + 追加 − 调减 = 全年预算, in one sentence or in the sentences of one section."""
    reports = [p for p in said if p.at.sentence]
    for _, group in itertools.groupby(reports, key=lambda passage: (passage.form.id, passage.at.part)):
        section = list(group)
        if not any("年初" in passage.text for passage in section):
            continue
        told = [found for passage in section if (found := _adjusted([passage]))]
        together = [] if told else [found for found in [_adjusted(section)] if found]
        yield from told
        # Told in several sentences, other changes may have been left out.
        yield from (found._replace(complete=False, listed=True) for found in together)


def _adjusted(passages: list[Passage]) -> Sum | None:
    kinds: dict[str, list[tuple[Figure, Passage]]] = {"initial": [], "change": [], "carried": [], "whole": []}
    for passage in passages:
        end, kind = 0, ""
        for figure in passage.figures:
            if figure.unit != MONEY or figure.depth:
                continue
            words, end = re.split("[;。]", passage.text[end : figure.start])[-1], figure.end
            listed = kind == "change" and words.startswith(JOINING) and not _OWN_VERB.search(words)
            if listed and not _WHOLE_YEAR.search(words):
                # 追加专项资金100万元、人员经费16万元: one verb for the whole list.
                sign = -1 if kinds[kind][-1][0].value < 0 else 1
                kinds[kind].append((figure._replace(value=sign * figure.value), passage))
                continue
            kind = ""
            if _no_adjustment(passage, figure, words):
                continue
            if _WHOLE_YEAR.search(words):
                kinds["whole"].append((figure, passage))
            elif _INITIAL.search(words):
                kinds["initial"].append((figure, passage))
            elif _TAKEN.search(words):
                kind = "change"
                kinds[kind].append((figure._replace(value=-figure.value, label="调减"), passage))
            elif _ADDED.search(words):
                kind = "change"
                kinds[kind].append((figure, passage))
            elif _CARRIED.search(words):
                kinds["carried"].append((figure, passage))
    sizes = {name: len({f.value for f, _ in pairs}) for name, pairs in kinds.items()}
    if sizes["initial"] != 1 or sizes["whole"] != 1 or not sizes["change"]:
        return None
    whole, parts = kinds["whole"][0], [kinds["initial"][0], *kinds["change"]]
    if any(figure.rough for figure, _ in (whole, *parts)):
        return None
    found = _sum(whole, parts)
    carried = kinds["carried"][:3]
    ways = [_sum(whole, [*parts, *some]) for n in (1, 2) for some in itertools.combinations(carried, n)]
    return None if found.holds or any(way.holds for way in ways) else found


def _no_adjustment(passage: Passage, figure: Figure, words: str) -> bool:
    """比上年700万元增加24万元, the reasons of it, and what was taken back of what was left at the end."""
    ahead = passage.text[: figure.start]
    left = "收回" in words and _LEFT.search(ahead)
    return bool(left or _BY_YEAR.search(ahead) or _PART_OF_GROWTH.search(ahead) or _REASON.search(ahead))


def _plain(figure: Figure) -> bool:
    return figure.unit == MONEY and not figure.rough
