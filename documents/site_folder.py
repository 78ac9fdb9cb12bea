"""A site where its readers find it, in a folder of this machine or at any address that fsspec knows.

A new site is staged first: files come one by one, are never all in memory, and those that stand already
are not written again. Readers of a folder see the old site or the new one: the new one is built beside it
and switched in by exchanging a link. An object store knows no such switch: pages come first and the index
last, so that nothing is linked that is not there yet; what the new site lacks goes at the very end.
Killed anywhere, the next call ends in the same files. One call at a time.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem

from selfeval.refusal import Refusal

SiteFile = tuple[str, bytes]  # path within the site, content

_MARK = "index.json"  # a place without it was not written here and is not replaced
_FRONT = "index.html"


@dataclass(frozen=True, slots=True)
class StagedSite:
    """A site that is ready to be switched in at `address`.

    `rewritten`: the paths whose content is new or changed; `removed`: those that stand and are not in it.
    """

    address: str
    staged: Path
    hashes: Mapping[str, str]
    rewritten: tuple[str, ...]
    removed: tuple[str, ...]


def manifest(files: Iterable[SiteFile]) -> dict[str, str]:
    """SHA-256 of every file by path: what is fetched back has to give it again."""
    return dict(sorted((path, _digest(content)) for path, content in files))


def site_hash(hashes: Mapping[str, str]) -> str:
    """One hash for a whole site: what is decided on, and what the read-back has to give again."""
    lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(hashes.items()))
    return _digest(lines.encode())


def stage_site(files: Iterable[SiteFile], address: str | Path) -> StagedSite:
    """Make the site ready; readers still see the old one.

    Raises Refusal when something else than a site stands at the address, or it is of no known kind.
    """
    fs, root = _place(os.fspath(address))
    standing = set(_standing(fs, root))
    if standing and _MARK not in standing:
        raise Refusal(f"文件夹 {address} 里有其他内容，不能用作公开网站的文件夹")
    # In a folder links to what stands make the new site whole; for a store only what changed is kept here.
    folder = _folder(fs, root)
    if folder:
        _prune(folder)
        staged = _versions(folder) / "building"
    else:
        staged = Path(tempfile.mkdtemp(prefix="selfeval-site-"))
    hashes: dict[str, str] = {}
    rewritten = []
    try:
        for path, content in files:
            hashes[path] = _digest(content)
            if path not in standing or fs.cat_file(f"{root}/{path}") != content:
                _write(staged / path, content)
                rewritten.append(path)
            elif folder:
                _same_bytes(folder / path, staged / path)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    removed = tuple(sorted(standing - hashes.keys()))
    return StagedSite(os.fspath(address), staged, dict(sorted(hashes.items())), tuple(rewritten), removed)


def switch_site(site: StagedSite) -> None:
    """Put the staged site in the place of the one that stands."""
    fs, root = _place(site.address)
    folder = _folder(fs, root)
    if folder is None:
        _upload(site, fs, root)
        discard_site(site)
        return
    if site.rewritten or site.removed or not folder.exists():
        _switch(folder, _complete(site, _versions(folder)))
    _prune(folder)


def discard_site(site: StagedSite) -> None:
    """Remove what was staged; the site that stands stays."""
    shutil.rmtree(site.staged)
    fs, root = _place(site.address)
    if folder := _folder(fs, root):
        _prune(folder)


def hashes_at(address: str | Path, paths: Iterable[str]) -> dict[str, str | None]:
    """SHA-256 of what stands under each path, None for nothing; files that stand there besides are included."""
    fs, root = _place(os.fspath(address))
    wanted = set(paths) | set(_standing(fs, root))
    return {path: _hash_of(fs, f"{root}/{path}") for path in sorted(wanted)}


def _place(address: str) -> tuple[fsspec.AbstractFileSystem, str]:
    try:
        fs, root = fsspec.core.url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise Refusal(f"公开网站的地址“{address}”用不了（SELFEVAL_SITE）：{error}") from error
    return fs, root.rstrip("/")


def _folder(fs: fsspec.AbstractFileSystem, root: str) -> Path | None:
    return Path(root).absolute() if isinstance(fs, LocalFileSystem) else None


def _versions(folder: Path) -> Path:
    """Where the versions of a site lie, and the one that is being built."""
    return folder.with_name(f"{folder.name}.versions")


def _standing(fs: fsspec.AbstractFileSystem, root: str) -> list[str]:
    fs.invalidate_cache()
    # A folder is found through its link: a walk does not follow links, not even the one it starts from.
    if isinstance(fs, LocalFileSystem):
        root = os.path.realpath(root)
    try:
        found = fs.find(root)
    except FileNotFoundError:
        return []
    return [path.removeprefix(root).lstrip("/") for path in found]


def _hash_of(fs: fsspec.AbstractFileSystem, path: str) -> str | None:
    try:
        return _digest(fs.cat_file(path))
    except (FileNotFoundError, IsADirectoryError):
        return None


def _complete(site: StagedSite, versions: Path) -> Path:
    """Give the finished version its name: that of its content, so that the same site ends in the same place."""
    name = site_hash(site.hashes)[:16]
    # A version of this name stands already when another hand changed files in it.
    final = versions / name
    if final.exists():
        final = versions / f"{name}-{uuid4().hex[:8]}"
    return site.staged.rename(final)


def _switch(folder: Path, final: Path) -> None:
    link = final.parent / "link"
    try:
        link.symlink_to(Path(final.parent.name) / final.name, target_is_directory=True)
    except OSError:
        # No links here (Windows, FAT): between two renames a reader finds nothing for a moment.
        if folder.exists():
            folder.rename(final.parent / uuid4().hex)
        final.rename(folder)
        return
    if folder.exists() and not folder.is_symlink():
        folder.rename(final.parent / uuid4().hex)  # a folder of before: once
    link.replace(folder)


def _prune(folder: Path) -> None:
    """Leave nothing beside a site but the version that it shows."""
    versions, current = _versions(folder), folder.resolve()
    if not versions.exists():
        return
    for leftover in versions.iterdir():
        if leftover.is_symlink():
            leftover.unlink()
        elif leftover.resolve() != current:
            shutil.rmtree(leftover)
    if not any(versions.iterdir()):
        versions.rmdir()


def _same_bytes(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source.resolve())
    except OSError:  # a disk that knows no links
        shutil.copyfile(source, target)


def _upload(site: StagedSite, fs: fsspec.AbstractFileSystem, root: str) -> None:
    if not fs.exists(f"{root}/{_MARK}"):
        # Killed before the index came, the place has to be known as ours again.
        _put(fs, f"{root}/{_MARK}", b"{}")
    for path in sorted(site.rewritten, key=lambda path: ("/" not in path, path == _FRONT, path)):
        _put(fs, f"{root}/{path}", (site.staged / path).read_bytes())
    for path in site.removed:
        fs.rm_file(f"{root}/{path}")


def _put(fs: fsspec.AbstractFileSystem, path: str, content: bytes) -> None:
    fs.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
    fs.pipe_file(path, content)


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
