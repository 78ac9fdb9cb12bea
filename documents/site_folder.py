"""A site in a folder: staged beside the one that stands, switched in as a whole, read back.

Files come one by one and are never all in memory; those that stand already are linked, not written again.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from selfeval.refusal import Refusal

SiteFile = tuple[str, bytes]  # path within the site, content

_MARK = "index.json"  # a folder without it was not written here and is not replaced


@dataclass(frozen=True, slots=True)
class StagedSite:
    """A complete site beside the one that stands. `rewritten`: the paths whose content is new or changed."""

    folder: Path
    hashes: Mapping[str, str]
    rewritten: tuple[str, ...]


def manifest(files: Iterable[SiteFile]) -> dict[str, str]:
    """SHA-256 of every file by path: what verify_site() compares with."""
    return dict(sorted((path, _digest(content)) for path, content in files))


def site_hash(hashes: Mapping[str, str]) -> str:
    """One hash for a whole site: what is decided on, and what the read-back has to give again."""
    lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def stage_site(files: Iterable[SiteFile], folder: Path) -> StagedSite:
    """Write the site beside `folder`; readers still see the old one.

    After a crash between the renames of switch_site() the old site is put back first. Raises Refusal when
    the folder holds something else than a site.
    """
    folder = folder.absolute()
    fresh, former = _beside(folder)
    if former.exists() and not folder.exists():
        former.rename(folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise Refusal(f"文件夹 {folder} 里有其他内容，不能用作公开网站的文件夹")
    for leftover in (fresh, former):
        if leftover.exists():
            shutil.rmtree(leftover)
    hashes, rewritten = {}, []
    try:
        for path, content in files:
            hashes[path] = _digest(content)
            if _put(fresh / path, content, folder / path):
                rewritten.append(path)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return StagedSite(folder, dict(sorted(hashes.items())), tuple(rewritten))


def switch_site(staged: StagedSite) -> None:
    """Exchange the sites: two renames, as a rename over a folder does not exist on Windows."""
    fresh, former = _beside(staged.folder)
    if staged.folder.exists():
        staged.folder.rename(former)
    fresh.rename(staged.folder)
    if former.exists():
        shutil.rmtree(former)


def discard_site(staged: StagedSite) -> None:
    """Remove what was staged; the site that stands stays."""
    shutil.rmtree(_beside(staged.folder)[0])


def verify_site(folder: Path, expected: Mapping[str, str]) -> str:
    """Read the folder back and return its site hash.

    Raises Refusal that names every missing, changed and additional file when it is not as expected.
    """
    found = manifest(
        (path.relative_to(folder).as_posix(), path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    )
    wrong = [
        f"{reason}：{'、'.join(sorted(paths))}"
        for reason, paths in (
            ("缺少", expected.keys() - found.keys()),
            ("多出", found.keys() - expected.keys()),
            (
                "内容不一致",
                {path for path in expected.keys() & found.keys() if expected[path] != found[path]},
            ),
        )
        if paths
    ]
    if wrong:
        raise Refusal(f"公开网站 {folder} 读回核对不符：{'；'.join(wrong)}")
    return site_hash(found)


def _beside(folder: Path) -> tuple[Path, Path]:
    """Where the next site is staged and where the former one waits for its end."""
    return folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.old")


def _put(target: Path, content: bytes, standing: Path) -> bool:
    """Write a file, or link the standing one with the same content; whether it was written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if standing.is_file() and standing.read_bytes() == content:
        try:
            target.hardlink_to(standing)
        except OSError:  # a disk that knows no links
            shutil.copyfile(standing, target)
        return False
    target.write_bytes(content)
    return True


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
