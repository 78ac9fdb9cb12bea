"""Figures in sentences as values: what is counted, the number, its unit and place, and what kind of claim it is.

A sentence is cut at its punctuation; the words before a figure are its label, a label without a subject of
its own ("面积", "已整改到位") takes the subject before it. Nothing here judges; what is unclear has no label.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from selfeval.filing import Filing, Form, FormKind, Position
from selfeval.labels import squash_all
from selfeval.outlook import parts_ahead
from selfeval.pattern import Pattern
from selfeval.quantity import in_base

_MEASURES = (
    "个百分点|平方公里|平方千米|平方米|立方米|公顷|公里|千米|公斤|千克|斤|吨|亩|人次|人日|户次|家次|场次|批次|处次|宗次|"
    "个工作日|个月|册次|[个人户件家处宗项次场份台辆套本篇条例起批期班名位所座栋幢间张册株头只片村天日页笔栋万米分岁眼棵尾粒盏艘双箱袋块根幅]|对(?![应于照口外内比])|组(?![织成建长合])|平米|千瓦|兆瓦|部(?![门分队委署级])|空方|小时|课时|学时|剂次"
)
_FIGURE = Pattern(
    # The first digit comes first, what must not stand before it second: so the search leaps from digit to digit.
    rf"(?P<number>\d(?<!\d,\d)(?<!\d:\d)(?<![\d./〔\[第-]\d)[\d,]*(?:\.\d+)?)(?P<rough>余|多)?(?P<unit>(?:[十百千万亿]*元|%|‰|[十百千万亿]*(?:{_MEASURES})|[万亿])?)"
    r"(?P<more>余|多|左右|以上|以下|以内|以外)?"
)
_DATE = Pattern(
    # Whatever is no figure begins with one of these.
    r"(?=[\d〔(第\u201c\"十])(?:"
    r"(?:19|20)\d{2}[-—–至~](?:(?:19|20)\d{2})年?度?|(?:19|20)\d{2}年?(?:\d{1,2}月(?:\d{1,2}[日号])?)?(?:[度底末初])?(?<=[年月日号度底末初])"
    r"|\d{1,2}月(?:\d{1,2}[日号])?|\d+[-—–~]\d+月|〔\d+〕\d*号?|\(\d{4}\)\d+号|第\d+|\d+:\d+"
    r"|[\u201c\"]?十[一二三四五]五[\u201d\"]?)"
)
# 80-89岁 and 100岁以上 name a group.
_RANGE = Pattern(r"\d+[-—–~至]\d+(?:周?岁|分|级)(?!元)|\d{1,3}周?岁(?:及)?(?:以上|以下|以内)", needs="岁分级")
_PERIOD = Pattern(
    r"[上下]半年|前?[一二三四两]个?季度|1[-—至]\d{1,2}月|(?<!\d)\d{1,2}月(?=[底末份]|\d*[,，、完支累]|\d{1,2}[日号]前)|全年|年末|年底|年终|本年度?"
)
_PERIOD_SIGN = Pattern("月|半年|季度|全年|本年|年末|年底|年终")
_WHOLE_YEAR = Pattern("全年|年末|年底|年终|本年度?|1[-—至]12月|12月")
_NUMBERING = Pattern(r"^(?:\(\d{1,2}\)|\d{1,2}[.、](?!\d)|[①-⑳]|目标\d+[:、]|任务\d+[:、])")
_CUT = Pattern(r"[。;,:!?()]")
_BOUNDS = (
    *("约", "近", "超", "超过", "突破", "不低于", "不少于", "不高于", "不超过", "不大于"),
    *("大于", "小于", "高于", "低于", "至少", "≥", "≤", ">", "<"),
)
_LEAD = Pattern(
    r"^(?:[、,;:的和及与]|其中|含|全年|本年度?|当年|年末|年底|末|截至|截止|至|共计?|累计|合计|总计|已经?|又|并|同时|分别|[一二三四五六七八九]是"
    r"|实际|主要|是|部门|我局|我单位|我州|我市|我县|本单位|本部门|局机关|全[州市县区省]|完成(?!率|度)|组织|开展|实现|通过|收到|依|达到?|均)+"
)
_TAIL = Pattern(
    r"(?:[、的]|共计|合计|总计|累计|总计|共|计|为|是|达到?|(?<![节签预])约|近|仅|有|数为|了|到|总数|数量|总额|金额|总量|超过|不超过|不低于|控制在|≥|≤|=)+$"
)
_TAIL_SIGNS = "、的共计合总累为是达到约近仅有数了量额金超过不低于控制在≥≤="
_SHIELD = str.maketrans("0123456789", "".join(map(chr, range(0xE000, 0xE00A))))
_UNSHIELD = {shielded: digit for digit, shielded in _SHIELD.items()}
# Words that end like an approximation and are none.
_NO_BOUNDS = ("节约", "签约", "预约", "附近", "最近", "临近")
_GENERIC = Pattern(
    r"(?:总?面积|资金|金额|数量|人数|成交价款|已?整改(?:到位)?|未整改(?:到位)?|已?处置|已?完成|已?到位|已?(?:支付|拨付|使用)|已?解决|已?办结|其中|占|增加|减少|同比|较.*|比.*|总投资|投资|预算数?|执行数?|支出|收入)?"
)
_BRACKETS = Pattern(r"\([^()]*\)")
_QUOTES = Pattern(r"[\u201c\u201d\"《》'‘’]")
_NOUN = Pattern(r"[\u4e00-\u9fff]{4,24}")
_NOUN_END = Pattern(r"均|都|已|全部|在|的")
_THOUSANDS = Pattern(r"\d{1,3}(?:,\d{3})+")
_DIGIT = Pattern(r"\d")
_SENTENCE = Pattern(r"[^。！？!?\n]*[。！？!?]+|[^。！？!?\n]+")
_LONGEST = 4000
_LONGEST_CELL = 60

MONEY = "万元"
# A section that tells what came of the goals.
_ACHIEVED = Pattern("完成|实现|达成|达标|落实|执行|偏离|自评|评价|分析")
# A number may end in these without being money.
_BARE = ("万", "亿")
_SIGNS, _MONEY_SAID = (
    (",", ";", "。", "、", "("),
    Pattern(
        "(?:资金|经费|支出|收入|预算|决算|金额|投资)(?:决算|支出|安排|到位|下达|累计|完成|数|总?额|合计|共计|总计|共|为|达|是|约|计)*$"
    ),
)


class Figure(NamedTuple):
    """A number in a sentence. `value` and `step` (its last shown decimal) are in `unit`: 万元, 亩, 公里, %, a measure word.

    `words` stand before it up to the last cut, `label` is those without year and filler, `subject` the last
    label that names something.
    `depth` counts the brackets around it; `rough` marks bounds and approximations (余, 约, 以上, 不低于).
    """

    label: str
    subject: str
    words: str
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
    def suffix(self) -> str:
        """The unit as it is written: 亿元 where `unit` is 万元."""
        return self.shown.lstrip("0123456789.,")

    @property
    def scale(self) -> Decimal:
        """One of `suffix` in `unit`."""
        places = len(self.shown.removesuffix(self.suffix).partition(".")[2])
        return self.step.scaleb(places)


class Passage(NamedTuple):
    """A sentence of a filing, white space taken out, with its place. `planned`: it states a goal, no result."""

    text: str
    at: Position
    form: Form
    planned: bool
    figures: tuple[Figure, ...]


def passages(filing: Filing) -> Iterator[Passage]:
    """Every sentence: report text, goals with their results, and running text on the cover."""
    said = [(*told, form) for form in filing.forms if form.kind.judged for told in _sentences(form)]
    # Cover, forms and report say the same in the same words.
    once = list(dict.fromkeys(text for text, *_ in said))
    read = {
        text: (squashed, figures(squashed)) for text, squashed in zip(once, squash_all(once), strict=True)
    }
    for text, at, planned, form in said:
        squashed, found = read[text]
        # A cell is cut at its line breaks and may leave nothing; a sentence of a report keeps its number.
        if squashed or at.sentence:
            yield Passage(squashed, at, form, planned, found)


def _sentences(form: Form) -> Iterator[tuple[str, Position, bool]]:
    """The sentences of a form as filed, where they stand and whether they state a goal."""
    ahead = parts_ahead(form.headings, form.year) if form.sentences else ()
    for sentence in form.sentences:
        section = sentence.at.part
        goal = ("目标" in section or "工作任务" in section) and not _ACHIEVED.search(section)
        yield sentence.text, sentence.at, goal or section in ahead
    for wanted, got in form.goals:
        for cell, planned in ((wanted, True), (got, False)):
            for text in _cut(cell.text):
                yield text, cell.at, planned
    for label, _, cell in form.remarks:
        goal = "目标" in label and not _ACHIEVED.search(label)
        for text in _cut(cell.text):
            yield text, cell.at, goal
    if form.kind is FormKind.COVER:
        for entry in form.entries:
            if "。" in entry.cell.text:
                for text in _cut(entry.cell.text):
                    yield text, entry.cell.at, "任务" in entry.label or "内容" in entry.label


def _cut(text: str) -> list[str]:
    return _SENTENCE.findall(text[: 50 * _LONGEST])


def figures(text: str) -> tuple[Figure, ...]:
    """The figures of a squashed sentence in their order; dates, document numbers and ordinals are none."""
    if len(text) > _LONGEST or not _DIGIT.search(text):
        return ()
    return _figures_of_a_cell(text) if len(text) <= _LONGEST_CELL else _figures(text)


def _figures(text: str) -> tuple[Figure, ...]:
    hidden = _DATE.sub(lambda match: "#" * len(match[0]), text)
    shielded = "岁" in hidden or "-" in hidden
    if shielded:
        hidden = _RANGE.sub(lambda match: match[0].translate(_SHIELD), hidden)
    numbering = _NUMBERING.match(hidden)
    if numbering:
        hidden = "#" * numbering.end() + hidden[numbering.end() :]
    found: list[Figure] = []
    subject, previous = "", 0
    depth, measured = 0, 0
    for match in _FIGURE.finditer(hidden):
        shown, number, rough, unit, more = match.group(0, "number", "rough", "unit", "more")
        start, end = match.span()
        if not unit or hidden[match.end("number")] in "、.:":
            previous = end if not unit else previous
            continue
        if "," in number:
            number = number.rstrip(",")
            if not _grouped(number):
                continue
            number = number.replace(",", "")
        between = hidden[previous:start]
        if between or not found:
            words = _clause(between).replace("#", "")
            if shielded:
                words = words.translate(_UNSHIELD)
            label = clean(words) or _noun_behind(hidden, end)
        else:
            label, words = found[-1].label, found[-1].words
        if unit in _BARE and hidden[end : end + 1] in _SIGNS and _MONEY_SAID.search(words):
            unit += "元"  # 安排资金1920万。 says what it is of
        if label and not _GENERIC.fullmatch(label):
            subject = label
        depth, measured = _depth(hidden, measured, start, depth), start
        unit, scale, step = _measure(unit, len(number.partition(".")[2]))
        value = Decimal(number) * scale
        shown = shown.removesuffix(more) if more else shown
        bound = bool(rough or more) or _is_bound(hidden, start)
        # By position: a report has hundreds.
        found.append(Figure(label, subject, words, value, step, unit, shown, start, end, depth, bound))
        previous = end
    return tuple(found)


# Several rules ask for the targets and results of the same indicators.
_figures_of_a_cell = lru_cache(maxsize=4096)(_figures)


def about(text: str, figure: Figure) -> tuple[Decimal, Decimal] | None:
    """Between what a figure said with 余, 多 or 近 lies: within one of its last written digit; None for every other."""
    number = figure.shown.removesuffix(figure.suffix).replace(",", "")
    behind = text[figure.start + len(figure.shown.removesuffix(figure.suffix)) : figure.end]
    more = behind.startswith(("余", "多")) or behind.endswith(("余", "多"))
    nearly = text.endswith("近", 0, figure.start) and not text.endswith(_NO_BOUNDS, 0, figure.start)
    if more is nearly or not figure.value:
        return None
    zeros = 0 if "." in number else len(number) - len(number.rstrip("0"))
    width = figure.step.scaleb(zeros)
    return (figure.value, figure.value + width) if more else (figure.value - width, figure.value)


def _is_bound(hidden: str, start: int) -> bool:
    # 完成420座，超5%: by so much beyond what was said before, and no bound.
    if hidden.startswith("超", start - 1) and hidden[max(start - 2, 0) : start - 1] in ",;、(":
        return False
    return hidden.endswith(_BOUNDS, 0, start) and not hidden.endswith(_NO_BOUNDS, 0, start)


def transposed(first: str, second: str) -> bool:
    """Whether one figure has the digits of the other in another order (702.4 and 720.4): a slip of the pen, seldom chance."""
    here, there = ("".join(filter(str.isdigit, shown)) for shown in (first, second))
    return len(here) > 2 and here != there and sorted(here) == sorted(there)


@lru_cache(maxsize=2048)
def of_part_of_the_year(text: str, start: int) -> bool:
    """Whether the figure at `start` is told of some months only: 上半年支出…; the nearest word decides."""
    if not _PERIOD_SIGN.search(text):
        return False
    begin = max(text.rfind(sign, 0, start) for sign in "。;") + 1
    periods = _PERIOD.findall(text, begin, start)
    return bool(periods) and _WHOLE_YEAR.fullmatch(periods[-1]) is None


@lru_cache(maxsize=4096)
def clean(label: str) -> str:
    """A label without brackets, year, counting words and the words that lead up to its figure."""
    said = _QUOTES.sub("", _without_brackets(label.replace("#", "")))
    if lead := _LEAD.match(said):
        said = said[lead.end() :]
    # Only the signs that such words are made of can belong to them.
    tail = _TAIL.search(said, len(said.rstrip(_TAIL_SIGNS)))
    return said[: tail.start()] if tail else said


@lru_cache(maxsize=256)
def _measure(unit: str, decimals: int) -> tuple[str, Decimal, Decimal]:
    """The unit in which figures are compared, and 1 of `unit` and its last shown decimal in it."""
    name, scale = base(unit)
    return name, scale, scale.scaleb(-decimals)


def base(unit: str) -> tuple[str, Decimal]:
    """The unit in which figures are compared, and 1 of `unit` in it."""
    return (unit, Decimal(1)) if unit in _BARE else in_base(unit)


def _clause(between: str) -> str:
    """The words behind the last cut; a bracket right before the figure explains the label."""
    # 全年预算：4977万元 is named by the words before the colon.
    return _CUT.split(_without_brackets(between).removesuffix(":"))[-1]


def _without_brackets(text: str) -> str:
    return _BRACKETS.sub("", text) if "(" in text else text


def _noun_behind(hidden: str, end: int) -> str:
    """What is counted where the figure comes first: 12份申请政府信息公开."""
    match = _NOUN.match(hidden, end)
    return clean(_NOUN_END.split(match[0])[0]) if match else ""


def _depth(text: str, start: int, end: int, depth: int) -> int:
    """How many brackets are open at `end` when `depth` are open at `start`."""
    if text.find("(", start, end) < 0 and text.find(")", start, end) < 0:
        return depth
    for sign in text[start:end]:
        depth += (sign == "(") - (sign == ")" and depth > 0)
    return depth


def _grouped(number: str) -> bool:
    """Whether the separators stand where thousands end; others may be decimal points and are not read."""
    whole = number.partition(".")[0]
    return "," not in whole or _THOUSANDS.fullmatch(whole) is not None
