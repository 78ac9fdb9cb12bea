"""Results in words that stay below their target in words: 基本健全 for 健全, 合格 for 优良, Ⅳ类 for Ⅲ类.

Only words of one scale are compared; what has no plain order is not.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from selfeval.labels import squash
from selfeval.pattern import Pattern

# 基本达成 is a full result by the policies' own bands; of these states 基本 says that something is missing.
_HEDGED = Pattern(
    "(?:基本|部分|大致|大体|不够|不太|初步)(?=健全|完善|完备|规范|有效|满意|满足|合格|符合|达标|到位|落实|及时|合理|良好|齐全|"
    "畅通|稳定|正常|通畅|整洁|优良|建立|建成|形成)"
)
# Each scale from its best word on, with the steps that a word may stand for.
_SCALES = (
    {
        **dict.fromkeys(("优", "优秀"), (1, 1)),
        **dict.fromkeys(("优良", "好"), (1, 2)),
        **dict.fromkeys(("良", "良好", "较好", "比较好"), (2, 2)),
        **dict.fromkeys(("中", "中等", "合格", "及格", "一般"), (3, 3)),
        **dict.fromkeys(("差", "较差", "不合格", "不及格"), (4, 4)),
    },
    {
        **dict.fromkeys(("非常满意", "很满意"), (1, 1)),
        "满意": (1, 2),
        **dict.fromkeys(("较满意", "比较满意", "较为满意", "基本满意"), (3, 3)),
        **dict.fromkeys(("一般", "一般满意"), (4, 4)),
        **dict.fromkeys(("不满意", "较不满意", "不太满意"), (5, 5)),
    },
    {
        **dict.fromkeys(("显著", "明显", "有效", "高", "较明显", "较高", "较为明显"), (1, 2)),
        **dict.fromkeys(("一般", "不明显", "无效"), (3, 3)),
    },
    # 显著提升 and 有所提升: how much of one thing.
    {
        **dict.fromkeys(("显著", "明显", "大幅", "持续", "不断", "稳步"), (1, 1)),
        **dict.fromkeys(("有所", "略有", "基本"), (2, 2)),
    },
)
_END = Pattern("[。.;,!]+$")
# What is longer tells a story and no grade.
_LONGEST = 40
_AT_LEAST = Pattern("[及或含]?以上$")
_WRITINGS = ("Ⅰ I 一 1", "Ⅱ II 二 2", "Ⅲ III 三 3", "Ⅳ IV 四 4", "Ⅴ V 五 5")
_LEVELS = {writing: level for level, said in enumerate(_WRITINGS, 1) for writing in said.split()}
_CLASS = "(?P<worse>劣于?|[低次]于)?(?P<level>IV|I{1,3}|V|[ⅠⅡⅢⅣⅤ一二三四五1-5])类"
_WATER = Pattern(
    "(?:[≥≧>=]|地表水|国家|水环境|断面|总体|整体|水质|稳定|均|保持|维持|达到?|为|在|是|或|优于|及|不[低劣次]于)*"
    + _CLASS
    + "(?:[或及(]*(?:以上|更优|优于)[)]?|标准|水质|水体|地表水|水|目标|要求)*",
    needs="类",
)
_OF_WATER = Pattern("水|断面")


def shortfall(name: str, target: str, actual: str) -> str | None:
    """The words of a result that put it below its target; None where they do not, or say no order.

    `name` is the indicator's: only of water is Ⅳ类 worse than Ⅲ类 (GB 3838-2002).
    """
    wanted, whole = (_END.sub("", squash(text)) for text in (target, actual))
    # 基本健全，尚需完善: the first words are the result, the others explain it.
    for got in dict.fromkeys((whole, whole.partition(",")[0])):
        short = 0 < len(wanted) <= _LONGEST and 0 < len(got) <= _LONGEST
        if short and wanted != got and _below(name, wanted, got):
            return got
    return None


def _below(name: str, wanted: str, got: str) -> bool:
    hedge = _HEDGED.search(got)
    if hedge and got[: hedge.start()] + got[hedge.end() :] == wanted:
        return True
    if steps := next(_on_a_scale(_AT_LEAST.sub("", wanted), got), None):
        (_, lowest), (highest, _) = steps
        return highest > lowest
    if not _OF_WATER.search(f"{name}{wanted}{got}"):
        return False
    due, found = _class_of_water(wanted), _class_of_water(got)
    return bool(due and found) and found > due


def _on_a_scale(wanted: str, got: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The steps of two words of one scale that are all that differs: 效果明显 and 效果一般, 优良工程 and 合格工程."""
    head, tail = _in_common(wanted, got), _in_common(wanted[::-1], got[::-1])
    for first, last in itertools.product(range(head + 1), range(tail + 1)):
        word, other = wanted[first : len(wanted) - last], got[first : len(got) - last]
        yield from ((scale[word], scale[other]) for scale in _SCALES if word in scale and other in scale)


def _in_common(first: str, second: str) -> int:
    """How many signs both begin with."""
    pairs = zip(first, second, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _class_of_water(text: str) -> int | None:
    """1 for Ⅰ类 to 5 for Ⅴ类, 6 for 劣Ⅴ类; None for a text that is not one class alone."""
    match = _WATER.fullmatch(text)
    if match is None:
        return None
    level = _LEVELS[match["level"]]
    return level + 1 if match["worse"] else level
