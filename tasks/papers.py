"""The folder of the bureau's own papers: notices and workbooks, each replaced as a whole."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from uuid import uuid4

from tasks.settings import load_settings

# What no system takes in a file name, and marks that would turn it around in the header of a mail.
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]')

_ABANDONED_SECONDS = 3600


def safe_name(text: str) -> str:
    """The text as the name of a file or a folder; what units are called comes from a list of theirs."""
    return _UNSAFE.sub("_", text)


def paper_path(name: str) -> Path:
    """Where a paper of this name stands or will stand."""
    return load_settings().papers / name


def keep_paper(name: str, data: bytes) -> Path:
    """Write a paper so that a reader sees the old or the new one and never half. Its path."""
    target = paper_path(name)
    replace_whole(target, data)
    return target


def replace_whole(target: Path, data: bytes) -> None:
    """Give a file its bytes at once; what a killed run left half-written beside it is cleared away."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _clear(target.parent)
    partial = target.parent / f".{uuid4().hex}.part"
    partial.write_bytes(data)
    partial.replace(target)


@cache  # once per folder and run: a province's papers are not looked through for each of them
def _clear(folder: Path) -> None:
    for partial in folder.glob(".*.part"):
        # A younger one may be another run's, at work.
        with suppress(FileNotFoundError):
            if time.time() - partial.stat().st_mtime > _ABANDONED_SECONDS:
                partial.unlink()
