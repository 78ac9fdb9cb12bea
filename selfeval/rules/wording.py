"""R: the wording of report text: doubled words, numbering, malformed numbers, brackets, names spelt in two ways."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from selfeval.filing import Filing, Form, FormKind, Position
from selfeval.findings import Severity
from selfeval.labels import BLANKS, squash, squash_all
from selfeval.pattern import Pattern
from selfeval.rules.engine import Context, Problem, filing_rule
from selfeval.running import RunningText
from selfeval.statements import Passage

STYLE = "公文格式和文字要求"
_TWICE = Pattern(r"([\u4e00-\u9fff]{2,12}+[:,])\1|([\u4e00-\u9fff]{2,12})\2")
_TWICE_LENGTHS = range(2, 14)
# Reduplication is Chinese: 家家户户, 一户一户, 点点滴滴; two bodies or places of one name may follow each other.
_ADVERBS = Pattern(r"(?P<a>.)(?P=a)|[一二三四五六七八九十]")
_LEVELS = (
    ("一、", Pattern(r"[一二三四五六七八九十]{1,3}、")),
    ("（一）", Pattern(r"\([一二三四五六七八九十]{1,3}\)")),
    ("1、", Pattern(r"\d{1,2}[、.](?!\d)")),
    ("（1）", Pattern(r"\(\d{1,2}\)")),
)
# Headings of one level in every report of this kind.
_SIBLINGS = (
    Pattern("^[^，。]{0,6}(?:基本支出情况|项目支出情况)$"),
    Pattern(
        "一般公共预算支出|政府性?基金预算支出|国有资本经营预算支出|社会保险基金预算支出|存在的问题|改进措施|结果(?:拟)?应用"
    ),
)
_ITEM = Pattern(r"^(?P<word>目标|任务)(?P<number>\d+)(?P<mark>[:、.])")
# The first digit comes first, what must not stand before it second: so the search leaps from digit to digit.
_BROKEN = Pattern(
    r"\d(?=\d*[.,])(?:(?<![\d.]\d)\d*(?:\.\d+)?,\d{1,2}(?![\d,])(?=\s*(?:[十百千万亿]*元|[%个亩]))"
    r"|\d*\.\d+\.\d+(?=\s*(?:[万亿]?元|%))|\d*,\d{1,2},\d+(?:\.\d+)?|\d*,,\d+)"
)
# What each of them has, found by its sign.
_BROKEN_SIGN = Pattern(r"[,.](?<=\d[,.])(?:(?<=,)(?:\d{1,2}(?!\d)|,)|(?<=\.)\d+\.\d)")
_ROUGH = Pattern(r"余(?<=[1-9]余)(?=[次个人户家件份条处场名])")
_ROUGHLY = Pattern(r"\d(?<![\d.,]\d)\d*(?<=[1-9])余(?=[次个人户家件份条处场名])")
_BARE_MONEY = Pattern(r"(?:资金|金额|经费|预算数|执行数|安排|拨款)(?P<number>\d{4,}(?:\.\d+)?)(?=[,;。)])")
_WIDE_SIGNS = Pattern("[≧≦═]")
_PAIRS = {"(": ")", "《": "》", "〔": "〕", "【": "】"}
# 检测人员, 监测员: who does something is called by two signs.
_ROLE = Pattern(r"[\u4e00-\u9fff]{2}(?=人?员)")
_STOP = Pattern("[。;]")
_WITHIN = Pattern("[。;].")
_NUMBERED = Pattern(r"^\W*\d*\W*|^(?:目标|任务)\d+\W")
_BRACKETED = Pattern(r"\((\d{1,2})\)")
_LISTED = Pattern(r"\d{1,2}\)")
_HEADED = Pattern(r"[(（]\d")
_MONEY = Pattern(r"\d(?:万|亿)?元")
# Nobody writes a clause of this length twice in a row.
_CLAUSE = 10
_LONGEST = 4000


@filing_rule("R11", Severity.NOTICE, STYLE)
def words_stand_once(filing: Filing, context: Context) -> Iterator[Problem]:
    """文字不应重复。"""
    told: set[str] = set()
    running = context.once(running_text, filing)
    doubled = running.doubled(_TWICE, _TWICE_LENGTHS)
    long = {text for text, _, _ in running.having(_WITHIN)}
    for text, at, form in running:
        for begin, match in doubled.get(text, ()):
            again = match[1] or match[2]
            if again in told or _ADVERBS.fullmatch(again[:1]) or _reduplicated(again):
                continue
            told.add(again)
            start, end = match.start() - begin, match.end() - begin
            around = text[max(0, start - 8) : end + 8]
            yield Problem(at, match[0], again, f"“{again}”重复：…{around}…", form=form)
        for sentence, count in _clauses(text).items() if text in long else ():
            if sentence not in told:
                told.add(sentence)
                yield Problem(at, sentence, None, f"“{sentence}”连写 {count} 遍", form=form)


@filing_rule("R12", Severity.NOTICE, STYLE)
def headings_are_numbered_in_order(filing: Filing, context: Context) -> Iterator[Problem]:
    """标题和条目的编号应连续、体例一致，数字不应与“余”混用。"""
    yield from _headings(filing, context)
    told: set[tuple] = set()
    read: set[str] = set()
    for text, at, form in context.once(running_text, filing).having(_ROUGH):
        for match in _ROUGHLY.finditer(text):
            yield Problem(
                at,
                match[0],
                match[0][:-1],
                f"“{text[match.start() : match.end() + 1]}”：确数后不用“余”",
                form=form,
            )
    for form in filing.forms:
        if not form.kind.judged:
            continue
        cells = [cell for pair in form.goals for cell in pair]
        cells += [entry.cell for entry in form.entries if "\n" in entry.cell.text]
        for cell in cells:
            if cell.text in read:
                continue  # forms and cover repeat each other
            read.add(cell.text)
            items = [m for line in cell.text.splitlines() if (m := _item(line))]
            if not items:
                continue
            words, marks = Counter(m["word"] for m in items), Counter(m["mark"] for m in items)
            odd = [m for m in items if words[m["word"]] * 3 < len(items) or marks[m["mark"]] * 3 < len(items)]
            key = tuple(m[0] for m in odd)
            if odd and key not in told:
                told.add(key)
                said = "、".join(f"“{m[0]}”" for m in odd)
                usual = f"{words.most_common(1)[0][0]}…{marks.most_common(1)[0][0]}"
                yield Problem(
                    cell.at, said, usual, f"条目编号体例不一：{said}，其余为“{usual}”", form=form.id
                )


def _headings(filing: Filing, context: Context) -> Iterator[Problem]:
    for form in filing.forms:
        if form.kind is not FormKind.REPORT:
            continue
        places = {sentence.at.part: sentence.at for sentence in reversed(form.sentences)}
        for siblings in _SIBLINGS:
            headings = [(part, _level(squash(part))) for part in places if siblings.search(part)]
            headings = [(part, level) for part, level in headings if level]
            usual = Counter(level for _, level in headings).most_common(1)
            for part, level in headings if len(headings) > 1 else ():
                if level != usual[0][0]:
                    others = "、".join(f"“{other}”" for other, at in headings if at == usual[0][0])
                    message = f"标题“{part}”与同级标题{others}编号体例不同"
                    yield Problem(places[part]._replace(row=0), part, usual[0][0], message, form=form.id)
        yield from _lone(form, context.said(form))


def _lone(form: Form, said: Sequence[Passage]) -> Iterator[Problem]:
    """（3） without （1） and （2） in its section."""
    for part, group in itertools.groupby(said, key=lambda passage: passage.at.part):
        seen = [(int(m[1]), p.text, p.at) for p in group if (m := _BRACKETED.match(p.text))]
        if not seen or seen[0][0] == 1:
            continue
        number, text, at = seen[0]
        # The numbers before it may head sections of their own.
        if number == 2 or _HEADED.match(part):
            continue
        yield Problem(
            at, f"（{number}）", "（1）", f"编号（{number}）前没有（1）：{text[:24]}…", form=form.id
        )


@filing_rule("R13", Severity.NOTICE, STYLE)
def signs_come_in_pairs(filing: Filing, context: Context) -> Iterator[Problem]:
    """括号、书名号应成对，不用变体符号。"""
    for form in filing.forms:
        if form.kind is not FormKind.REPORT:
            continue
        said = context.said(form)
        whole = "\n".join(passage.text for passage in said)
        pairs = [(left, right) for left, right in _PAIRS.items() if left in whole or right in whole]
        varied = _WIDE_SIGNS.search(whole) is not None
        for passage in said:
            text = passage.text
            for left, right in pairs if text.endswith(("。", ";")) else ():
                opened, closed = text.count(left), text.count(right)
                if abs(opened - closed) == 1 and not (left == "(" and _LISTED.match(text)):
                    yield Problem(
                        passage.at,
                        f"{left}{opened}个、{right}{closed}个",
                        "成对",
                        f"“{left}{right}”不成对：{text[:60]}",
                        form=form.id,
                    )
            if varied and (sign := _WIDE_SIGNS.search(text)):
                yield Problem(
                    passage.at, sign[0], "≥ 或 ≤", f"“{sign[0]}”应写作 ≥ 或 ≤：{text[:60]}", form=form.id
                )


@filing_rule("R14", Severity.NOTICE, STYLE)
def numbers_are_well_formed(filing: Filing, context: Context) -> Iterator[Problem]:
    """数字书写应规范，金额应有单位。"""
    told: set[str] = set()
    for text, at, form in context.once(running_text, filing).having(_BROKEN_SIGN, _BARE_MONEY):
        for match in _BROKEN.finditer(text):
            if match[0] not in told:
                told.add(match[0])
                yield Problem(
                    at,
                    match[0],
                    None,
                    f"数字“{match[0]}”书写有误：…{text[max(0, match.start() - 12) : match.end() + 3]}",
                    form=form,
                )
        for match in _BARE_MONEY.finditer(text) if _MONEY.search(text) else ():
            if match["number"] not in told:
                told.add(match["number"])
                yield Problem(
                    at,
                    match[0],
                    "加注单位",
                    f"“{match[0]}”缺单位：…{text[max(0, match.start() - 12) : match.end() + 12]}…",
                    form=form,
                )


@filing_rule("R15", Severity.NOTICE, STYLE)
def one_name_for_one_thing(filing: Filing, context: Context) -> Iterator[Problem]:
    """同一名称的用词应前后一致。"""
    told: set[str] = set()
    for form in filing.forms:
        if form.kind is not FormKind.REPORT:
            continue
        for part, group in itertools.groupby(context.said(form), key=lambda passage: passage.at.part):
            if "项目" not in part:
                continue
            said = list(group)
            text = "".join(passage.text for passage in said)
            for word in _ROLE.findall(part):
                other = next((o for o in _ROLE.findall(text) if o != word and o[1] == word[1]), None)
                if other and word not in text and word not in told:
                    told.add(word)
                    message = f"标题“{part}”用“{word}”，正文用“{other}”"
                    yield Problem(said[0].at, word, other, message, form=form.id)


def running_text(filing: Filing) -> RunningText:
    """Running text with its place, each text once: sentences, goals and results, long cells, indicators."""
    once: dict[str, tuple[Position, str]] = {}
    for text, at, form in _every_text(filing):
        if text:
            once.setdefault(text, (at, form))
    pairs = zip(squash_all(once), once.values(), strict=True)
    return RunningText((text[: 4 * _LONGEST], at, form) for text, (at, form) in pairs)


def _every_text(filing: Filing) -> Iterator[tuple[str, Position, str]]:
    for form in filing.forms:
        if not form.kind.judged:
            continue
        for sentence in form.sentences:
            yield sentence.text, sentence.at, form.id
        for pair in form.goals:
            for cell in pair:
                yield cell.text, cell.at, form.id
        for entry in form.entries:
            if "。" in entry.cell.text or "；" in entry.cell.text:
                yield entry.cell.text, entry.cell.at, form.id
        for row in form.indicators:
            yield row.level2, row.at, form.id
            yield row.name, row.at, form.id


def _reduplicated(again: str) -> bool:
    """一步一步, 多次多次 are words; so is a list 第一第一."""
    return len(again) == 2 and again[0] in "一逐多步层家户点时天年月日"


def _clauses(text: str) -> dict[str, int]:
    """Long clauses that stand in a row more than once, and how often."""
    if len(text) <= 2 * _CLAUSE:
        return {}
    counts: dict[str, int] = {}
    parts = [part for part in _STOP.split(text) if len(part) >= _CLAUSE]
    for first, second in itertools.pairwise(parts):
        if first.endswith(second) and _NUMBERED.sub("", first) == second:
            counts[first] = counts.get(first, 0) + 2
    return counts


def _item(line: str) -> re.Match[str] | None:
    """A line that starts as a numbered goal or task."""
    return _ITEM.match(squash(line)) if line.lstrip(BLANKS).startswith(("目", "任")) else None


def _level(heading: str) -> str:
    """How a heading is numbered: 一、, （一）, 1、 or （1）; "" when it is not."""
    return next((name for name, pattern in _LEVELS if pattern.match(heading)), "")
