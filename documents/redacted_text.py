"""What to hide in the cells and lines of a document, by what stands to the left, above and before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from selfeval.labels import squash
from selfeval.names import is_name
from selfeval.pattern import Pattern
from selfeval.personal_numbers import names_a_figure
from selfeval.redaction import NAME, Redaction, Span, masked, personal_names, spans

_LONGEST_LABEL = 24
_FIGURE = Pattern(r"[0-9０-９.,，．\s\-]+")
_NUMBER_LABEL = Pattern(r"(?:电话|手机|传真|微信|QQ|[账帐]号|卡号|身份证)(?:号码?)?(?:[(（].{0,8}[)）])?$")
_FILLED = Pattern(r"[:：][\s_]*$")


class Hidden(NamedTuple):
    """One thing that was hidden: its kind, where it stood, and its masked form for the person who confirms."""

    kind: str
    place: str
    shown: str


class RedactedCopy(NamedTuple):
    """A copy for the public and the list of what was hidden in it, in order of the file."""

    content: bytes
    hidden: tuple[Hidden, ...]


class Cell(NamedTuple):
    """A cell of a row: its first column (from 0) and its text."""

    column: int
    text: str


class Redactor:
    """Finds what to hide and keeps the list of it."""

    def __init__(self, rules: Redaction, names: Iterable[str]) -> None:
        self.rules = rules
        self.names = frozenset(names)
        self.hidden: list[Hidden] = []

    def learn(self, texts: Iterable[str]) -> None:
        """Names beside labels are hidden wherever they stand in the document."""
        if NAME in self.rules.kinds:
            self.names |= personal_names(texts, self.rules)

    def find(self, text: str, place: str, contexts: Sequence[str] = ()) -> list[Span]:
        """What to hide in a text, which is noted. `contexts` are labels that may belong to it."""
        if not text.strip():
            return []
        figure = next((context for context in contexts if names_a_figure(context)), None)
        if figure is not None and _FIGURE.fullmatch(text):
            contexts = (figure,)
        found = [
            span for context in contexts or ("",) for span in spans(text, self.names, self.rules, context)
        ]
        found = _joined(found)
        self.hidden += [Hidden(kind, place, masked(text[start:stop])) for start, stop, kind in found]
        return found

    def contexts(self, rows: Sequence[Sequence[Cell]]) -> Iterator[list[tuple[str, ...]]]:
        """For every row the labels of each cell: what stands to its left, and the heading above it."""
        headings: dict[int, str] = {}
        figures: dict[int, str] = {}
        for row in rows:
            found = []
            for index, cell in enumerate(row):
                left = next(
                    (c.text for c in reversed(row[:index]) if c.text.strip() and not _is_value(c.text)), ""
                )
                above = figures.get(cell.column, "")
                labels = (
                    _as_label(left),
                    headings.get(cell.column, ""),
                    _as_label(above) if names_a_figure(above) else "",
                )
                found.append(tuple(dict.fromkeys(label for label in labels if label)))
            yield found
            self._head(row, headings, figures)

    def _head(self, row: Sequence[Cell], headings: dict[int, str], figures: dict[int, str]) -> None:
        """Take up the headings of a row for the rows below; a heading ends where its column says other things."""
        for index, cell in enumerate(row):
            text = squash(cell.text)
            if not text:
                continue
            if not _is_value(text):
                figures[cell.column] = text
            beside = squash(row[index + 1].text) if index + 1 < len(row) else ""
            heads = not beside or (not is_name(beside) and not _is_value(beside)) or self._labels(beside)
            if self._labels(text) and heads:
                # In a row of headings a name below is told by its surname, a number by the heading.
                headings[cell.column] = f"{text}：" if _NUMBER_LABEL.search(text) else f"{text} "
            elif cell.column in headings and not is_name(text) and not _is_value(text):
                del headings[cell.column]

    def _labels(self, text: str) -> bool:
        bare = squash(text).rstrip(":：")
        if len(bare) > _LONGEST_LABEL:
            return False
        ends = (*self.rules.labels, *(f"{label}{sign}" for label in self.rules.labels for sign in _SIGNS))
        return bare.endswith(ends) or _NUMBER_LABEL.search(bare) is not None


_SIGNS = ("签字", "签名", "签章", "姓名", "(签字)", "(签名)", "(签章)", "（签字）", "（签名）", "（签章）")


def line_contexts(lines: Sequence[str], rules: Redaction) -> Iterator[tuple[str, ...]]:
    """For every line the labels with which the line before it ends, when that one waits for a name.

    "单位负责人：　　填表人：" above "张三　　李四" waits for two.
    """
    waiting = ""
    for line in lines:
        yield (waiting,) if waiting else ()
        if line.strip():
            waiting = ""
            if _FILLED.search(line):
                label = squash(line.rstrip().rstrip(":：").split("：")[-1].split(":")[-1])
                if _NUMBER_LABEL.search(label):
                    waiting = f"{label}："
                elif label.rstrip(")）").endswith((*rules.labels, "签字", "签名", "签章", "姓名")):
                    waiting = f"{label[-_LONGEST_LABEL:]} "  # a name is told by its surname


def _as_label(text: str) -> str:
    text = squash(text)
    if not text or len(text) > _LONGEST_LABEL:
        return ""
    return text if text.endswith((":", "：")) else f"{text}："


def _is_value(text: str) -> bool:
    return _FIGURE.fullmatch(text) is not None


def _joined(found: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, -span.stop)):
        if merged and span.start < merged[-1].stop:
            merged[-1] = merged[-1]._replace(stop=max(span.stop, merged[-1].stop))
        else:
            merged.append(span)
    return merged
