"""The search that proves a published folder free of personal data: every file, also inside zip, Word and Excel.

A file that this module cannot look into is reported like one in which something was found.
"""

from __future__ import annotations

import csv
import html
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from documents.grid import Unreadable
from documents.package import DAMAGED, MAX_UNPACKED, Package
from documents.redacted import redacted_copy
from selfeval.pattern import Pattern
from selfeval.personal_numbers import names_a_figure
from selfeval.redaction import Redaction, masked, spans

UNSEARCHED = "无法检查"
PROPERTY = "文件属性"
BESIDE = "批注或嵌入内容"

_INLINE = Pattern(r"</?(?:a|abbr|b|bdi|em|i|mark|q|s|small|span|strong|sub|sup|u|wbr|font|tspan)\b[^>]*>")
_TAG = Pattern(r"<!--|-->|<[^>!]*>")
_SPOKEN = Pattern(
    r"""\b(?:alt|title|content|aria-label|placeholder|value|summary|label|href|data-[\w-]+)\s*=\s*("[^"]*"|'[^']*')"""
)
_TEXTS = frozenset(("txt", "md", "css", "js", "xml", "svg"))
_PAGES = frozenset(("html", "htm"))
_PICTURES = frozenset(("png", "ico", "woff2"))  # drawn by us: no camera, no scanner
_OFFICE = frozenset(("docx", "xlsx", "docm", "xlsm"))
_FIGURE = Pattern(r"-?[0-9][0-9,]*(?:\.[0-9]+)?%?")
_FIGURE_KEY = Pattern(
    r"(?i)budget|amount|execut|fund|expend|income|total|balance|carry|weight|score|share|code|sha|hash"
)
# Drawn lines are long rows of numbers.
_DRAWN = frozenset(("path", "style", "adj", "d", "points", "coordsize", "coordorigin", "fmla", "w", "h"))
_PARAGRAPHS = frozenset(("p", "si", "is", "comment", "text"))
_PROGRAMS = frozenset(("openpyxl", "python-docx", "selfeval", "Microsoft Excel", "Microsoft Office Word"))
_PERSONS = frozenset(("creator", "lastModifiedBy", "Company", "Manager"))
_ASIDE = Pattern(
    r"(?:^|/)(?:comments\w*|people|persons?|threadedComments?\w*|vbaProject|oleObject\w*|docVars|custom)\.\w+$"
    r"|^customXml/|/embeddings/|/activeX/|^docProps/custom"
)
_JUDGED = Pattern(
    r"^word/(?:document|header|footer|footnotes|endnotes)\w*\.xml$|^xl/(?:worksheets/|sharedStrings)"
)
_DEEPEST = 3


class Found(NamedTuple):
    """Something personal: the file, the place in it, what kind, and its masked form."""

    file: str
    place: str
    kind: str
    shown: str

    @property
    def sentence(self) -> str:
        where = f"{self.file}（{self.place}）" if self.place else self.file
        return f"{where}：{self.kind} {self.shown}".rstrip()


def find_personal(folder: Path, rules: Redaction, names: Iterable[str] = ()) -> list[Found]:
    """Everything personal in all files of a folder and in their names; [] proves that there is none."""
    known = frozenset(names)
    return [
        found
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for found in personal_in(path.relative_to(folder).as_posix(), path.read_bytes(), rules, known)
    ]


def refusal_of(found: Sequence[Found]) -> str:
    """Every file and place for a person, at most 20, and what to do about a word that is no person's."""
    sentences = list(dict.fromkeys(entry.sentence for entry in found))
    more = f"；等共 {len(sentences)} 处" if len(sentences) > 20 else ""
    return (
        f"待公开的文件中仍有个人信息，不能公开：{'；'.join(sentences[:20])}{more}。"
        "确非个人信息的词，用 selfeval redaction keep 词 --by 姓名 --reason 原因 登记（或写入政策 [redaction] 的 keep）"
    )


def personal_in(
    path: str, content: bytes, rules: Redaction, names: frozenset[str] = frozenset()
) -> list[Found]:
    """Everything personal in one file of a site."""
    return list(dict.fromkeys(_Search(rules, names).file(path, content, 0)))


def text_when_clean(path: str, content: bytes, rules: Redaction) -> str | None:
    """All text of a file without anything personal that rules alone can tell, None where they find something.

    Whoever keeps it needs only to look for names (`names_stand_in`): new names come with every filing.
    """
    search = _Search(rules, frozenset())
    if next(search.file(path, content, 0), None) is not None:
        return None
    return "\n".join(sorted(search.texts))


