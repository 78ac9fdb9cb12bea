"""The words of a message: what its parts say as text, and what of it the writer wrote himself."""

from __future__ import annotations

import html
import re
from email.message import Message

from selfeval.pattern import Pattern

_NARROW = {"gb2312", "gbk", "cp936", "gb_2312-80", "x-gbk", "hz-gb-2312", "x-unknown", "unknown-8bit"}
_LONGEST = 200_000
_UNSEEN = Pattern(r"(?is)<(script|style|head|blockquote)\b.*?</\1\s*>")
_LINE_END = Pattern(r"(?i)<(br|/p|/div|/tr|/li|/h\d)\b[^>]*>")
_TAG = Pattern(r"<[^>]*>")
# Where Chinese and English mail programs begin the mail that is answered.
_QUOTATION = Pattern(
    r"^\s*(-{2,}\s*(原始邮件|转发邮件|回复的原邮件|Original Message|Forwarded)|(发件人|From)\s*[:：]"
    r"|在.{4,120}写道\s*[:：]|On .{4,120} wrote:|_{8,})",
    re.IGNORECASE,
)


def content(part: Message) -> bytes:
    """The decoded bytes of a part that is no container."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def in_charset(data: bytes, charset: str | None) -> str:
    """Text under the label it came with; a label that does not fit is not believed."""
    label = (charset or "utf-8").lower()
    try:
        # GB18030 is a superset of what is labelled GB2312 and GBK, and the labels are often too narrow.
        return data.decode("gb18030" if label in _NARROW else label)
    except (UnicodeDecodeError, LookupError):
        return guessed(data)


def guessed(data: bytes) -> str:
    """Text of no known charset: UTF-8, else GB18030."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def text_of(message: Message) -> str:
    """What the body says, plain text before HTML, at most 200,000 characters; "" when it says nothing."""
    said: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for part in message.walk():
        kind = part.get_content_type()
        if kind in said and part.get_content_disposition() != "attachment" and not part.is_multipart():
            said[kind].append(in_charset(content(part)[: 4 * _LONGEST], part.get_content_charset()))
    plain = "\n".join(said["text/plain"]).strip()
    return (plain or _bare("\n".join(said["text/html"])))[:_LONGEST]


def own_words(text: str) -> str:
    """The text without the mail that it answers."""
    kept = []
    for line in text.splitlines():
        if _QUOTATION.match(line):
            break
        if not line.lstrip().startswith((">", "＞")):
            kept.append(line)
    return "\n".join(kept).strip()


def _bare(marked: str) -> str:
    seen = _LINE_END.sub("\n", _UNSEEN.sub(" ", marked))
    return html.unescape(_TAG.sub("", seen)).replace("\xa0", " ").strip()
