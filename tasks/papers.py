"""The folder of the bureau's own papers: notices and workbooks, each replaced as a whole."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from tasks.settings import load_settings


def keep_paper(name: str, data: bytes) -> Path:
    """Write a paper so that a reader sees the old or the new one and never half. Its path."""
    folder = load_settings().papers
    folder.mkdir(parents=True, exist_ok=True)
    target, partial = folder / name, folder / f".{uuid4().hex}.part"
    partial.write_bytes(data)
    partial.replace(target)
    return target
