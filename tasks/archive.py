"""The archive of originals: content-addressed, written before anything reads them, never overwritten."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import fsspec
from fsspec import AbstractFileSystem

_CHUNK = 1 << 20
_ABANDONED = timedelta(hours=1)
_place = lru_cache(maxsize=8)(fsspec.core.url_to_fs)


class Archive:
    """Files under the SHA-256 of their bytes, in a folder or at any fsspec address."""

    def __init__(self, address: str):
        self._fs, self._root = _place(address)

    def put(self, data: bytes) -> str:
        """Keep the bytes and return their hash; what is kept already stays as it is."""
        return self._keep(io.BytesIO(data))[0]

    def put_file(self, path: Path) -> tuple[str, int]:
        """Keep a file of any size, read once in pieces; its hash and size."""
        with path.open("rb") as source:
            return self._keep(source)

    def get(self, digest: str, limit: int) -> bytes:
        """The first `limit` bytes kept under a hash; raises FileNotFoundError for an unknown one."""
        with self._fs.open(self._path(digest), "rb") as source:
            return source.read(limit)

    def digests(self) -> Iterator[str]:
        """The hash of everything that is kept."""
        if self._fs.isdir(self._root):
            for path in self._fs.find(self._root):
                name = path.rsplit("/", 1)[-1]
                if path.endswith(f"/{name[:2]}/{name}") and len(name) == 64:
                    yield name

    def digest_of(self, digest: str) -> str | None:
        """The hash of the bytes that are kept under a hash: the same one unless they are damaged; None: gone."""
        try:
            with self._fs.open(self._path(digest), "rb") as source:
                return hashlib.file_digest(source, "sha256").hexdigest()
        except FileNotFoundError:
            return None

    def take(self, other: Archive, digest: str) -> bool:
        """Keep what another archive keeps under a hash; False when its bytes give another one."""
        if other.digest_of(digest) != digest:
            return False
        with other._fs.open(other._path(digest), "rb") as source:
            return self._keep(source)[0] == digest

    def try_writing(self) -> None:
        """Write as `put` begins to, and keep nothing; raises OSError where that is not possible."""
        partial = incoming(self._fs, self._root)
        with self._fs.open(partial, "wb") as target:
            target.write(b"0")
        self._fs.rm_file(partial)

    def _keep(self, source: BinaryIO) -> tuple[str, int]:
        # The hash is that of the bytes that were written, even when the source changes meanwhile;
        # a reader never sees half a file, since it gets its name only when it is whole.
        partial = incoming(self._fs, self._root)
        digest, size = hashlib.sha256(), 0
        with self._fs.open(partial, "wb") as target:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        path = self._path(digest.hexdigest())
        if self._fs.exists(path):
            self._fs.rm_file(partial)
        else:
            self._fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
            self._fs.mv(partial, path)
        return digest.hexdigest(), size

    def _path(self, digest: str) -> str:
        return f"{self._root}/{digest[:2]}/{digest}"


def incoming(fs: AbstractFileSystem, root: str) -> str:
    """A new path for what is not whole yet; what a killed run left there is cleared away."""
    folder = f"{root}/incoming"
    fs.makedirs(folder, exist_ok=True)
    _clear(fs, folder)
    return f"{folder}/{uuid4().hex}"


@cache  # once per folder and run, not for each of thousands of files
def _clear(fs: AbstractFileSystem, folder: str) -> None:
    for path in fs.find(folder):
        # A younger one may be another run's, at work; another one may clear as well.
        with suppress(FileNotFoundError):
            if datetime.now(UTC) - fs.modified(path) > _ABANDONED:
                fs.rm_file(path)
