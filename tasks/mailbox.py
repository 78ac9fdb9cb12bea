"""What units file by e-mail: archive the whole message, find its unit, store, then move it away.

A mail is moved only after the database committed; a process that dies before leaves it in place, one that
dies between finds it settled at the next poll and only moves it. It was received when the server got it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from sqlalchemy.orm import Session

from db import messages, requests, submissions
from db.messages import MAX_ATTEMPTS
from db.models import MailMessage
from db.submissions import IncomingFile
from selfeval.asking import Asking, asking, is_application
from selfeval.bounce import read_bounce
from selfeval.letter import Enclosure, Letter, LetterKind, read_letter
from selfeval.mailrules import MailKind, Owing, not_a_filing, unit_of
from selfeval.objecting import is_support, objecting
from tasks.collect import receive
from tasks.contacts import take_bounce
from tasks.extend import take_request
from tasks.imap import ImapFolder, ImapSettings, Waiting, imap_folder
from tasks.mail_files import filings_of, incoming_files, whole_mail
from tasks.objections import take_letter
from tasks.office import archive, clock, database, log
from tasks.poll import Pending, Poll
from tasks.settings import load_settings

_MAX_MESSAGE = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Mailbox:
    """The opened folder in one poll: whose addresses these are and what was written by this house."""

    poll: Poll
    owing: Owing
    subjects: frozenset[str]
    settings: ImapSettings
    folder: ImapFolder


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What a mail is: a filing of `code`, or why a person has to look at it.

    `wish`: for more time, if it has one; `objection`: to a return, in its own words, "" for none.
    """

    kind: MailKind
    code: str | None
    note: str
    wish: Asking | None = None
    objection: str = ""


@contextmanager
def in_mailbox(poll: Poll) -> Iterator[list[Pending]]:
    """Every mail that waits; it can be taken in while this lasts.

    Without a configured mailbox, and before the roster stands, nothing is touched. Raises MailboxRefusal, as
    does each taking, when the server cannot be used. A mail whose taking fails stays in place.
    """
    settings = load_settings().imap
    if settings is None or not poll.owing:
        yield []
        return
    with database() as session:
        owing = Owing(
            departments={code: item.department_code for code, item in poll.owing.items()},
            contacts=messages.contacts(session, poll.owing.keys()),
        )
        subjects = requests.own_subjects(session, poll.row.id)
    with imap_folder(settings) as folder:
        box = _Mailbox(poll, owing, subjects, settings, folder)
        yield [
            Pending(
                "mail",
                poll.now or mail.received_at,
                f"{settings.mailbox} 第 {mail.uid} 号邮件",
                partial(_take, box, mail),
            )
            for mail in folder.waiting()
            if poll.now or not poll.leaves(mail.received_at)
        ]


def _take(box: _Mailbox, mail: Waiting) -> dict[str, int]:
    key = (box.settings.mailbox, box.folder.uidvalidity, mail.uid)
    with database() as session:
        known = messages.standing(session, *key)
    if known is not None and known.kind is not None:
        _put_away(box, mail, MailKind(known.kind), known.unit_code)
        return {}
    raw = box.folder.fetch(mail.uid) if mail.size <= _MAX_MESSAGE else b""
    if raw is None:
        return {}  # another poll moved it meanwhile
    sha256 = archive().put(raw) if raw else None
    received_at = box.poll.now or mail.received_at
    with database() as session:
        message = messages.begin(
            session, box.poll.row.id, *key, sha256=sha256, size=mail.size, received_at=received_at
        )
    try:
        counts, kind, unit_code = _settle(box, message, raw)
    except Exception:
        with database() as session:
            messages.give_back(session, message.id)
        raise
    _put_away(box, mail, kind, unit_code)
    return counts


def _settle(box: _Mailbox, message: MailMessage, raw: bytes) -> tuple[dict[str, int], MailKind, str | None]:
    """Judge the mail and record everything about it in one transaction; counts, what it is and whose."""
    source = f"imap:{message.mailbox}/{message.uidvalidity}/{message.uid}"
    letter = Letter(LetterKind.PERSONAL, (), "", "", ())
    files: list[tuple[IncomingFile, Enclosure]] = []
    if not raw:
        verdict = _Verdict(MailKind.OVERSIZED, None, f"邮件有 {message.size >> 20} MB，太大，没有下载")
    elif message.attempts > MAX_ATTEMPTS:
        verdict = _Verdict(MailKind.STUCK, None, "收取程序三次在这封邮件上中断，没有再打开，请人工处理")
    else:
        letter = read_letter(raw)
        files = incoming_files(message, source, letter)
        verdict = _judge(box, letter, files, message.received_at.date())
    with database() as session:
        row = messages.locked(session, message.id)
        if row.kind is not None:
            return {}, MailKind(row.kind), row.unit_code  # another poll was faster
        incoming, verdict = _without_ours(session, box, files, verdict)
        if verdict.kind is MailKind.BOUNCE:
            verdict = _bounced(session, box, raw, verdict)
        row.sender = letter.senders[0] if letter.senders else ""
        row.subject, row.reference = letter.subject, letter.reference
        if verdict.wish:
            take_request(session, box.poll.row, verdict.code, row, verdict.wish, clock(box.poll.now))
        if verdict.kind is MailKind.OBJECTION:
            verdict = _objected(session, box, row, verdict)
        if verdict.kind is MailKind.FILING:
            obligation = box.poll.owing[verdict.code]
            taken = receive(session, box.poll.row, obligation, incoming, clock(box.poll.now))
            kind = MailKind.NOT_OWED if taken.set_aside else MailKind.FILING
            counts = taken.counts
            if verdict.objection:
                counts["unmatched"] += _objected_too(session, box, row, verdict, taken.versions, source)
        elif verdict.kind is MailKind.BOUNCE and verdict.code:
            kind, counts = verdict.kind, {"returned": 1}
        elif verdict.kind is MailKind.EXTENSION:
            kind, counts = verdict.kind, {"requests": 1}
        elif verdict.kind is MailKind.OBJECTION:
            # What supports it is listed where a person finds it.
            kind, counts = verdict.kind, {"objections": 1, "unmatched": len(incoming)}
            for file in incoming:
                submissions.set_aside(
                    session, box.poll.row.id, file, outcome="unmatched", note="异议的附件，答复异议时参考",
                    unit_code=verdict.code,
                )  # fmt: skip
        else:
            kind = verdict.kind
            waiting = incoming if kind is MailKind.UNMATCHED else [whole_mail(row, source)]
            for file in waiting:
                note = f"邮件“{row.subject or '无主题'}”：{verdict.note}"
                submissions.set_aside(session, box.poll.row.id, file, outcome="unmatched", note=note)
            counts = {"unmatched": len(waiting)}
            log.warning("邮箱第 %d 号邮件等待人工处理：%s", row.uid, verdict.note)
        row.kind, row.unit_code, row.note = kind.value, verdict.code, verdict.note
        row.settled_at = clock(box.poll.now)
    return counts, kind, verdict.code


