"""What a Word file says beside its text, taken out: comments, changes, fields, hidden text, pictures, marks."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
_V = "{urn:schemas-microsoft-com:vml}"
PICTURE_TEXT = "〔图片已略去〕"

P, TBL, TR, TC, RUN, T = (_W + name for name in ("p", "tbl", "tr", "tc", "r", "t"))
BOX = _W + "txbxContent"
_VAL = _W + "val"


def _w(*names: str) -> frozenset[str]:
    return frozenset(_W + name for name in names)


_DROPPED = _w(
    *("del", "moveFrom", "delText", "delInstrText", "sdtPr", "sdtEndPr", "customXmlPr", "smartTagPr"),
    *("commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef", "subDoc", "altChunk"),
    *("bookmarkStart", "bookmarkEnd", "permStart", "permEnd", "proofErr", "lastRenderedPageBreak", "rt"),
    *("moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd"),
    *(
        f"customXml{kind}Range{end}"
        for kind in ("Ins", "Del", "MoveFrom", "MoveTo")
        for end in ("Start", "End")
    ),
    *("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblGridChange", "trPrChange", "tcPrChange"),
    *("numberingChange", "tblPrExChange", "cellIns", "cellMerge", "tblCaption", "tblDescription"),
    *("rsid", "rsids", "embedRegular", "embedBold", "embedItalic", "embedBoldItalic", "numPicBullet"),
    *("lvlPicBulletId", "background", "control", "printerSettings"),
) | {_MC + "Fallback"}
_UNWRAPPED = _w(
    *("hyperlink", "smartTag", "customXml", "sdt", "sdtContent", "ins", "moveTo", "fldSimple"),
    *("ruby", "rubyBase", "dir", "bdo"),
) | {_MC + "AlternateContent", _MC + "Choice"}
_GRAPHICS = _w("drawing", "pict", "object")
_PICTURES = frozenset({_PIC + "pic", _V + "imagedata", _A + "blip", _A + "blipFill"})
_SHOWN_FIELDS = frozenset(("PAGE", "NUMPAGES", "SECTIONPAGES"))
# Their results are about the file and its author, not part of what the filing says.
_FILE_FIELDS = frozenset(
    [
        "AUTHOR",
        "LASTSAVEDBY",
        "USERNAME",
        "USERINITIALS",
        "USERADDRESS",
        "DOCPROPERTY",
        "COMMENTS",
        "FILENAME",
        "INFO",
        "KEYWORDS",
        "SUBJECT",
        "TITLE",
        "DOCVARIABLE",
        "TEMPLATE",
    ]
)
_SAID_ASIDE = frozenset(("descr", "title", "alt", "name", "href", "target", "tooltip"))


def clean(root: etree._Element, hidden_styles: Collection[str] = ()) -> None:
    """Leave of a part the text as it stands and its looks."""
    _tables(root)
    _fields(root)
    for element in _each(root):
        if element.tag in _DROPPED and element is not root:
            _drop(element)
        elif element.tag in _GRAPHICS:
            _graphic(element)
    for element in _each(root):
        if element.tag in _UNWRAPPED and element is not root:
            _unwrap(element)
    _hidden_text(root, hidden_styles)
    for element in _each(root):
        _attributes(element)
    for cell in root.iter(TC):
        if len(cell) == 0 or cell[-1].tag != P:
            etree.SubElement(cell, P)


def hidden_styles(styles: etree._Element) -> frozenset[str]:
    """Ids of the styles, direct or by inheritance, whose text Word does not show."""
    own: dict[str, bool | None] = {}
    base: dict[str, str] = {}
    for style in styles.iter(_W + "style"):
        name = style.get(_W + "styleId", "")
        own[name] = _vanishes(style.find(_W + "rPr"))
        parent = style.find(_W + "basedOn")
        base[name] = "" if parent is None else parent.get(_VAL, "")

    def hides(name: str) -> bool:
        seen: set[str] = set()
        while name in own and name not in seen:
            seen.add(name)
            if own[name] is not None:
                return bool(own[name])
            name = base[name]
        return False

    return frozenset(name for name in own if hides(name))


def _each(root: etree._Element) -> Iterator[etree._Element]:
    """Every element that still hangs below the root when its turn comes."""
    for element in list(root.iter(etree.Element)):
        if element is root or element.getparent() is not None:
            yield element


def _tables(root: etree._Element) -> None:
    """Rows and cells that a tracked change deletes, and hidden rows."""
    for row in list(root.iter(TR)):
        properties = row.find(_W + "trPr")
        if properties is not None and (
            properties.find(_W + "del") is not None or _on(properties.find(_W + "hidden"))
        ):
            _drop(row)
    for cell in list(root.iter(TC)):
        if cell.find(f"{_W}tcPr/{_W}cellDel") is not None:
            for child in [child for child in cell if child.tag != _W + "tcPr"]:
                cell.remove(child)
    for table in list(root.iter(TBL)):
        if table.find(f".//{TR}") is None:
            _drop(table)


def _fields(root: etree._Element) -> None:
    """Fields become their results; page numbers stay fields, what is about the file and its author goes."""
    for simple in list(root.iter(_W + "fldSimple")):
        if _word(simple.get(_W + "instr", "")) in _FILE_FIELDS:
            _drop(simple)
    open_fields: list[dict] = []
    for element in list(root.iter(_W + "fldChar", _W + "instrText", RUN)):
        if element.tag == _W + "instrText":
            if open_fields:
                open_fields[-1]["words"] += element.text or ""
                open_fields[-1]["parts"].append(element)
            else:
                _drop(element)
            continue
        if element.tag == RUN:
            for field in open_fields:
                if field["result"]:
                    field["runs"].append(element)
            continue
        kind = element.get(_W + "fldCharType")
        if kind == "begin":
            open_fields.append({"words": "", "parts": [element], "runs": [], "result": False})
            for child in list(element):
                element.remove(child)
        elif not open_fields:
            _drop(element)
        elif kind == "separate":
            open_fields[-1]["parts"].append(element)
            open_fields[-1]["result"] = True
        else:
            field = open_fields.pop()
            field["parts"].append(element)
            _settle(field)
    for field in open_fields:  # never closed: a damaged file
        _settle(field)


def _settle(field: dict) -> None:
    word = _word(field["words"])
    if word in _SHOWN_FIELDS and field["words"].split()[1:2] in ([], ["\\*"]):
        return
    for part in field["parts"]:
        _drop(part)
    if word in _FILE_FIELDS:
        for run in field["runs"]:
            for text in list(run.iter(T)):
                _drop(text)


def _word(instruction: str) -> str:
    words = instruction.split()
    return words[0].upper() if words else ""


def _graphic(element: etree._Element) -> None:
    """A text box stays with its text; a picture, a chart or an embedded file cannot be searched and goes."""
    if element.getparent() is None:
        return
    if element.find(f".//{BOX}") is None:
        shows = any(
            child.tag in _PICTURES
            or "/chart" in child.tag
            or "/diagram" in child.tag
            or "OLEObject" in child.tag
            for child in element.iter(etree.Element)
        )
        if shows:
            text = etree.Element(T)
            text.text = PICTURE_TEXT
            element.addprevious(text)
        _drop(element)
        return
    for child in list(element.iter(*_PICTURES, _V + "textpath", _A + "hlinkClick", _A + "hlinkHover")):
        if child.getparent() is not None:
            _drop(child)


def _hidden_text(root: etree._Element, hidden: Collection[str]) -> None:
    for paragraph in root.iter(P):
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        whole = style is not None and style.get(_VAL) in hidden
        for run in [child for child in paragraph if child.tag == RUN]:
            properties = run.find(_W + "rPr")
            own = _vanishes(properties)
            if own is None and properties is not None:
                named = properties.find(_W + "rStyle")
                own = True if named is not None and named.get(_VAL) in hidden else None
            if own or (own is None and whole):
                _drop(run)


def _vanishes(properties: etree._Element | None) -> bool | None:
    """Whether these properties hide text; None when they say nothing about it."""
    if properties is None:
        return None
    said = [e for name in ("vanish", "specVanish") if (e := properties.find(_W + name)) is not None]
    return any(map(_on, said)) if said else None


def _on(switch: etree._Element | None) -> bool:
    return switch is not None and switch.get(_VAL, "true") not in ("0", "false", "off")


def _attributes(element: etree._Element) -> None:
    if not element.attrib:
        return
    drawing = not element.tag.startswith(_W)
    keeps = element.tag in (_W + "headerReference", _W + "footerReference")
    for name in list(element.attrib):
        local = name.rpartition("}")[2]
        if name.startswith(_R):
            if not keeps:
                del element.attrib[name]
        elif local.lower().startswith("rsid") or local in ("paraId", "textId", "author", "initials", "date"):
            del element.attrib[name]
        elif drawing and local in _SAID_ASIDE:
            # docPr and cNvPr must have a name.
            if local == "name" and element.tag.endswith(("docPr", "cNvPr")):
                element.set(name, "")
            elif local != "name":
                del element.attrib[name]


def _drop(element: etree._Element) -> None:
    """Take an element out; text behind it belongs to no element of an office file."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _unwrap(element: etree._Element) -> None:
    """What the element holds stands in its place; marks like w:ins in the properties of a run vanish."""
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    content = [child for child in element if not child.tag.endswith("Pr")]
    parent.remove(element)
    for offset, child in enumerate(content):
        parent.insert(place + offset, child)
