"""An office file as a zip of XML parts, opened with care: sizes are checked before anything is unpacked."""

from __future__ import annotations

import io
import lzma
import posixpath
import struct
import zipfile
import zlib
from functools import cached_property

from lxml import etree

from documents.grid import Unreadable
from selfeval import identity
from selfeval.filing import Identity

MAX_UNPACKED = 400 * 1024 * 1024
MAX_ENTRIES = 10_000
# The tree of an XML part takes some eight times its size: this keeps one file below about half a gigabyte.
MAX_PART = 48 * 1024 * 1024
# Office XML packs at most some hundred to one.
_SUSPICIOUS = 64 * 1024 * 1024
_MAX_RATIO = 300

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    UnicodeDecodeError,
    struct.error,
)
_STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    b"http://purl.oclc.org/ooxml/officeDocument/customProperties": b"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties",
}
_MAIN = "/officeDocument"
_CUSTOM = "docProps/custom.xml"
_PROPERTY = "{http://schemas.openxmlformats.org/officeDocument/2006/custom-properties}property"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Package:
    """The parts of a .docx or .xlsx by name."""

    def __init__(self, data: bytes) -> None:
        """Raises Unreadable for what is damaged, encrypted or a bomb."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (*DAMAGED, ValueError, OSError) as error:
            raise Unreadable(_damaged(error)) from error
        entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES:
            raise Unreadable(
                f"内含 {len(entries)} 个部件，超过 {MAX_ENTRIES} 个的上限，不是正常的 Word 或 Excel 文件，未予解压。"
            )
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > MAX_UNPACKED or (unpacked > _SUSPICIOUS and unpacked > _MAX_RATIO * len(data)):
            raise Unreadable(
                f"解压后声称有 {unpacked // 1024 // 1024} MB（文件本身 {len(data) // 1024} KB），疑似压缩炸弹，未予解压。"
            )
        if any(entry.flag_bits & 1 for entry in entries):
            raise Unreadable("的内容已加密，读不出来。请取消密码后重新报送。")
        self._entries = {entry.filename.lower(): entry for entry in entries}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def names(self, prefix: str, suffix: str) -> list[str]:
        """Part names such as word/footer1.xml, in the order of the zip."""
        return [n for n in self._entries if n.startswith(prefix.lower()) and n.endswith(suffix.lower())]

    def read(self, name: str) -> bytes:
        """The bytes of a part; Unreadable when it is missing, damaged or too large."""
        entry = self._entries.get(name.lower())
        if entry is None:
            raise Unreadable(f"缺少部件 {name}，文件已损坏。请用原软件重新保存后再报送。")
        if entry.file_size > MAX_PART:
            raise Unreadable(
                f"的部件 {name} 有 {entry.file_size // 1024 // 1024} MB，超过 {MAX_PART // 1024 // 1024} MB 的上限，不是正常的自评材料。"
            )
        try:
            return self._zip.read(entry)
        except (*DAMAGED, ValueError, OSError) as error:
            raise Unreadable(_damaged(error)) from error

    def xml(self, name: str) -> etree._Element:
        """A part as a tree. No entity, DTD or network is followed; strict OOXML is brought to the usual names."""
        content = self.read(name)
        if b"purl.oclc.org" in content:
            for strict, usual in _STRICT.items():
                content = content.replace(strict, usual)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
        )
        try:
            return etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise Unreadable(f"的部件 {name} 已损坏，读不出来。请用原软件打开并另存后再报送。") from error

    @cached_property
    def main(self) -> str:
        """The name of the part that the file is about: word/document.xml, xl/workbook.xml."""
        for kind, target in self.relations("").values():
            if kind.endswith(_MAIN):
                return target
        raise Unreadable(
            "是一个压缩包而不是 Word 或 Excel 文件。请解压后逐个报送 .docx、.xlsx 或 .xls 文件。"
        )

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relationship id → (type, part name) of a part; of the whole package for ""."""
        folder, name = posixpath.split(part)
        listing = posixpath.join(folder, "_rels", f"{name}.rels")
        if listing not in self:
            return {}
        found = {}
        for relation in self.xml(listing).iter(_RELATIONSHIP):
            target = relation.get("Target", "")
            if relation.get("TargetMode") != "External" and target:
                target = target[1:] if target.startswith("/") else posixpath.join(folder, target)
                found[relation.get("Id", "")] = (relation.get("Type", ""), posixpath.normpath(target))
        return found

    @property
    def has_macros(self) -> bool:
        return any(name.endswith("vbaproject.bin") for name in self._entries)

    @property
    def issued_to(self) -> Identity | None:
        """The identity mark in the custom document property that a blank form carries."""
        if _CUSTOM in self:
            for entry in self.xml(_CUSTOM).iter(_PROPERTY):
                if entry.get("name") == identity.PROPERTY:
                    return identity.find("".join(entry.itertext()))
        return None


def whole(text: str | None, default: int = 0) -> int:
    """The whole number of an attribute, `default` for anything else; nothing in an office file needs ten digits."""
    return int(text) if text and len(text) < 10 and text.isascii() and text.isdigit() else default


def _damaged(error: Exception) -> str:
    return f"已损坏，打不开（{type(error).__name__}）。请用原软件打开并另存后再报送。"