def _judge(box: _Mailbox, letter: Letter, files: list[tuple[IncomingFile, Enclosure]], on: date) -> _Verdict:
    refusal = not_a_filing(letter)
    wish = asking(letter.subject, letter.text, on=on, ours=box.subjects)
    objection = objecting(letter.subject, letter.text, ours=box.subjects)
    if refusal and not ((wish or objection) and refusal[0] is MailKind.QUESTION):
        return _Verdict(refusal[0], None, refusal[1])
    filings = filings_of(files)
    marks = [filing.identity for filing in filings if filing.identity]
    code, note = unit_of(box.owing, marks=marks, subject=letter.subject, senders=letter.senders)
    owing = code is not None and box.poll.owing[code].duty == "required"
    wish, objection = (wish, objection) if owing else (None, "")
    # A form that comes with the words is a filing all the same.
    if objection and not marks and all(is_support(enclosure) for _, enclosure in files):
        return _Verdict(MailKind.OBJECTION, code, "提出异议，等待答复", wish, objection)
    if wish and not marks and all(is_application(enclosure) for _, enclosure in files):
        return _Verdict(MailKind.EXTENSION, code, "申请延期，等待审批", wish)
    if refusal:
        return _Verdict(refusal[0], None, refusal[1])
    if code:
        return _Verdict(MailKind.FILING, code, note, wish, objection)
    called = [letter.subject, *(file.name for file, _ in files), *(filing.unit or "" for filing in filings)]
    return _Verdict(MailKind.UNMATCHED, None, box.poll.seems(note, called), wish, objection)


def _objected(session: Session, box: _Mailbox, row: MailMessage, verdict: _Verdict) -> _Verdict:
    """Register the objection; what cannot be registered waits for a person with the reason."""
    why = take_letter(session, box.poll.row, verdict.code, row, verdict.objection, clock(box.poll.now))
    return _Verdict(MailKind.QUESTION, verdict.code, f"来信提出异议：{why}", verdict.wish) if why else verdict


def _objected_too(
    session: Session, box: _Mailbox, row: MailMessage, verdict: _Verdict, versions: int, source: str
) -> int:
    """The objection in a mail with forms: to a version that the forms replaced it is for a person; mails for one."""
    why = (
        "附件已作为新的报送收下，异议请人工答复"
        if versions
        else take_letter(session, box.poll.row, verdict.code, row, verdict.objection, clock(box.poll.now))
    )
    if not why:
        return 0
    note = f"邮件“{row.subject or '无主题'}”里还提出异议：{why}"
    submissions.set_aside(
        session,
        box.poll.row.id,
        whole_mail(row, source),
        outcome="unmatched",
        note=note,
        unit_code=verdict.code,
    )
    return 1


def _bounced(session: Session, box: _Mailbox, raw: bytes, verdict: _Verdict) -> _Verdict:
    """A returned mail of ours is recorded with its unit; any other waits for a person."""
    mail = take_bounce(session, read_bounce(raw), clock(box.poll.now))
    if mail is None or mail.cycle_id != box.poll.row.id:
        return verdict
    return _Verdict(verdict.kind, mail.unit_code, f"发往 {mail.recipient} 的第{mail.id}号邮件被退回，已登记")


def _without_ours(
    session: Session, box: _Mailbox, files: list[tuple[IncomingFile, Enclosure]], verdict: _Verdict
) -> tuple[list[IncomingFile], _Verdict]:
    """Papers that the bureau sent and that come back as they were (an answer with a quotation) are no filing."""
    if verdict.kind is not MailKind.FILING:
        return [file for file, _ in files], verdict
    ours = messages.sent_papers(session, box.poll.row.id, verdict.code)
    kept = [file for file, _ in files if file.sha256 not in ours]
    if not kept:
        if verdict.objection:
            return [], replace(verdict, kind=MailKind.OBJECTION, note="提出异议，等待答复")
        note = "附件都是本局发出的原件，没有填写，可能是咨询，请人工答复"
        return [], _Verdict(MailKind.QUESTION, verdict.code, note)
    return kept, verdict


def _put_away(box: _Mailbox, mail: Waiting, kind: MailKind, unit_code: str | None) -> None:
    """Away with a mail that is settled; a returned one is when it is known whose it was."""
    done = kind is MailKind.FILING or (kind is MailKind.BOUNCE and unit_code is not None)
    box.folder.move(mail.uid, box.settings.done if done else box.settings.person)
