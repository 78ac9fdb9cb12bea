"""A Word file for the public: written anew from the parts that carry its text and its looks."""

from __future__ import annotations

import io
import itertools
import posixpath
import zipfile
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lxml import etree

from documents import redacted_clean as clean
from documents.package import Package, whole
from documents.redacted_text import Cell, Redactor, line_contexts
from selfeval.redaction import HIDDEN, Span

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_WORDML = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}+xml"
# Everything else, also what no program of today writes, is left out.
_KEPT = {
    "styles": _WORDML.format("styles"),
    "numbering": _WORDML.format("numbering"),
    "fontTable": _WORDML.format("fontTable"),
    "settings": _WORDML.format("settings"),
    "theme": "application/vnd.openxmlformats-officedocument.theme+xml",
    "header": _WORDML.format("header"),
    "footer": _WORDML.format("footer"),
    "footnotes": _WORDML.format("footnotes"),
    "endnotes": _WORDML.format("endnotes"),
}
_STORIES = {"header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}
_SETTINGS = frozenset(
    [
        "mirrorMargins",
        "bordersDoNotSurroundHeader",
        "bordersDoNotSurroundFooter",
        "gutterAtTop",
        "defaultTabStop",
        "autoHyphenation",
        "evenAndOddHeaders",
        "bookFoldPrinting",
        "drawingGridHorizontalSpacing",
        "drawingGridVerticalSpacing",
        "displayHorizontalDrawingGridEvery",
        "displayVerticalDrawingGridEvery",
        "characterSpacingControl",
        "noLineBreaksAfter",
        "noLineBreaksBefore",
        "footnotePr",
        "endnotePr",
        "compat",
        "themeFontLang",
        "clrSchemeMapping",
        "decimalSymbol",
        "listSeparator",
    ]
)
_SAID = {_W + "tab": " ", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-", _W + "sym": " "}
_TEXTS = (clean.T, *_SAID, clean.P)
_EPOCH = (1980, 1, 1, 0, 0, 0)  # no clock: the same file gives the same bytes
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class _Story(NamedTuple):
    root: etree._Element
    called: str


def redact_word(package: Package, redactor: Redactor) -> bytes:
    """The redacted .docx; what was hidden stands in the redactor. Raises Unreadable for a damaged file."""
    main = package.main
    kinds = {
        target: kind.rsplit("/", 1)[1]
        for kind, target in package.relations(main).values()
        if kind.rsplit("/", 1)[1] in _KEPT and target in package
    }
    trees = {name: package.xml(name) for name in (main, *kinds)}
    styles = next((trees[name] for name, kind in kinds.items() if kind == "styles"), None)
    hidden_styles = clean.hidden_styles(styles) if styles is not None else frozenset()
    for name, kind in kinds.items():
        if kind == "settings":
            for child in list(trees[name]):
                if etree.QName(child).localname not in _SETTINGS:
                    trees[name].remove(child)
    for tree in trees.values():
        clean.clean(tree, hidden_styles)
    stories = [_Story(trees[main], "正文")]
    stories += [_Story(trees[name], _STORIES[kind]) for name, kind in kinds.items() if kind in _STORIES]
    for story in stories:
        redactor.learn(_learned(story.root))
    for story in stories:
        _hide(story, redactor)
    for name, tree in trees.items():
        _attributes(tree, redactor, name)
    return _written(package, main, kinds, trees)


def _containers(root: etree._Element) -> Iterator[etree._Element]:
    """Body, notes, text boxes: what holds paragraphs and tables and is no cell."""
    yield from root.iter(_W + "body", _W + "hdr", _W + "ftr", _W + "footnote", _W + "endnote", clean.BOX)


def _hide(story: _Story, redactor: Redactor) -> None:
    tables = 0
    for container in _containers(story.root):
        called = "文本框" if container.tag == clean.BOX else story.called
        _paragraphs([child for child in container if child.tag == clean.P], called, redactor)
        for table in container.iter(clean.TBL):
            if _holder(table) is container:
                tables += 1
                place = f"表{tables}" if called == "正文" else f"{called}内的表{tables}"
                _table(table, place, redactor)


def _holder(table: etree._Element) -> etree._Element:
    """The container of a table, also of one inside a cell."""
    return next(
        element
        for element in table.iterancestors()
        if element.tag in (clean.BOX,)
        or element.getparent() is None
        or element.tag.endswith("}body")
        or element.tag in (_W + "footnote", _W + "endnote")
    )


def _table(table: etree._Element, place: str, redactor: Redactor) -> None:
    rows = [_row(row) for row in table if row.tag == clean.TR]
    contexts = redactor.contexts([[cell for cell, _ in row] for row in rows])
    for number, (row, labels) in enumerate(zip(rows, contexts, strict=True), 1):
        for (cell, element), beside in zip(row, labels, strict=True):
            paragraphs = [child for child in element if child.tag == clean.P]
            where = f"{place}第{number}行第{cell.column + 1}列"
            _paragraphs(paragraphs, where, redactor, beside, numbered=False)


def _row(row: etree._Element) -> list[tuple[Cell, etree._Element]]:
    found, column = [], 0
    before = row.find(f"{_W}trPr/{_W}gridBefore")
    column = _number(before, 0)
    for element in row:
        if element.tag == clean.TC:
            text = "\n".join(_text(child) for child in element if child.tag == clean.P)
            found.append((Cell(column, text), element))
            column += max(1, _number(element.find(f"{_W}tcPr/{_W}gridSpan"), 1))
    return found


def _number(element: etree._Element | None, default: int) -> int:
    return default if element is None else whole(element.get(_W + "val"), default)


def _paragraphs(
    paragraphs: Sequence[etree._Element],
    place: str,
    redactor: Redactor,
    beside: tuple[str, ...] = (),
    *,
    numbered: bool = True,
) -> None:
    texts = [_text(paragraph) for paragraph in paragraphs]
    filled = 0
    for number, (paragraph, text, waiting) in enumerate(
        zip(paragraphs, texts, line_contexts(texts, redactor.rules), strict=True), 1
    ):
        filled += bool(text.strip())
        where = f"{place}第{number}段" if numbered else place
        found = redactor.find(text, where, waiting or (beside if filled == 1 else ()))
        if found:
            _replace(paragraph, found)


def _pieces(paragraph: etree._Element) -> list[tuple[etree._Element, str]]:
    """The elements that say something in a paragraph itself, with what they say."""
    return [
        (element, (element.text or "") if element.tag == clean.T else _SAID[element.tag])
        for element in paragraph.iter(clean.T, *_SAID)
        if next(element.iterancestors(clean.P)) is paragraph
        # A tab of a paragraph's settings is a place, not a character.
        and element.getparent().tag != _W + "tabs"
    ]


def _text(paragraph: etree._Element) -> str:
    return "".join(said for _, said in _pieces(paragraph))


def _replace(paragraph: etree._Element, found: Sequence[Span]) -> None:
    """Hide the stretches, however many runs they are spread over; the sign stands where each begins."""
    at = 0
    for element, said in _pieces(paragraph):
        end = at + len(said)
        if element.tag == clean.T:
            kept, place = "", at
            for start, stop, _ in found:
                if stop > at and start < end:
                    kept += said[place - at : max(start, at) - at] + (HIDDEN if start >= at else "")
                    place = min(stop, end)
            element.text = kept + said[place - at :]
            element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        at = end
    # A stretch that begins at a tab or a break has no text element of its own to stand in.


def _learned(root: etree._Element) -> Iterator[str]:
    """Lines, and label and value of neighbouring cells as one line."""
    for paragraph in root.iter(clean.P):
        yield _text(paragraph)
    for row in root.iter(clean.TR):
        cells = [cell.text.strip() for cell, _ in _row(row)]
        yield from (f"{label.rstrip(':：')}：{value}" for label, value in itertools.pairwise(cells))


def _attributes(tree: etree._Element, redactor: Redactor, place: str) -> None:
    """Names of styles, texts of list levels and whatever else is an attribute."""
    part = f"部件 {posixpath.basename(place)}"
    # A few hundred values stand in a hundred thousand attributes.
    harmless: set[str] = set()
    for element in tree.iter(etree.Element):
        for name, value in element.attrib.items():
            if len(value) < 2 or value in harmless:
                continue
            found = redactor.find(value, part)
            if not found:
                harmless.add(value)
                continue
            for start, stop, _ in reversed(found):
                value = value[:start] + value[stop:]
            element.set(name, value)


def _written(package: Package, main: str, kinds: dict[str, str], trees: dict[str, etree._Element]) -> bytes:
    types = etree.Element(f"{{{_TYPES}}}Types", nsmap={None: _TYPES})
    for extension, kind in (
        ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
        ("xml", "application/xml"),
    ):
        etree.SubElement(types, f"{{{_TYPES}}}Default", Extension=extension, ContentType=kind)
    for name, kind in ((main, _WORDML.format("document.main")), *((n, _KEPT[k]) for n, k in kinds.items())):
        etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{name}", ContentType=kind)
    top = etree.Element(f"{{{_RELATIONS}}}Relationships", nsmap={None: _RELATIONS})
    _relate(top, "rId1", "officeDocument", main)
    inner = etree.Element(f"{{{_RELATIONS}}}Relationships", nsmap={None: _RELATIONS})
    for number, (_, target) in package.relations(main).items():
        if target in kinds:
            _relate(inner, number, kinds[target], target)
    folder, base = posixpath.split(main)
    parts = {
        "[Content_Types].xml": types,
        "_rels/.rels": top,
        posixpath.join(folder, "_rels", f"{base}.rels"): inner,
        **trees,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, tree in parts.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(
                info, etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
            )
    return buffer.getvalue()


def _relate(root: etree._Element, number: str, kind: str, target: str) -> None:
    etree.SubElement(
        root, f"{{{_RELATIONS}}}Relationship", Id=number, Type=f"{_OFFICE}/{kind}", Target=f"/{target}"
    )
