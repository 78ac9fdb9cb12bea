"""Fetch a published site again, from where its readers find it, and say what is not as it was published."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import quote

import httpx

from documents.site_folder import hashes_at
from selfeval.refusal import Refusal

_SECONDS = 30
_FEW = 20
GONE, CHANGED, ADDED = "缺少", "内容不一致", "多出"


class Unreachable(Refusal):
    """The published address does not answer; the text says which and why."""


def compare(address: str, manifest: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the site at an http(s) address, folder or fsspec address: by path, in Chinese.

    Empty when every page is there as published. Raises Unreachable when nothing answers.
    """
    if address.startswith(("http://", "https://")):
        return _compare_pages(address, manifest)
    wrong = {}
    for path, digest in hashes_at(address, manifest).items():
        if path not in manifest:
            wrong[path] = ADDED
        elif digest != manifest[path]:
            wrong[path] = CHANGED if digest else GONE
    return wrong


def _compare_pages(address: str, manifest: Mapping[str, str]) -> dict[str, str]:
    wrong = {}
    # Pages in between would tell what they kept, not what stands there.
    headers = {"Cache-Control": "no-cache", "User-Agent": "selfeval"}
    with httpx.Client(timeout=_SECONDS, follow_redirects=True, headers=headers) as client:
        for path, digest in manifest.items():
            try:
                answer = client.get(f"{address.rstrip('/')}/{quote(path)}")
            except httpx.HTTPError as error:
                raise Unreachable(
                    f"公开地址 {address} 取不到 {path}：{str(error) or type(error).__name__}"
                ) from error
            if answer.status_code != httpx.codes.OK:
                wrong[path] = f"{GONE}（HTTP {answer.status_code}）"
            elif hashlib.sha256(answer.content).hexdigest() != digest:
                wrong[path] = CHANGED
    return wrong


def in_words(wrong: Mapping[str, str]) -> str:
    """What is wrong as one sentence without a full stop: the paths by what is wrong with them."""
    groups: dict[str, list[str]] = {}
    for path, reason in sorted(wrong.items()):
        groups.setdefault(reason, []).append(path)
    parts = []
    for reason, paths in groups.items():
        more = f"等{len(paths)}个" if len(paths) > _FEW else ""
        parts.append(f"{reason}：{'、'.join(paths[:_FEW])}{more}")
    return "；".join(parts)
