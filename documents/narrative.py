"""A report set as a table: headings in the left columns, running text in the last (云南 公开13表)."""

from __future__ import annotations

from documents.blocks import Block
from documents.cells import clean
from documents.grid import Paragraph
from selfeval.pattern import Pattern

_HEADING = Pattern(r"\s*(?:[一二三四五六七八九十]{1,3}\s*[、.．]|[(（][一二三四五六七八九十]{1,3}[)）])")
_LONGEST_HEADING = 45
_LEAST_HEADINGS = 2
_LEAST_SENTENCES = 3


def paragraphs(block: Block) -> list[Paragraph]:
    """The table read row by row as the paragraphs of a report; none when it is not one."""
    found = list(block.heads)
    headings = sentences = 0
    for line in block.lines:
        for cell in line.own:
            for text in clean(cell.text).splitlines():
                if text.strip():
                    found.append(Paragraph(text.strip(), line.place_of(cell)))
                    headings += len(text) <= _LONGEST_HEADING and _HEADING.match(text) is not None
                    sentences += text.rstrip().endswith("。")
    told = headings >= _LEAST_HEADINGS and sentences >= _LEAST_SENTENCES
    return found if told else []
