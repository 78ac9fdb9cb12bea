"""Figures in sentences as values: what is counted, the number, its unit and place, and what kind of claim it is.

A sentence is cut at its punctuation; the words before a figure are its label, a label without a subject of
its own ("面积", "已整改到位") takes the subject before it. Nothing here judges; what is unclear has no label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from selfeval.filing import Filing, Form, FormKind, Position
from selfeval.labels import squash
from selfeval.pattern import Pattern

_MEASURES = (
    "个百分点|平方公里|平方千米|平方米|立方米|公顷|公里|千米|公斤|千克|吨|亩|人次|人日|户次|家次|场次|批次|处次|宗次|"
    "个工作日|个月|[个人户件家处宗项次场份台辆套本篇条例起批期班名位所座栋幢间张册株头只片村天日页笔栋万米分岁]"
)
_FIGURE = Pattern(
    rf"(?<!\d,)(?<![\d.:/〔\[第-])(?P<number>\d[\d,]*(?:\.\d+)?)(?P<rough>余|多)?(?P<unit>(?:[十百千万亿]*元|%|‰|[十百千万亿]*(?:{_MEASURES})|[万亿])?)"
    r"(?P<more>余|多|左右|以上|以下|以内|以外)?"
)
_DATE = Pattern(
    r"(?:19|20)\d{2}[-—–至~](?:(?:19|20)\d{2})年?度?|(?:19|20)\d{2}年?(?:\d{1,2}月(?:\d{1,2}[日号])?)?(?:[度底末初])?(?<=[年月日号度底末初])"
    r"|\d{1,2}月(?:\d{1,2}[日号])?|\d+[-—–~]\d+月|〔\d+〕\d*号?|\(\d{4}\)\d+号|第\d+|\d+:\d+"
    r"|[\u201c\"]?十[一二三四五]五[\u201d\"]?"
)
_NUMBERING = Pattern(r"^(?:\(\d{1,2}\)|\d{1,2}[.、](?!\d)|[①-⑳]|目标\d+[:、]|任务\d+[:、])")
_CUT = Pattern(r"[。;,:!?()]")
_ROUGH_BEFORE = Pattern(
    r"(?:约|近|超过?|突破|不低于|不少于|不高于|不超过|不大于|大于|小于|高于|低于|至少|达到?|≥|≤|>|<|控制在|减少到|增加到|由|从)$"
)
_BOUND = Pattern(r"(?:约|近|超过?|突破|不低于|不少于|不高于|不超过|不大于|大于|小于|高于|低于|至少|≥|≤|>|<)$")
_LEAD = Pattern(
    r"^(?:[、,;:的和及与]|其中|含|全年|本年度?|当年|年末|年底|末|截至|截止|至|共计?|累计|合计|总计|已经?|又|并|同时|分别|[一二三四五六七八九]是"
    r"|实际|主要|部门|我局|我单位|我州|我市|我县|本单位|本部门|局机关|全[州市县区省]|完成(?!率|度)|组织|开展|实现|通过|收到|依|达到?|均)+"
)
_TAIL = Pattern(
    r"(?:[、的]|共计|合计|总计|累计|总计|共|计|为|是|达到?|约|近|仅|有|数为|了|到|总数|数量|总额|金额|总量|超过|不超过|不低于|控制在|≥|≤|=)+$"
)
_SCOPE = Pattern(
    r"部监管|国家级|中央|省级|省厅|省定|州级|市级|县级|州本级|市本级|县本级|局本级|局机关|本级|全省|全州|全市|全县|全区|部门|县市|乡镇|[一-龥]{1,3}(?:县|市|区)(?=[一-龥])|验收|入库|下发|第三方"
)
_GENERIC = Pattern(
    r"(?:总?面积|资金|金额|数量|人数|成交价款|已?整改(?:到位)?|未整改(?:到位)?|已?处置|已?完成|已?到位|已?解决|已?办结|其中|占|增加|减少|同比|较.*|比.*|总投资|投资|预算数?|执行数?|支出|收入)?"
)
_BRACKETS = Pattern(r"\([^()]*\)")
_SENTENCE = Pattern(r"[^。！？!?\n]*[。！？!?]+|[^。！？!?\n]+")
_LONGEST = 4000

MONEY = "万元"
_MONEY_UNITS = {
    "元": Decimal("0.0001"),
    "千元": Decimal("0.1"),
    "万元": Decimal(1),
    "百万元": Decimal(100),
    "亿元": Decimal(10000),
    "千万元": Decimal(1000),
}
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_AREAS = {
    "公顷": ("亩", Decimal(15)),
    "平方公里": ("亩", Decimal(1500)),
    "平方千米": ("亩", Decimal(1500)),
    "千米": ("公里", Decimal(1)),
    "千克": ("公斤", Decimal(1)),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a sentence. `value` and `step` (its last shown decimal) are in `unit`: 万元, 亩, 公里, %, a measure word.

    `words` stand before it up to the last cut, `label` is those without year and filler, `subject` the last
    label that names something.
    `depth` counts the brackets around it; `rough` marks bounds and approximations (余, 约, 以上, 不低于).
    """

    label: str
    subject: str
    words: str
    clause: str
    value: Decimal
    step: Decimal
    unit: str
    shown: str
    start: int
    end: int
    depth: int
    rough: bool

    @property
    def generic(self) -> bool:
        """The label names nothing of its own (面积, 整改到位)."""
        return self.label != self.subject

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(_SCOPE.findall(self.clause))


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of a filing, white space taken out, with its place. `planned`: it states a goal, no result."""

    text: str
    at: Position
    form: Form
    planned: bool = False

    @property
    def figures(self) -> tuple[Figure, ...]:
        return figures(self.text)


def passages(filing: Filing) -> Iterator[Passage]:
    """Every sentence: report text, goals with their results, and running text on the cover."""
    for form in filing.forms:
        if not form.kind.judged:
            continue
        for sentence in form.sentences:
            section = sentence.at.part
            yield Passage(
                squash(sentence.text), sentence.at, form, "目标" in section and "完成" not in section
            )
        for wanted, got in form.goals:
            for cell, planned in ((wanted, True), (got, False)):
                for text in _cut(cell.text):
                    yield Passage(text, cell.at, form, planned)
        if form.kind is FormKind.COVER:
            for entry in form.entries:
                if "。" in entry.cell.text:
                    for text in _cut(entry.cell.text):
                        yield Passage(
                            text, entry.cell.at, form, "任务" in entry.label or "内容" in entry.label
                        )


def _cut(text: str) -> Iterator[str]:
    for match in _SENTENCE.finditer(text[: 50 * _LONGEST]):
        if said := squash(match[0]):
            yield said


@lru_cache(maxsize=8192)
def figures(text: str) -> tuple[Figure, ...]:
    """The figures of a squashed sentence in their order; dates, document numbers and ordinals are none."""
    if not any(c.isdigit() for c in text) or len(text) > _LONGEST:
        return ()
    hidden = _DATE.sub(lambda match: "#" * len(match[0]), text)
    numbering = _NUMBERING.match(hidden)
    if numbering:
        hidden = "#" * numbering.end() + hidden[numbering.end() :]
    depths = _depths(hidden)
    found: list[Figure] = []
    subject, previous = "", 0
    for match in _FIGURE.finditer(hidden):
        if not match["unit"] or hidden[match.end("number") : match.end("number") + 1] in ("、", ".", ":"):
            previous = match.end() if not match["unit"] else previous
            continue
        number = match["number"].rstrip(",")
        if not _grouped(number):
            continue
        start = match.start()
        between = hidden[previous:start]
        adjacent = bool(found) and not between
        clause = _clause(hidden, previous, start)
        label = found[-1].label if adjacent else clean(clause)
        if not label and not adjacent:
            label = _noun_behind(hidden, match.end())
        if label and not _GENERIC.fullmatch(label):
            subject = label
        unit, scale = base(match["unit"])
        value = Decimal(number.replace(",", ""))
        places = len(number.partition(".")[2])
        found.append(
            Figure(
                label=label,
                subject=subject,
                words=found[-1].words if adjacent else clause.replace("#", ""),
                clause=hidden[max(0, hidden.rfind("。", 0, start) + 1) : start][-60:],
                value=value * scale,
                step=scale * Decimal(1).scaleb(-places),
                unit=unit,
                shown=text[start : match.end("unit")],
                start=start,
                end=match.end(),
                depth=depths[start],
                rough=bool(match["rough"] or match["more"] or _BOUND.search(hidden[:start])),
            )
        )
        previous = match.end()
    return tuple(found)


def clean(label: str) -> str:
    """A label without brackets, year, counting words and the words that lead up to its figure."""
    said = _BRACKETS.sub("", label.replace("#", ""))
    said = re.sub(r"[\u201c\u201d\"“”《》'‘’]", "", said)
    return _TAIL.sub("", _LEAD.sub("", said))


def base(unit: str) -> tuple[str, Decimal]:
    """The unit in which figures are compared, and 1 of `unit` in it."""
    if unit in _MONEY_UNITS:
        return MONEY, _MONEY_UNITS[unit]
    scale = Decimal(1)
    while len(unit) > 1 and unit[0] in _SCALES and unit not in _AREAS:
        scale *= _SCALES[unit[0]]
        unit = unit[1:]
    name, factor = _AREAS.get(unit, (unit, Decimal(1)))
    return name, scale * factor


def _clause(hidden: str, previous: int, start: int) -> str:
    """The words between the last cut and the figure; a bracket right before the figure explains the label."""
    before = _BRACKETS.sub("", hidden[previous:start])
    cuts = list(_CUT.finditer(before))
    return before[cuts[-1].end() :] if cuts else before


def _noun_behind(hidden: str, end: int) -> str:
    """What is counted where the figure comes first: 12份申请政府信息公开."""
    match = re.match(r"[\u4e00-\u9fff]{4,24}", hidden[end:])
    return clean(re.split(r"均|都|已|全部|在|的", match[0])[0]) if match else ""


def _depths(text: str) -> list[int]:
    depth, found = 0, []
    for c in text:
        depth += c == "("
        found.append(depth)
        depth -= c == ")" and depth > 0
    return found


def _grouped(number: str) -> bool:
    """Whether the separators stand where thousands end; others may be decimal points and are not read."""
    whole = number.partition(".")[0]
    return "," not in whole or re.fullmatch(r"\d{1,3}(?:,\d{3})+", whole) is not None
