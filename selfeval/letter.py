"""A message as it came over the wire: who wrote, about what, with which files. Written for odd mail programs.

What Chinese mail programs really send: raw GB18030 in headers, GB2312 labels on wider text, RFC 2047 words
inside file names, forwarded mails as attachments. Nothing here raises for odd content; defects give less.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import getaddresses
from enum import StrEnum

from selfeval.mailtext import content, guessed, in_charset, own_words, text_of
from selfeval.pattern import Pattern

_DEPTH = 5  # forwarded mails inside forwarded mails
_NAME = 200
_SUBJECT = 250
# Signatures, cards and appointments that mail programs add by themselves.
_TRIMMINGS = {
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "text/calendar",
    "text/vcard",
    "text/x-vcard",
    "text/rfc822-headers",
    "message/delivery-status",
    "message/disposition-notification",
}
_AUTO_SUBJECT = Pattern(
    r"(自动回复|自动答复|自动应答|休假回复|已读[:：]|未读[:：]|auto(matic)?[ -]?(reply|response)|out of office|read:)",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = Pattern(
    r"退信|未送达|无法(投递|送达)|(投递|发送|传递)失败|undeliver|delivery (status|failure|has failed)|failure notice"
    r"|returned mail|mail delivery failed",
    re.IGNORECASE,
)
_AUTO_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")
_AUTO_PRECEDENCE = {"bulk", "junk", "list", "auto_reply", "auto-reply"}


class LetterKind(StrEnum):
    """bounce: a mail server returns a mail · auto: written by a program · personal: everything else."""

    BOUNCE = "bounce"
    AUTO = "auto"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An attached file; `name` is one line without path, control or reordering characters."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """`senders`: the address of the sender first, then those of the mails that it forwards; lower case.

    `reference` is the mail's own Message-ID, `text` what the sender wrote without the mail that it answers.
    """

    kind: LetterKind
    senders: tuple[str, ...]
    subject: str
    reference: str
    enclosures: tuple[Enclosure, ...]
    text: str = ""


class _Lenient(Compat32):
    """Headers with raw bytes are read as UTF-8 or GB18030 instead of question marks."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return re.sub(r"\r?\n(?=[ \t])", "", _repaired(value))


def read_letter(raw: bytes) -> Letter:
    """The letter that a message says."""
    message = message_from_bytes(raw, policy=_Lenient())
    senders: list[str] = _addresses(message)
    enclosures = list(_enclosures(message, senders, 0))
    return Letter(
        kind=_kind(message, senders),
        senders=tuple(dict.fromkeys(senders)),
        subject=one_line(_decoded(message.get("Subject", "")), _SUBJECT),
        reference=one_line(message.get("Message-ID", ""), _SUBJECT),
        enclosures=tuple(enclosures),
        text=own_words(text_of(message)),
    )


def one_line(text: str, longest: int) -> str:
    """Text of a stranger as one harmless line: no control, reordering or unpaired characters, bounded."""
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or _harmless(c))
    return " ".join(kept.split())[:longest]


def file_name(text: str) -> str:
    """A stranger's file name without path; its ending survives when it is too long. "" when nothing is left."""
    name = one_line(text.replace("\\", "/").rsplit("/", 1)[-1], 4 * _NAME).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if len(name) > _NAME and dot and len(ending) <= 10:
        return f"{stem[: _NAME - len(ending) - 1]}.{ending}"
    return name[:_NAME]


