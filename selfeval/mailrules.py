"""Whether a mail is a filing, and whose: by identity mark, by reference in the subject, by known sender.

What speaks against each other goes to a person: a filing under the wrong name is worse than a late answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from selfeval.filing import Identity
from selfeval.labels import squash
from selfeval.letter import Enclosure, Letter, LetterKind
from selfeval.pattern import Pattern

_RECEIPT = Pattern(r"HZ-\d{4}-([0-9A-Za-z]{1,32})-\d{2}(?!\d)")
# Re:, 回复：, 转发：, with or without the number of rounds.
_PREFIX = Pattern(r"^((re|fw|fwd|回复|答复|转发)(\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE)
# Not a year and not a count.
_CODE = Pattern(r"(?<![0-9A-Za-z-])[0-9A-Za-z]+(?![0-9A-Za-z年个项家])")
_LONG = 6  # shorter codes are also numbers of other things: they must stand at the beginning
_SHORTEST_NAME = 3
_NO_PAPER = Pattern(r"\.(jpe?g|png|gif|bmp|tiff?|webp|heic|txt|html?|ics|vcf|mp4|mov)$", re.IGNORECASE)


class MailKind(StrEnum):
    """What became of a mail. `filing` is done; everything else waits for a person.

    auto and bounce never get an answer; unmatched: files of nobody; not_owed: the unit need not file or the cycle is closed;
    question: no files to file; extension: a request for more time; objection: one to a return; oversized: not fetched; stuck: taking it in broke the program twice.
    """

    FILING = "filing"
    UNMATCHED = "unmatched"
    NOT_OWED = "not_owed"
    QUESTION = "question"
    EXTENSION = "extension"
    OBJECTION = "objection"
    AUTO = "auto"
    BOUNCE = "bounce"
    OVERSIZED = "oversized"
    STUCK = "stuck"


@dataclass(frozen=True, slots=True)
class Owing:
    """The roster as mails are matched against it: code → competent department, address → codes of its units."""

    departments: Mapping[str, str]
    contacts: Mapping[str, Collection[str]]


def not_a_filing(letter: Letter) -> tuple[MailKind, str] | None:
    """Why a letter cannot be a filing, with the reason for a person; None when it can."""
    if letter.kind is LetterKind.BOUNCE:
        return MailKind.BOUNCE, "退信通知，不是报送"
    if letter.kind is LetterKind.AUTO:
        return MailKind.AUTO, "自动回复或系统邮件，不是报送"
    if not letter.enclosures:
        return MailKind.QUESTION, "邮件没有附件，可能是咨询，请人工答复"
    if not any(is_paper(enclosure) for enclosure in letter.enclosures):
        return MailKind.QUESTION, "附件只有图片或文本，没有自评材料，请人工查看"
    return None


def is_paper(enclosure: Enclosure) -> bool:
    """Whether a file may be one to file; pictures only accompany one."""
    return not _NO_PAPER.search(enclosure.name)


def unit_of(
    owing: Owing, *, marks: Sequence[Identity], subject: str, senders: Sequence[str]
) -> tuple[str | None, str]:
    """The code of the unit that filed, or None and why that cannot be said.

    `marks` are the identity marks of the attachments; `senders` as in Letter. Marks and references decide;
    the sender decides alone only as a contact of exactly one unit, and must otherwise fit: be unknown,
    the unit's own, or its department's.
    """
    strangers = sorted({mark.code for mark in marks} - owing.departments.keys())
    if strangers:
        return None, f"标识中的预算编码 {'、'.join(strangers)} 不在本周期的报送名单中"
    named = {mark.code for mark in marks} | references(owing, subject)
    if len(named) > 1:
        return None, f"附件标识和邮件主题指向不同的单位（{'、'.join(sorted(named))}）"
    known = next((owing.contacts[sender] for sender in senders if sender in owing.contacts), frozenset())
    if not named:
        if len(known) == 1:
            return next(iter(known)), ""
        if known:
            return (
                None,
                f"发件人是多个单位的联系人（{'、'.join(sorted(known))}），附件没有标识，主题没有预算编码",
            )
        return None, "发件人不在名单中，附件没有本系统的标识，主题没有回执编号或预算编码"
    code = named.pop()
    if known and code not in known and owing.departments[code] not in known:
        return None, f"附件或主题指向单位 {code}，发件人却是 {'、'.join(sorted(known))} 的联系人"
    return code, ""


def resembling(names: Mapping[str, str], texts: Iterable[str]) -> str:
    """Whose a file of nobody seems to be, for the person who decides: "101001 某县第一中学", or "" when it is open.

    `names`: unit code → name; `texts`: what the file, the mail and the forms in them are called. A name counts
    with or without what all names of the roster begin with (the county), and not within a longer one.
    """
    said = [squash(text) for text in texts]
    # Of a roster in the order of names the first and the last have in common what all have.
    ends = zip(min(names.values(), default=""), max(names.values(), default=""), strict=False)
    county = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], ends)) if len(names) > 1 else 0
    told = {}
    for code, name in names.items():
        calls = [call for call in (squash(name), squash(name[county:])) if len(call) >= _SHORTEST_NAME]
        if call := next((call for call in calls if any(call in text for text in said)), ""):
            told[code] = call
    longest = [
        code
        for code, call in told.items()
        if not any(call in other for c, other in told.items() if c != code)
    ]
    return f"{longest[0]} {names[longest[0]]}" if len(longest) == 1 else ""


def references(owing: Owing, subject: str) -> set[str]:
    """Codes of the roster that a subject names, by receipt number or by budget code."""
    found = {match for match in _RECEIPT.findall(subject)}
    bare = bare_subject(_RECEIPT.sub("", subject)).lstrip(" 【[（(")
    for match in _CODE.finditer(bare):
        if len(match[0]) >= _LONG or match.start() == 0:
            found.add(match[0])
    return found & owing.departments.keys()


def bare_subject(subject: str) -> str:
    """A subject without the Re: and 转发： that mail programs put before it."""
    return _PREFIX.sub("", subject.strip()).strip()
