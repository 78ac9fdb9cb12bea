"""Fonts of the bureau's papers, and text that office files can hold.

The families are those that every Chinese Windows and WPS carries. Word looks a missing one up under the
alternative names declared here; LibreOffice asks fontconfig (deploy/fonts.conf).
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from lxml import etree

from selfeval.paper_blocks import BLANK
from selfeval.pattern import Pattern

TITLE = "方正小标宋简体"
HEADING = "黑体"
SUBHEADING = "楷体"
BODY = "仿宋"
TABLE = "宋体"
LATIN = "Times New Roman"

_ALTERNATIVES = {TITLE: "华文中宋", HEADING: "SimHei", SUBHEADING: "KaiTi", BODY: "FangSong", TABLE: "SimSun"}
_MARKED = '<w:highlight w:val="yellow"/></w:rPr>'
_NOT_XML = Pattern("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """The text without the characters that XML cannot hold; filings copied from old systems carry them."""
    return _NOT_XML.sub("", text)


def font_xml(family: str, size: float, bold: bool = False, color: str = "") -> str:
    """A w:rPr element; size in points."""
    weight = "<w:b/>" if bold else ""
    tint = f'<w:color w:val="{color}"/>' if color else ""
    return (
        f'<w:rPr><w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{family}" w:cs="{LATIN}"/>'
        f'{weight}{tint}<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/></w:rPr>'
    )


def runs_xml(text: str, font: str) -> str:
    """w:r elements of a text in a font: breaks and tabs become Word's, blank places are highlighted."""
    parts, at = [], 0
    for found in BLANK.finditer(text):
        parts += [(text[at : found.start()], font), (found[0], font.replace("</w:rPr>", _MARKED))]
        at = found.end()
    parts.append((text[at:], font))
    return "".join(_run(part, look) for part, look in parts if part)


def _run(text: str, font: str) -> str:
    lines = "<w:br/>".join(
        "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in line.split("\t"))
        for line in printable(text).split("\n")
    )
    return f"<w:r>{font}{lines}</w:r>"


def prepare(document: Document, family: str, size: float) -> None:
    """Give a new document a base font, the Chinese language and the alternative names of its fonts."""
    normal = document.styles["Normal"]
    properties = normal.element.get_or_add_rPr()
    for child in list(properties):
        properties.remove(child)
    for child in parse_xml(font_xml(family, size).replace("<w:rPr>", f"<w:rPr {nsdecls('w')}>", 1)):
        properties.append(child)
    language = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    table = next(
        r.target_part for r in document.part.rels.values() if r.reltype == RELATIONSHIP_TYPE.FONT_TABLE
    )
    fonts = etree.fromstring(table.blob)
    for name, alternative in _ALTERNATIVES.items():
        font = etree.SubElement(fonts, qn("w:font"), {qn("w:name"): name})
        etree.SubElement(font, qn("w:altName"), {qn("w:val"): alternative})
        etree.SubElement(font, qn("w:charset"), {qn("w:val"): "86"})
    table._blob = etree.tostring(fonts, xml_declaration=True, encoding="UTF-8", standalone=True)
