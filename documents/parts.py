"""An office file whose parts are replaced or added; every part that is not touched stays byte for byte."""

from __future__ import annotations

import io
import posixpath
import zipfile

from lxml import etree

from documents.grid import Unreadable
from documents.package import Package

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT_TYPES = "[Content_Types].xml"
_STRICT = b"purl.oclc.org"
# New parts carry no clock: the same file with the same findings gives the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Parts:
    """The parts of a .docx or .xlsx, ready to be changed and written again."""

    def __init__(self, data: bytes) -> None:
        """Raises Unreadable for what is no sound office file, and for the strict variant of the format."""
        self.package = Package(data)
        self._source = zipfile.ZipFile(io.BytesIO(data))
        self._names = {name.lower(): name for name in self._source.namelist()}
        self._trees: dict[str, etree._Element] = {}
        self.main = self.package.main
        if _STRICT in self.package.read(self.main):
            raise Unreadable(
                "是“严格 Open XML”格式，不能加批注。请用 Word 或 Excel 另存为普通的 .docx 或 .xlsx。"
            )

    def tree(self, name: str) -> etree._Element:
        """A part as a tree that is written back. Raises Unreadable when it is missing or no sound XML."""
        key = name.lower()
        if key not in self._trees:
            parser = etree.XMLParser(
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
            try:
                self._trees[key] = etree.fromstring(self.package.read(name), parser)
            except (etree.XMLSyntaxError, ValueError) as error:
                raise Unreadable(f"的部件 {name} 已损坏，不能加批注。") from error
        return self._trees[key]

    def put(self, name: str, content: bytes, content_type: str) -> None:
        """Add a part or replace one."""
        self._names.setdefault(name.lower(), name)
        self._trees[name.lower()] = etree.fromstring(content)
        types = self.tree(_CONTENT_TYPES)
        tag, key, value = f"{{{_TYPES}}}Override", "PartName", f"/{name}"
        if all(entry.get(key, "").lower() != value.lower() for entry in types.iter(tag)):
            etree.SubElement(types, tag, {key: value, "ContentType": content_type})

    def free(self, pattern: str) -> str:
        """The first part name of a pattern like xl/comments{}.xml that is not taken."""
        number = 1
        while pattern.format(number).lower() in self._names:
            number += 1
        return pattern.format(number)

    def related(self, part: str, kind: str) -> str | None:
        """The part that `part` refers to by a relationship of this kind (its last word, like comments)."""
        for relation, target in self.package.relations(part).values():
            if relation.endswith(f"/{kind}") and target in self.package:
                return target
        return None

    def relate(self, part: str, kind: str, target: str) -> str:
        """A new relationship from `part` to `target`; its id."""
        folder, name = posixpath.split(part)
        listing = posixpath.join(folder, "_rels", f"{name}.rels")
        if listing.lower() not in self._names:
            self._names[listing.lower()] = listing
            self._trees[listing.lower()] = etree.Element(
                f"{{{_RELATIONSHIPS}}}Relationships", nsmap={None: _RELATIONSHIPS}
            )
        root = self.tree(listing)
        taken = {entry.get("Id") for entry in root}
        number = len(root) + 1
        while f"rId{number}" in taken:
            number += 1
        etree.SubElement(
            root,
            f"{{{_RELATIONSHIPS}}}Relationship",
            {"Id": f"rId{number}", "Type": f"{_OFFICE}/{kind}", "Target": f"/{target}"},
        )
        return f"rId{number}"

    def saved(self) -> bytes:
        """The file with its changes."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as target:
            known = set()
            for entry in self._source.infolist():
                known.add(entry.filename.lower())
                info = zipfile.ZipInfo(entry.filename, entry.date_time)
                info.external_attr = entry.external_attr
                info.compress_type = zipfile.ZIP_DEFLATED
                changed = self._trees.get(entry.filename.lower())
                content = _written(changed) if changed is not None else self.package.read(entry.filename)
                target.writestr(info, content)
            for key, tree in self._trees.items():
                if key not in known:
                    info = zipfile.ZipInfo(self._names[key], _EPOCH)
                    info.compress_type = zipfile.ZIP_DEFLATED
                    target.writestr(info, _written(tree))
        return buffer.getvalue()


def required(parent: etree._Element, tag: str) -> etree._Element:
    """The child of a tag; Unreadable when it is missing."""
    child = parent.find(tag)
    if child is None:
        raise Unreadable(f"缺少必要的内容（{etree.QName(tag).localname}），文件已损坏，不能加批注。")
    return child


def _written(tree: etree._Element) -> bytes:
    return etree.tostring(tree.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)
