"""Returned mail: who did not get which mail, and whether the address is to blame.

Read are reports by RFC 3464 and, because mailboxes of qq.com, 163.com and old Exchange servers return a
letter in plain words, texts that name an address and a reason. Codes by RFC 3463.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from enum import StrEnum

from selfeval.addresses import ATOM, LABEL, is_address
from selfeval.letter import one_line
from selfeval.mailtext import content, in_charset, text_of
from selfeval.pattern import Pattern

_REASON = 300
_ADDRESS = Pattern(rf"{ATOM}(?:\.{ATOM})*@{LABEL}(?:\.{LABEL})+")
_MESSAGE_ID = Pattern(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
_STATUS = Pattern(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_CODE = Pattern(r"(?<![\d.])([45][0-5]\d)(?=[\s:：,，-]|$)")
_HARD = Pattern(
    r"不存在|无此(用户|邮箱|地址)|没有(此|这个|该)(用户|邮箱|收件人)|找不到.{0,8}(收件人|用户|邮箱|地址)"
    r"|已(被)?(注销|停用|禁用|冻结)|地址(有误|错误|无效)|unknown user|user (is )?(unknown|not found)"
    r"|no such (user|mailbox|recipient)|does(n't| not) exist|(mailbox|recipient|address) (not found|disabled|unknown)",
    re.IGNORECASE,
)
_SOFT = Pattern(
    r"已满|空间不足|容量|稍后|暂时|延迟|(mailbox|storage) (is )?full|quota|delayed|temporar|will (be )?retr|greylist",
    re.IGNORECASE,
)
# Full, too large, a fault of the transport, of the content or of a policy: not the address (RFC 3463 3.3-3.8).
_NOT_THE_ADDRESS = Pattern(r"5\.(2\.[23]|3\.|6\.|7\.)")
_ADDRESS_CODES = (550, 551, 553)


class Severity(StrEnum):
    """bad: the address does not work and has to be corrected · noted: it may work again by itself."""

    BAD = "bad"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Failure:
    """A recipient that a mail did not reach: address in lower case, RFC 3463 status ("" unknown), one line why."""

    address: str
    status: str
    reason: str
    delayed: bool = False

    @property
    def severity(self) -> Severity:
        return Severity.NOTED if self.delayed else judged(self.status, self.reason)


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a returned mail says: Message-IDs that may be the returned one's, and the recipients it did not reach."""

    references: tuple[str, ...]
    failures: tuple[Failure, ...]


def judged(status: str, reason: str) -> Severity:
    """Whether status and words blame the address; what cannot be told is only noted."""
    if status.startswith("4"):
        return Severity.NOTED
    if status.startswith("5") and status != "5.0.0":
        return Severity.NOTED if _NOT_THE_ADDRESS.match(status) else Severity.BAD
    if _SOFT.search(reason):
        return Severity.NOTED
    if _HARD.search(reason):
        return Severity.BAD
    code = _CODE.search(reason)
    return Severity.BAD if code and int(code[1]) in _ADDRESS_CODES else Severity.NOTED


def refused(address: str, reply: str) -> Failure:
    """A server's answer 5xx at the time of sending, as the same kind of failure."""
    return Failure(address.lower(), _status(reply), one_line(reply, _REASON))


def read_bounce(raw: bytes) -> Bounce:
    """What the message returns; no failures when it names none (a report of success, or no address at all).

    A text without a report names every address in it: which of them was written to, the caller knows.
    """
    message = message_from_bytes(raw)
    failures = [failure for part in _reports(message) for failure in _reported(part)]
    if not failures and not any(_reports(message)):
        failures = list(_told(message))
    return Bounce(tuple(dict.fromkeys(_references(message))), tuple(failures))


def _reports(message: Message) -> list[Message]:
    return [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]


def _reported(report: Message) -> Iterator[Failure]:
    blocks = report.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        action = block.get("Action", "").strip().lower()
        # The roster knows the address that was written to, not the one it was forwarded to.
        for header in ("Original-Recipient", "Final-Recipient"):
            address = block.get(header, "").rpartition(";")[2].strip(" <>").lower()
            if is_address(address) and action in ("failed", "delayed"):
                diagnosis = one_line(block.get("Diagnostic-Code", "").partition(";")[2], _REASON)
                status = _status(block.get("Status", "")) or _status(diagnosis)
                yield Failure(address, status, diagnosis, delayed=action == "delayed")
                break


def _told(message: Message) -> Iterator[Failure]:
    text = one_line(text_of(message), 20_000)
    named = message.get("X-Failed-Recipients", "")
    reason = _reason(text)
    for address in dict.fromkeys(found.lower() for found in _ADDRESS.findall(f"{named} {text}")):
        yield Failure(address, _status(reason), reason)


def _reason(text: str) -> str:
    """The words around the first code or reason."""
    found = _STATUS.search(text) or _HARD.search(text) or _SOFT.search(text) or _CODE.search(text)
    start = max(found.start() - 60, 0) if found else 0
    return text[start : start + _REASON].strip()


def _status(text: str) -> str:
    found = _STATUS.search(text)
    return found[0] if found else ""


def _references(message: Message) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            yield from _MESSAGE_ID.findall(in_charset(content(part), None))
        elif part is not message and "Message-ID" in part:
            yield part["Message-ID"].strip()
        yield from _MESSAGE_ID.findall(part.get("Original-Envelope-Id", ""))
    for header in ("In-Reply-To", "References"):
        yield from _MESSAGE_ID.findall(message.get(header, ""))
    yield from _MESSAGE_ID.findall(text_of(message))
