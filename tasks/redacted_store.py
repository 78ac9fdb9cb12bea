"""Redacted copies that were made once, kept beside the archive under what they were made of.

Everything here can be made again: an entry that is missing, half written or damaged is made anew, so that
leftovers may be removed at any time, whoever reads or writes meanwhile.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import NamedTuple

import fsspec

from documents.redacted import version
from documents.redacted_text import Hidden, RedactedCopy
from selfeval.redaction import Redaction
from tasks.archive import incoming


class Kept(NamedTuple):
    """What became of a file: its copy, or in Chinese why there is none.

    `text` is all text of a copy in which nothing personal but names can be left, None where that is not proven.
    """

    copy: RedactedCopy | None
    reason: str = ""
    text: str | None = None


def key_of(ending: str, original: str, rules: Redaction, names: Iterable[str]) -> str:
    """SHA-256 of all that a copy depends on: file (its hash and the ending of its name), rules, names, program."""
    made_of = [version(), ending, original, rules._asdict(), sorted(names)]
    return hashlib.sha256(json.dumps(made_of, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


class RedactedStore:
    """The copies of a cycle, in a folder or at any fsspec address."""

    def __init__(self, archive: str, year: int):
        self._fs, root = fsspec.core.url_to_fs(archive)
        self._root = f"{root.rstrip('/')}/redacted/{year}"

    def get(self, key: str) -> Kept | None:
        """What is kept under a key; None for nothing and for what is not whole."""
        try:
            whole = self._fs.cat_file(self._path(key))
        except FileNotFoundError:
            return None
        digest, _, rest = whole.partition(b"\n")
        if hashlib.sha256(rest).hexdigest().encode() != digest:
            return None
        head, _, content = rest.partition(b"\n")
        said = json.loads(head)
        hidden = tuple(Hidden(*each) for each in said["hidden"])
        copy = None if said["reason"] else RedactedCopy(content, hidden)
        return Kept(copy, said["reason"], said["text"])

    def put(self, key: str, kept: Kept) -> None:
        """Keep it: whole or not at all."""
        content, hidden = kept.copy or (b"", ())
        head = {"hidden": hidden, "reason": kept.reason, "text": kept.text}
        rest = json.dumps(head, ensure_ascii=False).encode() + b"\n" + content
        digest = hashlib.sha256(rest).hexdigest().encode()
        partial, path = incoming(self._fs, self._root), self._path(key)
        self._fs.makedirs(path.rpartition("/")[0], exist_ok=True)
        self._fs.pipe_file(partial, digest + b"\n" + rest)
        # Swept up between the two lines, it will be made again.
        with suppress(FileNotFoundError):
            self._fs.mv(partial, path)

    def sweep(self, used: Collection[str]) -> int:
        """Remove what is kept under other keys, and what was never finished; how many files that were."""
        self._fs.invalidate_cache()
        try:
            found = self._fs.find(self._root)
        except FileNotFoundError:
            return 0
        kept = {self._path(key) for key in used}
        old = [path for path in found if path not in kept]
        for path in old:
            with suppress(FileNotFoundError):  # another one was faster
                self._fs.rm_file(path)
        return len(old)

    def _path(self, key: str) -> str:
        # The ending tells it from the originals of the archive, which are known by their own hash.
        return f"{self._root}/{key[:2]}/{key}.copy"