class _Search:
    def __init__(self, rules: Redaction, names: frozenset[str]) -> None:
        self._rules = rules
        self._names = names
        self.texts: set[str] = set()

    def file(self, path: str, content: bytes, depth: int) -> Iterator[Found]:
        yield from self._text(path, "文件名", path.replace("/", " "))
        ending = path.rpartition(".")[2].lower()
        if content.startswith(b"PK\x03\x04") or ending in _OFFICE or ending == "zip":
            yield from self._zip(path, content, ending, depth)
        elif ending in _PICTURES:
            return
        elif ending in _PAGES | _TEXTS | {"json", "csv"}:
            try:
                text = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                yield Found(path, "", UNSEARCHED, "不是 UTF-8 文字")
                return
            if ending == "json":
                yield from self._json(path, text)
            elif ending == "csv":
                yield from self._csv(path, text)
            elif ending in _PAGES or ending in ("xml", "svg"):
                yield from self._page(path, text)
            else:
                yield from self._lines(path, text)
        else:
            yield Found(path, "", UNSEARCHED, f"不认识的文件种类 .{ending}")

    def _text(self, path: str, place: str, text: str, label: str = "") -> Iterator[Found]:
        if text.strip():
            self.texts.add(text)
            for start, stop, kind in spans(text, self._names, self._rules, label):
                yield Found(path, place, kind, masked(text[start:stop]))

    def _texts(self, path: str, entries: Iterable[tuple[str, str, str]]) -> Iterator[Found]:
        """Places with their texts and labels: in one pass, the usual case, and one by one where that finds anything."""
        listed = [entry for entry in entries if entry[1].strip()]
        self.texts.update(text for _, text, _ in listed)
        if spans("\n".join(f"{label}{text}" for _, text, label in listed), self._names, self._rules):
            for place, text, label in listed:
                yield from self._text(path, place, text, label)

    def _lines(self, path: str, text: str) -> Iterator[Found]:
        if not spans(text, self._names, self._rules):
            return  # the usual case, in one pass
        for number, line in enumerate(text.splitlines(), 1):
            yield from self._text(path, f"第{number}行", line)

    def _page(self, path: str, text: str) -> Iterator[Found]:
        """The text between tags, whole where only a tag for looks stands in it, and what tags say."""
        yield from self._lines(path, html.unescape(_TAG.sub("\n", _INLINE.sub("", text))))
        spoken = _SPOKEN.finditer(text)
        entries = {(f"标签中的 {each[0][:12]}", html.unescape(each[1][1:-1]), "") for each in spoken}
        yield from self._texts(path, sorted(entries))

    def _json(self, path: str, text: str) -> Iterator[Found]:
        try:
            data = json.loads(text)
        except ValueError:
            yield from self._lines(path, text)
            return
        yield from self._texts(path, _values("", data))

    def _csv(self, path: str, text: str) -> Iterator[Found]:
        rows = csv.reader(io.StringIO(text))
        head = next(rows, [])
        figures = [_of_figures(label) for label in head]
        entries = [("第1行", "\n".join(head), "")]
        for number, row in enumerate(rows, 2):
            for column, cell in enumerate(row):
                label, figure = (head[column], figures[column]) if column < len(head) else ("", False)
                if not (figure and _FIGURE.fullmatch(cell)):
                    entries.append((f"第{number}行 {label}".rstrip(), cell, f"{label}："))
        yield from self._texts(path, entries)

    def _zip(self, path: str, content: bytes, ending: str, depth: int) -> Iterator[Found]:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                entries = [entry for entry in archive.infolist() if not entry.is_dir()]
                locked = any(entry.flag_bits & 1 for entry in entries)
                if depth >= _DEEPEST or locked or sum(e.file_size for e in entries) > MAX_UNPACKED:
                    yield Found(path, "", UNSEARCHED, "已加密、过大或层层打包")
                    return
                parts = {entry.filename: archive.read(entry) for entry in entries}
        except (*DAMAGED, ValueError, OSError) as error:
            yield Found(path, "", UNSEARCHED, f"打不开（{type(error).__name__}）")
            return
        if "[Content_Types].xml" not in parts:
            for name, inner in parts.items():
                yield from self.file(f"{path}/{name}", inner, depth + 1)
            return
        yield from self._office(path, content, ending)
        for name, inner in parts.items():
            yield from self._part(path, name, inner, depth)

    def _office(self, path: str, content: bytes, ending: str) -> Iterator[Found]:
        """What another copy would hide: by labels beside and above, in cells and lines."""
        try:
            book = Package(content).main.startswith("xl/")
            copy = redacted_copy("x.xlsx" if book else "x.docx", content, self._rules, self._names)
        except Unreadable as error:
            yield Found(path, "", UNSEARCHED, str(error))
            return
        yield from (Found(path, place, kind, shown) for kind, place, shown in copy.hidden)

    def _part(self, path: str, name: str, content: bytes, depth: int) -> Iterator[Found]:
        if _ASIDE.search(name):
            yield Found(path, name, BESIDE, "")
        if not name.lower().endswith((".xml", ".rels", ".vml")):
            if content.startswith(b"PK\x03\x04"):
                yield from self._zip(f"{path}/{name}", content, "", depth + 1)
            return
        try:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
            root = etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError):
            yield Found(path, name, UNSEARCHED, "部件已损坏")
            return
        seen: set[str] = set()
        for element in root.iter():
            if not isinstance(element.tag, str):
                seen.add(str(element.text or ""))  # comments and instructions are read by nobody but found
                continue
            local = element.tag.rpartition("}")[2]
            if local in _PERSONS and name.startswith("docProps/") and (element.text or "").strip():
                if element.text not in _PROGRAMS:
                    yield Found(path, f"{name} 的 {local}", PROPERTY, masked(element.text.strip()))
                continue
            if local in _PARAGRAPHS:
                seen.add("".join(text for text in element.itertext() if isinstance(text, str)))
            elif element.text:
                seen.add(element.text)
            for key, value in element.attrib.items():
                if len(value) > 1 and key.rpartition("}")[2].lower() not in _DRAWN:
                    seen.add(value)
        # A cell that is nothing but a number was judged with its labels.
        judged = _JUDGED.search(name)
        kept = (text for text in sorted(seen) if not (judged and _FIGURE.fullmatch(text.strip())))
        yield from self._texts(path, ((name, text, "") for text in kept))


def _values(key: str, value: Any) -> Iterator[tuple[str, str, str]]:
    """Place, text and label of every value and key of JSON, without figures beside a key that names them."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield "键", name, ""
            yield from _values(name, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(key, inner)
    elif value is not None and not isinstance(value, bool):
        text = str(value)
        if not (_FIGURE.fullmatch(text) and _of_figures(key)):
            yield key, text, f"{key}："


@lru_cache(maxsize=256)
def _of_figures(label: str) -> bool:
    return bool(_FIGURE_KEY.search(label)) or names_a_figure(label)
