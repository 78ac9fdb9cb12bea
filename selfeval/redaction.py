"""Personal data out of texts that will be published: numbers of persons, addresses, names beside labels.

What is looked for comes from the policy (`Redaction`), numbers from `personal_numbers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from selfeval.names import DOUBLE_SURNAMES, is_name
from selfeval.pattern import Pattern
from selfeval.personal_numbers import (
    ACCOUNT,
    EMAIL,
    FIXED,
    ID_CARD,
    LABELLED,
    MOBILE,
    narrow,
    numbers,
)

HIDDEN = "〔已隐去〕"
NAME, WORD = "姓名", "指定隐去"
# What a policy may switch off; from the most telling to the most general.
KINDS = (ID_CARD, MOBILE, FIXED, ACCOUNT, EMAIL, LABELLED, NAME)


class Redaction(NamedTuple):
    """What is hidden before publication.

    labels: beside which a name stands, in a line or a table. kinds: what is looked for, of KINDS. hide:
    words that always go. keep: words that look like a person's and are not; they stay.
    """

    labels: tuple[str, ...]
    kinds: tuple[str, ...]
    hide: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()

    def with_words(self, hide: Iterable[str], keep: Iterable[str]) -> Redaction:
        """These rules with the words of a cycle, which stand above those of the policy."""
        hide, keep = tuple(hide), tuple(keep)
        return self._replace(
            hide=(*(word for word in self.hide if word not in keep), *hide),
            keep=(*(word for word in self.keep if word not in hide), *keep),
        )


LONGEST_WORD = 40


def word_mistake(word: str) -> str:
    """What is wrong with a word that is to be hidden or kept, "" when nothing is."""
    if len("".join(word.split())) < 2:
        return f"应不少于两个字，否则处处被隐去，现为“{word}”"
    if len(word) > LONGEST_WORD or word != " ".join(word.split()) or "/" in word:
        return f"应是一个词：不超过{LONGEST_WORD}个字，首尾没有空格，不含“/”，现为“{word}”"
    return ""


STANDARD = Redaction(
    labels=(
        *("联系人", "填表人", "填报人", "制表人", "编制人", "经办人", "审核人", "复核人", "批准人", "姓名"),
        *("负责人", "评价组组长", "评价组长", "组长", "成员", "法定代表人", "法人代表"),
    ),
    kinds=KINDS,
)


class Span(NamedTuple):
    """From `start` to before `stop` of a text stands something personal."""

    start: int
    stop: int
    kind: str


_SIGNED = r"(?:名单|及(?:联系)?(?:电话|方式))?(?: ?\((?:签字|签名|签章|盖章|姓名)\)|签字|签名|签章|姓名)?"
_HAN = "[\u3400-\u4dbf\u4e00-\u9fff\ue000-\uf8ff\U00020000-\U0003134f]"
_RUN = Pattern(rf"{_HAN}(?:(?: {{0,3}}|[·•・]){_HAN}){{1,20}}")
_NEXT = Pattern(r" *[、,/;和及 ] *")
# What follows a name on the same line, or stands where no name was filled in.
_END_OF_NAME = Pattern(
    r"联系|电话|手机|传真|邮箱|职务|职称|签字|签名|签章|盖章|日期|时间|填[表报]|制表|经办|[审复]核|"
    r"单位|部门|项目|财务|分管|负责|评价|法定|[（(]"
)


def redact(text: str, names: Iterable[str] = (), rules: Redaction = STANDARD) -> str:
    """The text with numbers of persons, addresses and names hidden.

    Hides what stands as a name beside a label such as 联系人, and every one of `names` wherever it stands.
    """
    parts, end = [], 0
    for start, stop, _ in spans(text, names, rules):
        parts += [text[end:start], HIDDEN]
        end = stop
    return "".join([*parts, text[end:]])


def spans(text: str, names: Iterable[str] = (), rules: Redaction = STANDARD, before: str = "") -> list[Span]:
    """Everything personal in order, none over another. `before` stands before the text elsewhere.

    It is the label in the cell to the left, or the line that ends with a label.
    """
    merged: list[Span] = []
    offset = len(before)
    for start, stop, kind in sorted(
        _found(before + text, names, rules), key=lambda span: (span[0], -span[1], _RANK.get(span[2], 0))
    ):
        if stop <= offset:
            continue
        start = max(start, offset)
        if merged and start - offset < merged[-1].stop:
            merged[-1] = merged[-1]._replace(stop=max(stop - offset, merged[-1].stop))
        else:
            merged.append(Span(start - offset, stop - offset, kind))
    return merged


def personal_names(texts: Iterable[str], rules: Redaction = STANDARD) -> frozenset[str]:
    """Names of persons beside a label in these texts, without inner spaces, to be hidden everywhere.

    A label and a name in two cells are passed as one text "联系人：…". Offices and other words, which
    may stand there too and would then vanish from every text, are left out: a name starts with a
    Chinese surname or carries the dot of a transcribed one.
    """
    found = set()
    for text in texts:
        plain = narrow(text)[0]
        found |= {plain[start:stop].replace(" ", "") for start, stop in _beside(plain, rules.labels)}
    return frozenset(name for name in found if is_name(name) and name not in rules.keep)


def leftovers(text: str, names: Iterable[str] = (), rules: Redaction = STANDARD) -> list[str]:
    """What personal data a text still shows, as "手机号：13*********0" with the middle masked; [] if none."""
    return list(
        dict.fromkeys(
            f"{kind}：{masked(text[start:stop])}" for start, stop, kind in spans(text, names, rules)
        )
    )


def names_stand_in(text: str, names: frozenset[str]) -> bool:
    """Whether any of the names stands in a text, with or without spaces between its characters."""
    return next(_named(narrow(text)[0], names), None) is not None


def masked(found: str) -> str:
    """Enough of it to find it again, too little to use it."""
    return (
        f"{found[:2]}{'*' * (len(found) - 3)}{found[-1]}"
        if len(found) > 3
        else f"{found[0]}{'*' * (len(found) - 1)}"
    )


_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


def _found(text: str, names: Iterable[str], rules: Redaction) -> Iterator[tuple[int, int, str]]:
    """Start, end and kind of everything personal; they may overlap."""
    plain, places = narrow(text)

    def placed(start: int, stop: int, kind: str) -> Iterator[tuple[int, int, str]]:
        if plain[start:stop].replace(" ", "") not in rules.keep:
            yield places[start], places[stop - 1] + 1, kind

    for start, stop, kind in numbers(plain):
        if kind in rules.kinds:
            yield from placed(start, stop, kind)
    if NAME in rules.kinds:
        for start, stop in _beside(plain, rules.labels):
            yield from placed(start, stop, NAME)
    for kind, words in ((NAME, names), (WORD, rules.hide)):
        if words:
            for start, stop in _named(plain, frozenset(words)):
                yield from placed(start, stop, kind)


def _named(plain: str, names: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where these words stand; forms spread short names over the width of a cell: 张　三."""
    words, lengths, firsts = _by_first(names)
    tight = plain.replace(" ", "")
    found = []
    for match in firsts.finditer(tight):
        index = match.start()
        for length in lengths[match[0]]:
            if tight[index : index + length] in words:
                found.append((index, index + length - 1))
                break
    if found:
        kept = [place for place, character in enumerate(plain) if character != " "]
        yield from ((kept[first], kept[last] + 1) for first, last in found)


