"""What is sent: a rendered `Email`, and the message that carries it in its envelope, safe against header injection.

Names, subjects and file names come from rosters and filings, so everything that becomes a header is
checked here and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from selfeval.addresses import ATOM, LABEL, is_address
from selfeval.workdays import local

_MESSAGE_ID = re.compile(rf"<{ATOM}(?:\.{ATOM})*@{LABEL}(?:\.{LABEL})*>")
# Reordering marks let a file name show another ending than it has.
_REORDERING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORBIDDEN_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Email:
    """One rendered mail: `text` and `html` say the same. Raises ValueError for a subject unfit as a header."""

    kind: str
    subject: str
    text: str
    html: str

    def __post_init__(self) -> None:
        checked_header(self.subject, "邮件主题")
        if "=?" in self.subject:
            raise ValueError(f"邮件主题不能含有“=?”，邮件程序会把它当作编码（RFC 2047）：{self.subject!r}")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with the name shown beside it. Raises ValueError when either is unfit as a header."""

    address: str
    name: str = ""

    def __post_init__(self) -> None:
        checked_address(self.address)
        if self.name:
            checked_header(self.name, "姓名")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send along; `mime` like "application/pdf". Raises ValueError for a bad name or type."""

    name: str
    content: bytes
    mime: str

    def __post_init__(self) -> None:
        checked_header(self.name, "附件名")
        if "/" in self.name or "\\" in self.name:
            raise ValueError(f"附件名不能含路径：{self.name}")
        if not re.fullmatch(r"[a-z]+/[A-Za-z0-9.+-]+", self.mime) or self.mime.startswith("multipart/"):
            raise ValueError(f"附件“{self.name}”的类型不正确：{self.mime!r}")


def checked_header(value: str, what: str) -> str:
    """The value itself; raises ValueError when it is blank or holds line breaks or control characters."""
    if not value.strip():
        raise ValueError(f"{what}不能为空")
    for character in value:
        if unicodedata.category(character) in _FORBIDDEN_CATEGORIES or character in _REORDERING:
            raise ValueError(f"{what}含有换行或控制字符（U+{ord(character):04X}），不能写入邮件头：{value!r}")
    return value


def checked_address(address: str) -> str:
    """The address itself; raises ValueError with a Chinese reason when it is no plain name@host."""
    if not is_address(address):
        raise ValueError(f"电子邮件地址不正确：{address!r}，应为“名称@域名”，只含英文字母、数字和常用符号")
    return address


def compose(
    email: Email,
    *,
    sender: Mailbox,
    recipient: Mailbox,
    message_id: str,
    date: datetime,
    attachments: Sequence[Attachment] = (),
) -> EmailMessage:
    """The message of one mail to one recipient; `message_id` in angle brackets, `date` aware.

    One recipient per message: the server's answer then belongs to exactly one outbox row.
    Raises ValueError (Chinese) for a message id that is none and for a date without a time zone.
    """
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"邮件编号不正确：{message_id!r}，应为“<标识@域名>”")
    message = EmailMessage(policy=policy.SMTP)
    message["Message-ID"] = message_id
    message["Date"] = format_datetime(local(date))
    message["From"] = _header(sender)
    message["To"] = _header(recipient)
    message["Subject"] = email.subject
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers to a machine
    # base64: servers without 8BITMIME get it unchanged, and no line of text can end the message early.
    message.set_content(email.text, cte="base64")
    message.add_alternative(email.html, subtype="html", cte="base64")
    for attachment in attachments:
        maintype, subtype = attachment.mime.split("/")
        message.add_attachment(
            attachment.content, maintype=maintype, subtype=subtype, filename=attachment.name
        )
    return message


def _header(mailbox: Mailbox) -> Address:
    return Address(display_name=mailbox.name, addr_spec=mailbox.address)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as it travels: one sender, one recipient, the octets with CRLF."""

    sender: str
    recipient: str
    message_id: str
    octets: bytes

    @classmethod
    def of(cls, message: EmailMessage) -> Envelope:
        """Raises ValueError for a message without exactly one sender and one recipient."""
        octets = message.as_bytes(policy=policy.SMTP)
        if not octets.endswith(b"\r\n"):
            octets += b"\r\n"
        sender, recipient = _only_address(message, "From"), _only_address(message, "To")
        return cls(sender, recipient, message["Message-ID"], octets)


def _only_address(message: EmailMessage, header: str) -> str:
    addresses = message[header].addresses if message[header] else ()
    if len(addresses) != 1:
        raise ValueError(f"邮件头 {header} 应恰有一个地址，实有{len(addresses)}个")
    return checked_address(addresses[0].addr_spec)
