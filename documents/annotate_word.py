"""Comments and a first page in a Word file, written into its XML: nothing else of it is touched."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from lxml import etree

from documents.numbering import unnumbered
from documents.package import whole
from documents.parts import Parts, required
from documents.review import AUTHOR, PARAGRAPH_STYLE
from documents.review_text import INTRODUCTION, NOTHING_FOUND, TITLE, note_lines, sections
from documents.typography import HEADING, TABLE, font_xml, printable
from documents.word import children, count_of, is_review, skipped_columns
from selfeval.filing import Position
from selfeval.labels import squash
from selfeval.pattern import Pattern
from selfeval.repairs import Repair

_URI = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W = f"{{{_URI}}}"
_P, _TBL, _TR, _TC, _R, _T = (_W + name for name in ("p", "tbl", "tr", "tc", "r", "t"))
_ID, _VAL, _AUTHOR = _W + "id", _W + "val", _W + "author"
_START, _END, _REFERENCE = (_W + f"comment{name}" for name in ("RangeStart", "RangeEnd", "Reference"))
_DELETED_ROW, _SPAN, _VMERGE = f"{_W}trPr/{_W}del", f"{_W}tcPr/{_W}gridSpan", f"{_W}tcPr/{_W}vMerge"
# Text in these stands in the file and is not part of what the file says.
_UNSAID = (
    _W + "moveFrom",
    _W + "rt",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
)
_TABLE = Pattern(r"表(\d+)((?:内嵌表\d+)*)(下方)?")

_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}+xml"
_EMPTY = '<w:{0} xmlns:w="' + _URI + '"/>'


class _Anchor(NamedTuple):
    """Where a comment hangs: from before `first` to behind `last`; both None: the whole of `paragraph`."""

    paragraph: etree._Element
    first: etree._Element | None = None
    last: etree._Element | None = None


def comment(
    parts: Parts, name: str, repairs: Sequence[Repair], sentences: Sequence[tuple[tuple[str, int], str]]
) -> None:
    """Write the comments and the list; `sentences` are the report text as read, in order."""
    body = required(parts.tree(parts.main), _W + "body")
    comments = _part(parts, "comments", "comments")
    _clear(body, comments)
    places = _Places(body, sentences)
    number = max((whole(entry.get(_ID)) for entry in comments), default=-1)
    for repair in repairs:
        for anchor in dict.fromkeys(
            anchor for place in repair.finding.places if (anchor := places.find(place, repair.finding.stated))
        ):
            number += 1
            _attach(anchor, number)
            comments.append(_note(number, note_lines(repair)))
    styles = _part(parts, "styles", "styles")
    if all(style.get(_W + "styleId") != PARAGRAPH_STYLE for style in styles):
        styles.append(_element(_STYLE))
    for position, paragraph in enumerate(_list(name, repairs)):
        body.insert(position, paragraph)


def _part(parts: Parts, kind: str, tag: str) -> etree._Element:
    """The part of a kind that the document refers to, new when it has none."""
    name = parts.related(parts.main, kind)
    if name is None:
        name = parts.free(f"word/{kind}{{}}.xml")
        parts.put(name, _EMPTY.format(tag).encode(), _TYPE.format(kind))
        parts.relate(parts.main, kind, name)
    return parts.tree(name)


def _clear(body: etree._Element, comments: etree._Element) -> None:
    """Take out what an earlier round left: its list, its comments and their anchors."""
    for paragraph in [p for p in children(body, (_P,)) if is_review(p)]:
        paragraph.getparent().remove(paragraph)
    ours = [entry for entry in comments if entry.get(_AUTHOR) == AUTHOR]
    gone = {entry.get(_ID) for entry in ours}
    for entry in ours:
        comments.remove(entry)
    for element in [e for e in body.iter(_START, _END, _REFERENCE) if e.get(_ID) in gone]:
        holder = element.getparent()
        holder.remove(element)
        if holder.tag == _R and all(child.tag == _W + "rPr" for child in holder):
            holder.getparent().remove(holder)


class _Places:
    """From the position of a finding to the paragraph that it speaks of."""

    def __init__(self, body: etree._Element, sentences: Sequence[tuple[tuple[str, int], str]]) -> None:
        self._items = list(children(body, (_P, _TBL)))
        self._tables = [item for item in self._items if item.tag == _TBL]
        self._said: dict[tuple[str, int], list[tuple[str, _Anchor]]] = {}
        self._follow(sentences)

    def find(self, place: Position, stated: str | None) -> _Anchor | None:
        """The anchor of a position; None when it names no place inside the document."""
        match = _TABLE.fullmatch(place.part)
        table = self._table(match) if match else None
        if table is not None:
            return self._below(match, place.row) if match[3] else _cell(table, place, stated)
        if place.row:
            candidates = self._said.get((place.part, place.row), [])
            fitting = [anchor for text, anchor in candidates if stated and stated in text]
            return next(iter(fitting), candidates[0][1] if candidates else None)
        # Word's own numbers stand in the text as read and in no run of the paragraph.
        wanted = unnumbered(place.part).rstrip("。:")
        for paragraph in self._items:
            if paragraph.tag == _P and wanted and unnumbered(_text(paragraph)).rstrip("。:") == wanted:
                return _Anchor(paragraph)
        return None

    def _table(self, match: re.Match[str]) -> etree._Element | None:
        found = self._tables
        for number in [match[1], *re.findall(r"\d+", match[2])]:
            if not 0 < int(number) <= len(found):
                return None
            table = found[int(number) - 1]
            found = [
                inner
                for row in children(table, (_TR,))
                for cell in children(row, (_TC,))
                for inner in children(cell, (_TBL,))
            ]
        return table

    def _below(self, match: re.Match[str], row: int) -> _Anchor | None:
        """The row-th line of text below a table, below the outer one where tables are nested."""
        below = self._items[self._items.index(self._tables[int(match[1]) - 1]) + 1 :]
        until = itertools.takewhile(lambda item: item.tag != _TBL, below)
        lines = [item for item in until if _text(item).strip()]
        return _Anchor(lines[row - 1]) if 0 < row <= len(lines) else None

    def _follow(self, sentences: Sequence[tuple[tuple[str, int], str]]) -> None:
        """Find the sentences in the paragraphs, both in their order; a report set as a table comes last."""
        paragraphs = [item for item in self._items if item.tag == _P] if sentences else []
        paragraphs += [p for table in self._tables for p in table.iter(_P)] if sentences else []
        texts = [squash(_text(paragraph)) for paragraph in paragraphs]
        at, offset = 0, 0
        for key, sentence in sentences:
            said = squash(sentence)
            bare = unnumbered(sentence)
            for index in range(at, len(texts)):
                begin = offset if index == at else 0
                # A number that Word counts stands only in the text as read.
                wanted = said if texts[index].find(said, begin) >= 0 else bare
                start = texts[index].find(wanted, begin)
                if wanted and start >= 0 and (wanted == said or start == 0):
                    at, offset = index, start + len(wanted)
                    anchor = _Anchor(paragraphs[index], *_stretch(paragraphs[index], start, offset))
                    self._said.setdefault(key, []).append((sentence, anchor))
                    break


def _cell(table: etree._Element, place: Position, stated: str | None) -> _Anchor | None:
    """The paragraph of the cell: by its column, else the one that holds what was stated, else the first filled."""
    rows = [row for row in children(table, (_TR,)) if row.find(_DELETED_ROW) is None]
    number = max(place.row, 1)
    if number > len(rows):
        return None
    cells = list(_cells(rows[number - 1]))
    covering = [cell for start, end, cell in cells if start <= place.column < end]
    own = [cell for _, _, cell in cells if not _hangs(cell)]
    said = [cell for cell in own if stated and squash(_text(cell)) == squash(stated)]
    filled = [cell for cell in own if _text(cell).strip()]
    chosen = next(iter(covering or said or filled or own or [cell for _, _, cell in cells]), None)
    if chosen is None:
        return None
    start = next(start for start, _, cell in cells if cell is chosen)
    while _hangs(chosen) and number > 1:
        number -= 1
        above = [cell for first, _, cell in _cells(rows[number - 1]) if first == start]
        if not above:
            break
        chosen = above[0]
    paragraph = next(children(chosen, (_P,)), None)
    return None if paragraph is None else _Anchor(paragraph)


def _cells(row: etree._Element) -> Iterator[tuple[int, int, etree._Element]]:
    """First grid column, column behind, cell."""
    column = 1 + skipped_columns(row)
    for cell in children(row, (_TC,)):
        end = column + count_of(cell.find(_SPAN), 1)
        yield column, end, cell
        column = end


def _hangs(cell: etree._Element) -> bool:
    merge = cell.find(_VMERGE)
    return merge is not None and merge.get(_VAL) != "restart"


def _said(element: etree._Element) -> Iterator[etree._Element]:
    return (text for text in element.iter(_T) if next(text.iterancestors(*_UNSAID), None) is None)


def _text(element: etree._Element) -> str:
    return "".join(text.text or "" for text in _said(element))


def _stretch(
    paragraph: etree._Element, start: int, end: int
) -> tuple[etree._Element | None, etree._Element | None]:
    """The first and last child of a paragraph that hold the characters from start to end of its squashed text."""
    touched = []
    position = 0
    for text in _said(paragraph):
        behind = position + len(squash(text.text or ""))
        if position < end and behind > start:
            touched.append(_child_of(paragraph, text))
        position = behind
    return (touched[0], touched[-1]) if touched else (None, None)


def _child_of(paragraph: etree._Element, element: etree._Element) -> etree._Element:
    while element.getparent() is not paragraph:
        element = element.getparent()
    return element


def _attach(anchor: _Anchor, number: int) -> None:
    paragraph, first, last = anchor
    start, end = (etree.Element(tag, {_ID: str(number)}) for tag in (_START, _END))
    reference = etree.Element(_R)
    etree.SubElement(reference, _REFERENCE, {_ID: str(number)})
    if first is None or last is None:
        properties = paragraph.find(_W + "pPr")
        paragraph.insert(0 if properties is None else 1, start)
        paragraph.extend((end, reference))
    else:
        first.addprevious(start)
        last.addnext(end)
        end.addnext(reference)


def _note(number: int, lines: Sequence[str]) -> etree._Element:
    paragraphs = "".join(
        f'<w:p><w:r>{font_xml(TABLE, 9, bold=index == 0)}<w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
        for index, line in enumerate(lines)
    )
    return _element(
        f'<w:comment w:id="{number}" w:author="{AUTHOR}" w:initials="审">{paragraphs}</w:comment>'
    )


_STYLE = (
    f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{PARAGRAPH_STYLE}"><w:name w:val="{PARAGRAPH_STYLE}"/>'
    '<w:uiPriority w:val="99"/><w:pPr><w:spacing w:before="0" w:after="60" w:line="300" w:lineRule="auto"/>'
    f'<w:ind w:left="0" w:right="0" w:firstLine="0"/><w:jc w:val="left"/></w:pPr>{font_xml(TABLE, 10.5)}</w:style>'
)


def _list(name: str, repairs: Sequence[Repair]) -> Iterator[etree._Element]:
    """The first page, as paragraphs only: a table would shift the numbers of the unit's own."""
    yield _paragraph([(TITLE, font_xml(HEADING, 16))], '<w:jc w:val="center"/>')
    yield _paragraph([(f"文件：{name}", font_xml(TABLE, 10.5))])
    yield _paragraph([(INTRODUCTION if repairs else NOTHING_FOUND, font_xml(TABLE, 10.5))])
    for head, listed in sections(repairs):
        yield _paragraph(
            [(head, font_xml(HEADING, 12))], '<w:keepNext/><w:spacing w:before="160" w:after="60"/>'
        )
        for repair in listed:
            finding = repair.finding
            label = f"{repair.name}　{finding.code}　{repair.form}　{finding.where}"
            said = [finding.message]
            if finding.expected is not None:
                said.append(f"应为：{finding.expected}")
            said.append(f"规则：{finding.sentence}")
            runs = [(label, font_xml(TABLE, 10.5, bold=True))]
            runs += [(f"\n{line}", font_xml(TABLE, 10.5)) for line in said]
            yield _paragraph(runs, '<w:keepLines/><w:ind w:left="210"/>')
    yield _element(
        f'<w:p><w:pPr><w:pStyle w:val="{PARAGRAPH_STYLE}"/></w:pPr><w:r><w:br w:type="page"/></w:r></w:p>'
    )


def _paragraph(runs: Sequence[tuple[str, str]], properties: str = "") -> etree._Element:
    written = "".join(
        f"<w:r>{font}{'<w:br/>' if text.startswith(chr(10)) else ''}"
        f'<w:t xml:space="preserve">{escape(printable(text.strip(chr(10))))}</w:t></w:r>'
        for text, font in runs
    )
    return _element(f'<w:p><w:pPr><w:pStyle w:val="{PARAGRAPH_STYLE}"/>{properties}</w:pPr>{written}</w:p>')


def _element(xml: str) -> etree._Element:
    return etree.fromstring(f'<w:body xmlns:w="{_URI}">{xml}</w:body>')[0]
