"""A zip of filed documents, opened with the guards of an office file."""

from __future__ import annotations

import io
import re
import zipfile

from documents.grid import Unreadable
from documents.package import Package
from selfeval.pattern import Pattern

MAX_MEMBERS = 200

# What packing programs and file managers add.
_LEFTOVER = Pattern(r"(^|/)(__MACOSX/|~\$|\.|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_UTF8_NAME = 0x800


def unpack(data: bytes) -> list[tuple[str, bytes]]:
    """Path and bytes of every file in a plain zip; [] for what is none (office files are zips too).

    Raises Unreadable for a zip that is damaged, encrypted, a bomb or too full. Archives inside are not opened.
    """
    if not data.startswith(b"PK"):
        return []
    package = Package(data)
    if "[Content_Types].xml" in package:
        return []
    entries = [
        (path, entry.filename)
        for entry in zipfile.ZipFile(io.BytesIO(data)).infolist()
        if not entry.is_dir() and not _LEFTOVER.search(path := _path(entry))
    ]
    if len(entries) > MAX_MEMBERS:
        raise Unreadable(f"内有 {len(entries)} 个文件，超过 {MAX_MEMBERS} 个的上限，未予解压。")
    return [(path, package.read(name)) for path, name in entries]


def _path(entry: zipfile.ZipInfo) -> str:
    """The path in the zip; Chinese packing programs write it in GB18030 without saying so."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
