"""What a paper of the bureau is made of, without how it is drawn: headings, paragraphs, tables, blank places.

A blank place is marked text that says what a person must write; whoever draws the paper highlights it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from selfeval.pattern import Pattern

BLANK = Pattern("【待填写(?:：[^】]*)?】")
# In a table the heading of the column says what to write.
BLANK_CELL = "【待填写】"


class Heading(NamedTuple):
    """A heading of level 1 (一、), 2 (（一）) or 3 (small, over a table), with its number."""

    level: int
    text: str


class Text(NamedTuple):
    """A paragraph."""

    text: str


class Column(NamedTuple):
    """A column of a table: its heading, its relative width, and whether it holds text to be read from the left."""

    head: str
    width: float
    left: bool = False


class Grid(NamedTuple):
    """A table whose heading is repeated on every page; with `total` the last row is one."""

    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str]]
    total: bool = False


Block = Heading | Text | Grid


def blank(what: str) -> str:
    """The marked place for what only a person can write."""
    return f"【待填写：{what.translate(_BRACKETS)}】"


_BRACKETS = str.maketrans("【】", "〔〕")
