"""An office file made once, in which only a few words differ from reader to reader: a notice goes to a thousand units."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from copy import copy
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile


class Master:
    """The file with signs in the place of the words: characters of their own, such as "\\ue000"."""

    def __init__(self, data: bytes, signs: Iterable[str]):
        # One of the two libraries writes a sign as its number.
        written = [(sign, form.encode()) for sign in signs for form in (sign, f"&#{ord(sign)};")]
        with ZipFile(io.BytesIO(data)) as made:
            parts = [(entry, made.read(entry)) for entry in made.infolist()]
        self._parts = [
            (entry, content, [(sign, form) for sign, form in written if form in content])
            for entry, content in parts
        ]

    def with_words(self, words: Mapping[str, str]) -> bytes:
        """The file with a word for each sign."""
        buffer = io.BytesIO()
        with ZipFile(buffer, "w", ZIP_DEFLATED) as target:
            for entry, content, signs in self._parts:
                for sign, form in signs:
                    content = content.replace(form, escape(words[sign]).encode())
                target.writestr(copy(entry), content)
        return buffer.getvalue()