@lru_cache(maxsize=8)
def _by_first(
    names: frozenset[str],
) -> tuple[frozenset[str], dict[str, tuple[int, ...]], re.Pattern[str]]:
    """Names without spaces, by first character how long such names are, the longest first, and any of these.

    A county's names are looked for in every cell: ten thousand of them take as long as ten.
    """
    words = frozenset(narrow(name)[0].replace(" ", "") for name in names) - {""}
    grouped: dict[str, set[int]] = {}
    for word in words:
        grouped.setdefault(word[0], set()).add(len(word))
    firsts = re.compile(f"[{re.escape(''.join(grouped))}]" if grouped else "(?!)")
    return words, {first: tuple(sorted(sizes, reverse=True)) for first, sizes in grouped.items()}, firsts


@lru_cache(maxsize=8)
def _label(labels: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(map(re.escape, labels))}){_SIGNED}(?P<gap>[ _]*[:|][ _]*|[ _]+)")


def _beside(plain: str, labels: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where names stand beside labels: two to four characters, or more with the dot of a transcribed name."""
    for label in _label(labels).finditer(plain) if labels else ():
        run = _RUN.match(plain, label.end())
        if not run:
            continue
        end = _END_OF_NAME.search(run[0])
        # Without a colon, and before 部门 or 单位, it is another word more often than a name.
        certain = ":" in label["gap"] or "|" in label["gap"]
        found = _one_name(run[0][: end.start()] if end else run[0])
        tight = found.replace(" ", "")
        likely = is_name(tight) and (certain or len(tight) < 4 or tight.startswith(DOUBLE_SURNAMES))
        if not found or not (likely or (certain and not (end and end[0] in ("部门", "单位")))):
            continue
        start = label.end()
        yield start, start + len(found)
        # More names behind the first one: 成员：张三、李四.
        while (gap := _NEXT.match(plain, start + len(found))) and (run := _RUN.match(plain, gap.end())):
            start, found = gap.end(), _one_name(run[0])
            if not is_name(found.replace(" ", "")):
                break
            yield start, start + len(found)


def _one_name(run: str) -> str:
    """The name at the start of a run of characters, "" when it is none.

    张 三 is one name, 张三 李四光 and 张三和李四 begin with one.
    """
    run = run.rstrip()
    if 2 <= len(run.replace(" ", "")) <= 4 or re.search("[·•・]", run):
        return run
    for end in re.finditer("[ 和及与]+", run):
        first = run[: end.start()]
        if 2 <= len(first.replace(" ", "")) <= 4:
            return first
    return ""
