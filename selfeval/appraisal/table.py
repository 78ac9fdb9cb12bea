"""The table of points as policy data: items, bands of the judged ones, and what is wrong with a table.

The official example is 附件5 of 《岳阳市市级预算部门绩效自评操作规程》: 100 points in three sections.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

from selfeval.figures import plain
from selfeval.pattern import Pattern
from selfeval.policy_text import Reader

FULL = Decimal(100)
By = Literal[
    "notice", "notice_parts", "filed", "late", "sections", "attachments", "share", "level3", "clean", "person"
]
About = Literal["work", "report", "tables"]
# How an item is marked, in words.
BY_LABELS: dict[str, str] = {
    "notice": "按系统的通知记录计分",
    "notice_parts": "按系统所发通知的内容计分",
    "filed": "按报送情况计分",
    "late": "按逾期的工作日计分",
    "sections": "按自评报告缺少的部分计分",
    "attachments": "按缺少的附件计分",
    "share": "按没有这些问题的自评表所占比例计分",
    "level3": "按三级指标的填写情况计分，部分细化的由人评定",
    "clean": "没有这些问题的得满分，有的由人评定",
    "person": "由人评定",
}
ABOUT_LABELS: dict[str, str] = {"work": "组织工作", "report": "自评报告", "tables": "自评表"}
_COUNTED = ("notice_parts", "filed", "sections", "attachments")
_PAPERS = ("sections", "attachments", "share", "level3", "clean")
_BY_RULES = ("share", "clean")
_CODE = Pattern(r"[A-Z]\d\d")


class Band(NamedTuple):
    """What a judged item is worth, both ends included."""

    label: str
    minimum: Decimal
    maximum: Decimal

    @property
    def range(self) -> str:
        if self.minimum == self.maximum:
            return f"{plain(self.minimum)}分"
        return f"{plain(self.minimum)}—{plain(self.maximum)}分"


class Item(NamedTuple):
    """One line of the table. `standard` and `proof` are the words of the official table.

    by: how it is marked. each: points lost per missing part or unit. parts: what a notice must name, words
    between bars are alternatives. rules: the findings that count or, in a judged item, that are shown.
    about: what a person looks at. sections: words of the report's headings, whose text is shown.
    bands: where the score has to lie; `other` lets any score be given that a reason explains, "" not.
    """

    name: str
    level1: str
    level2: str
    points: Decimal
    standard: str
    proof: str
    by: By
    each: Decimal | None
    parts: tuple[str, ...]
    rules: tuple[str, ...]
    about: About
    sections: tuple[str, ...]
    bands: tuple[Band, ...]
    other: str

    @property
    def rests_on_filing(self) -> bool:
        """Whether what was filed is looked at, not only how the work was arranged."""
        return self.by in _PAPERS or (self.by == "person" and self.about != "work")


class Table(NamedTuple):
    """The whole table; without items a policy appraises nothing."""

    title: str
    items: tuple[Item, ...]

    def item(self, name: str) -> Item | None:
        return next((item for item in self.items if item.name == name), None)


def read_table(reader: Reader) -> Table:
    """The table from the section [appraisal] of a policy; mistakes are collected by the reader."""
    return Table(reader.text("title"), tuple(_item(row) for row in reader.rows("items")))


def _item(row: Reader) -> Item:
    return Item(
        name=row.text("name"),
        level1=row.text("level1"),
        level2=row.text("level2"),
        points=row.number("points"),
        standard=row.text("standard"),
        proof=row.optional_text("proof"),
        by=row.choice("by", tuple(BY_LABELS)),
        each=row.optional_number("each"),
        parts=row.optional_texts("parts"),
        rules=row.optional_texts("rules"),
        about=row.optional_choice("about", tuple(ABOUT_LABELS), "work"),
        sections=row.optional_texts("sections"),
        bands=tuple(
            Band(band.text("label"), band.number("minimum"), band.number("maximum"))
            for band in row.rows("bands", required=False)
        ),
        other=row.optional_text("other"),
    )


def contradictions(
    table: Table, *, late_maximum: Decimal, report_sections: Sequence[str], attachments: Sequence[str]
) -> list[str]:
    """What is wrong with a table whose fields are all there, as Chinese sentences."""
    if not table.items:
        return []
    mistakes = []
    total = sum((item.points for item in table.items), Decimal(0))
    if total != FULL:
        said = " + ".join(plain(item.points) for item in table.items)
        mistakes.append(f"[appraisal] 各项的 points 应合计 {plain(FULL)}，现为 {said} = {plain(total)}")
    names = [item.name for item in table.items]
    mistakes += [
        f"[appraisal] 有 {names.count(name)} 项的 name 都是“{name}”，应互不相同"
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    blocks = [key for key, _ in groupby((item.level1, item.level2) for item in table.items)]
    mistakes += [
        f"[appraisal] “{level1}”的“{level2}”分在几处，同一个二级指标的各项应连着写"
        for level1, level2 in dict.fromkeys(blocks)
        if blocks.count((level1, level2)) > 1
    ]
    wholes = [key for key, _ in groupby(item.level1 for item in table.items)]
    mistakes += [
        f"[appraisal] “{level1}”分在几处，同一个一级指标的各项应连着写"
        for level1 in dict.fromkeys(wholes)
        if wholes.count(level1) > 1
    ]
    wanting = {
        "late": (late_maximum > 0, "[lateness] 没有规定逾期扣分"),
        "sections": (bool(report_sections), "report_sections 没有列出自评报告应有的部分"),
        "attachments": (bool(attachments), "attachments 没有列出应附的材料"),
    }
    for item in table.items:
        here = f"[appraisal] “{item.name}”"
        mistakes += [f"{here}{mistake}" for mistake in _item_mistakes(item)]
        given, lack = wanting.get(item.by, (True, ""))
        if not given:
            mistakes.append(f'{here}的 by 为 "{item.by}"，而{lack}')
        if item.by == "late" and late_maximum > item.points:
            mistakes.append(
                f"{here}只有 {plain(item.points)} 分，[lateness] maximum 却最多扣 {plain(late_maximum)} 分"
            )
    return mistakes


def unknown_rules(table: Table, known: Collection[str]) -> list[str]:
    """Rule codes that no rule of the catalogue has, as Chinese sentences."""
    return [
        f"[appraisal] “{item.name}”的 rules 里没有编号为 {code} 的规则，见 selfeval rules list"
        for item in table.items
        for code in item.rules
        if code not in known
    ]


def _item_mistakes(item: Item) -> list[str]:
    mistakes = []
    if not item.points:
        mistakes.append("的 points 应大于 0")
    needs = (
        ("each", bool(item.each), item.by in _COUNTED, item.each is not None),
        ("parts", bool(item.parts), item.by == "notice_parts", bool(item.parts)),
        ("rules", bool(item.rules), item.by in _BY_RULES, False),
        ("bands", True, item.by == "person", bool(item.bands)),
        ("sections", True, item.by == "person", bool(item.sections)),
    )
    for key, filled, wanted, written in needs:
        if wanted and not filled:
            mistakes.append(f'的 by 为 "{item.by}"，应写明 {key}')
        elif written and not wanted:
            mistakes.append(f'的 by 为 "{item.by}"，不用写 {key}')
    mistakes += [
        f"的 rules 应是规则编号，例如 C06，现有“{code}”" for code in item.rules if not _CODE.fullmatch(code)
    ]
    return mistakes + _band_mistakes(item)


def _band_mistakes(item: Item) -> list[str]:
    mistakes = [
        f"的“{band.label}”一档应满足 0 ≤ minimum ≤ maximum ≤ {plain(item.points)}，"
        f"现为 {plain(band.minimum)} 和 {plain(band.maximum)}"
        for band in item.bands
        if not band.minimum <= band.maximum <= item.points
    ]
    labels = [*(band.label for band in item.bands), *([item.other] if item.other else [])]
    mistakes += [
        f"有 {labels.count(label)} 档都叫“{label}”，应互不相同"
        for label in dict.fromkeys(labels)
        if labels.count(label) > 1
    ]
    if item.other and not item.bands:
        mistakes.append("没有分档，不用写 other")
    ordered = sorted(item.bands, key=lambda band: band.minimum)
    for lower, upper in pairwise(ordered):
        if upper.minimum <= lower.maximum:
            mistakes.append(
                f"的“{lower.label}”（{lower.range}）与“{upper.label}”（{upper.range}）两档重叠，同一得分只能属于一档"
            )
    if item.bands and max(band.maximum for band in item.bands) < item.points:
        mistakes.append(f"的最高一档应到满分 {plain(item.points)} 分")
    return mistakes