def _harmless(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _kind(message: Message, senders: list[str]) -> LetterKind:
    report = str(message.get_param("report-type", "")).lower()
    mailbox = senders[0].partition("@")[0] if senders else ""
    if (
        report == "delivery-status"
        or mailbox in ("mailer-daemon", "postmaster")
        or mailbox.startswith("microsoftexchange")
        or "X-Failed-Recipients" in message
    ):
        return LetterKind.BOUNCE
    subject = _decoded(message.get("Subject", "")).strip()
    submitted = message.get("Auto-Submitted", "no").partition(";")[0].strip().lower()
    if (
        submitted != "no"
        or report == "disposition-notification"
        or message.get("Precedence", "").strip().lower() in _AUTO_PRECEDENCE
        or message.get("Return-Path", "").strip() == "<>"
        or any(name in message for name in _AUTO_HEADERS)
        or _AUTO_SUBJECT.match(subject)
    ):
        return LetterKind.BOUNCE if _BOUNCE_SUBJECT.search(subject) else LetterKind.AUTO
    return LetterKind.PERSONAL


def _addresses(message: Message) -> list[str]:
    found = getaddresses(message.get_all("From", []))
    return [one_line(address, 254).lower() for _, address in found if "@" in address]


def _enclosures(message: Message, senders: list[str], depth: int) -> Iterator[Enclosure]:
    """The attached files in order; adds the senders of forwarded mails to `senders`."""
    shown = _shown_pictures(message)
    for part in _leaves(message):
        if part.get_content_type() == "message/rfc822":
            forwarded = _forwarded(part)
        else:
            name, data = _name(part), content(part)
            if _left_out(part, name, shown):
                continue
            forwarded = data if name.lower().endswith(".eml") else None
        if forwarded is None:
            yield Enclosure(name or _nameless(part), data)
        elif depth < _DEPTH:
            inner = message_from_bytes(forwarded, policy=_Lenient())
            senders += _addresses(inner)
            yield from _enclosures(inner, senders, depth + 1)
        else:
            yield Enclosure("转发的邮件.eml", forwarded)


def _leaves(message: Message) -> Iterator[Message]:
    """Every part that is no container; forwarded mails stay whole."""
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            waiting = [*part.get_payload(), *waiting]
        else:
            yield part


def _forwarded(part: Message) -> bytes:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if inner is None:
        return content(part)
    if part.get("Content-Transfer-Encoding", "").strip().lower() == "base64":
        # Forbidden by RFC 2046 and sent all the same; the parser took the code itself for the mail.
        try:
            return base64.b64decode(inner.as_bytes())
        except (binascii.Error, ValueError):
            return inner.as_bytes()
    return inner.as_bytes()


def _shown_pictures(message: Message) -> set[str]:
    """Content ids that the text of the mail shows as pictures."""
    texts = (content(part) for part in _leaves(message) if part.get_content_type() == "text/html")
    return {
        found.decode("ascii", "replace")
        for text in texts
        for found in re.findall(rb"cid:([^\"'\s>)]+)", text)
    }


def _left_out(part: Message, name: str, shown: set[str]) -> bool:
    if part.get_content_type() in _TRIMMINGS or name.lower() == "smime.p7s":
        return True
    disposition = part.get_content_disposition()
    if part.get_content_maintype() == "image":
        return disposition == "inline" or part.get("Content-ID", "").strip("<> ") in shown
    return part.get_content_maintype() == "text" and not name and disposition != "attachment"


def _name(part: Message) -> str:
    """The file name by RFC 2231, by RFC 2047 inside a parameter, or as raw bytes; "" when there is none."""
    for header, key in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        values = [value for name, value in part.get_params([], header) if name.lower() == key]
        # Beside a coded name the plain one is a stopgap for old programs.
        for value in sorted(values, key=lambda value: isinstance(value, str)):
            name = file_name(_decoded(value) if isinstance(value, str) else _extended(value))
            if name:
                return name
    return ""


def _nameless(part: Message) -> str:
    return f"未命名附件.{part.get_content_subtype()}" if part.get_content_subtype() == "pdf" else "未命名附件"


def _extended(value: tuple[str | None, str | None, str]) -> str:
    charset, _, text = value
    try:
        return in_charset(text.encode("latin-1"), charset)
    except UnicodeEncodeError:
        return text


def _decoded(text: str) -> str:
    """A header text with its RFC 2047 words decoded."""
    try:
        chunks = decode_header(text)
    except HeaderParseError:
        return text
    return "".join(
        chunk
        if isinstance(chunk, str)
        else (
            chunk.decode("raw-unicode-escape", "replace") if charset is None else in_charset(chunk, charset)
        )
        for chunk, charset in chunks
    )


def _repaired(value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return guessed(value.encode("utf-8", "surrogateescape"))
    return value
