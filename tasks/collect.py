"""What lies in the inbox folder, and how anything that came is taken in: a version stored, its receipt queued.

Files stay where units put them; a file is taken in once per state (path, time and size of its last
change). It is received at the moment when this machine got it, not when the poll came by.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from db import cycles, submissions
from db.closing import intake_end
from db.extensions import dues_of
from db.models import CycleRow, Obligation
from db.submissions import IncomingFile
from documents.reading import MAX_BYTES, read_file
from notifications import emails
from notifications.emails import ReceivedFile
from notifications.render import short_moment
from selfeval.cycle import Duty
from selfeval.extension import Dues
from selfeval.workdays import SHANGHAI, local
from tasks.events import Happening, tell_when_committed
from tasks.mail import queue_mail
from tasks.office import archive, clock, database, lateness_text, log, office_of
from tasks.poll import Pending, Poll
from tasks.settings import load_settings

# Half-written files, and the lock files and leftovers of office programs and file managers.
_PASSED_OVER = re.compile(r"^(~\$|\.|Thumbs\.db$|desktop\.ini$)|\.(tmp|part|crdownload)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A file in the inbox: `folder` is the name of the unit's sub-folder, "" when it lies at the top."""

    path: Path
    folder: str
    source: str
    received_at: datetime


def scan(inbox: Path, poll: Poll) -> list[Found]:
    """Files that are whole, in order of path; none of a unit's sub-folder while one of them still comes.

    Who is copying eight files into a folder files eight, not the three that are there when a collection looks.
    """
    found, coming = [], set()
    for path in sorted(inbox.rglob("*")):
        if _PASSED_OVER.search(path.name) or not path.is_file():
            continue
        relative, state = path.relative_to(inbox), path.stat()
        folder = relative.parts[0] if len(relative.parts) > 1 else ""
        # The inode's own time: unlike the time of change, a copying program cannot set it back.
        came = datetime.fromtimestamp(state.st_ctime, SHANGHAI)
        changed = datetime.fromtimestamp(state.st_mtime, SHANGHAI)
        if poll.leaves(changed) or (poll.now is None and poll.leaves(came)):
            coming.add(folder)
            continue
        source = f"{relative.as_posix()}#{state.st_mtime_ns}#{state.st_size}"
        found.append(Found(path, folder, source, poll.now or came))
    coming.discard("")  # what lies at the top has nothing to do with each other
    return [each for each in found if each.folder not in coming]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of files: numbers of new versions, of duplicates, and of files set aside for a person."""

    versions: int = 0
    duplicates: int = 0
    set_aside: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """As a collection counts them."""
        return {"versions": self.versions, "duplicates": self.duplicates, "unmatched": self.set_aside}

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            self.versions + other.versions,
            self.duplicates + other.duplicates,
            self.set_aside + other.set_aside,
        )


def in_folder(poll: Poll, faults: list[Exception]) -> list[Pending]:
    """Every new file of the inbox, archived: those of a unit together, those of nobody each by itself.

    A file that cannot be read keeps no other from being taken; why not is added to `faults`.
    """
    inbox = load_settings().inbox
    inbox.mkdir(parents=True, exist_ok=True)
    with database() as session:
        known = submissions.known_sources(session, poll.row.id, "folder")
    pending: list[Pending] = []
    together: dict[str, list[IncomingFile]] = {}
    for found in scan(inbox, poll):
        if found.source in known:
            continue
        try:
            sha256, size = archive().put_file(found.path)
            file = IncomingFile(
                "folder", found.source, found.path.name, sha256, size, local(found.received_at)
            )
            code, note = _unit_of(found, file, poll)
        except Exception as error:  # noqa: BLE001 - raised by the caller, after the rest of the files
            error.add_note(f"收取报送文件夹中的“{found.source.split('#')[0]}”时出错，文件留在原处")
            faults.append(error)
            continue
        if code:
            together.setdefault(code, []).append(file)
        else:
            take = partial(_take_nobodys, poll, file, note)
            pending.append(Pending("folder", file.received_at, found.source.split("#")[0], take))
    for code, files in together.items():
        latest = max(file.received_at for file in files)
        pending.append(
            Pending("folder", latest, f"{code} 的文件夹", partial(_take_together, poll, code, files))
        )
    return pending


def _take_nobodys(poll: Poll, file: IncomingFile, note: str) -> dict[str, int]:
    with database() as session:
        added = submissions.set_aside(session, poll.row.id, file, outcome="unmatched", note=note)
    log.warning("无法对应单位的来件：%s（%s）", file.source.split("#")[0], note)
    return {"unmatched": added}


def _take_together(poll: Poll, code: str, files: list[IncomingFile]) -> dict[str, int]:
    with database() as session:
        return receive(session, poll.row, poll.owing[code], files, clock(poll.now)).counts


def _unit_of(found: Found, file: IncomingFile, poll: Poll) -> tuple[str | None, str]:
    """The unit whose file it is, by folder or by identity mark; else None and why not."""
    owing, called = poll.owing, [found.source]
    if found.folder:
        code = re.split(r"[\s_－—-]", found.folder, maxsplit=1)[0]
        if code in owing:
            return code, ""
        for item in owing.values():
            if item.unit_name == found.folder:
                return item.unit_code, ""
    if file.size <= MAX_BYTES:
        filing = read_file(found.path.name, archive().get(file.sha256, MAX_BYTES))
        identity = filing.identity
        called.append(filing.unit or "")
        if identity and identity.code in owing:
            return identity.code, ""
        if identity:
            return None, f"标识中的预算编码 {identity.code} 不在本周期的报送名单中"
    if found.folder:
        why = f"子文件夹“{found.folder}”不是名单中的预算编码或单位名称，文件中也没有本系统的标识"
    else:
        why = "不在单位子文件夹中，文件中也没有本系统的标识"
    return None, poll.seems(why, called)


def receive(
    session: Session, row: CycleRow, obligation: Obligation, files: list[IncomingFile], at: datetime
) -> Taken:
    """Store files that came together, by whatever channel, with their receipt, in the caller's transaction.

    Files of a unit that owes nothing, and those that came after the close, are set aside and answered.
    """
    if obligation.duty != "required":
        return _set_aside(session, row, obligation, files, "not_owed", owes_nothing(session, obligation), at)
    dues = dues_of(session, row, obligation)
    end = intake_end(session, row.id, dues.lock)
    after = [file for file in files if end and end.shuts_out(file.received_at)]
    taken = Taken()
    if after:
        why = f"本周期已于{short_moment(end.at)}{end.how}，不再收取报送"
        taken = _set_aside(session, row, obligation, after, "after_close", why, at)
    # What came in time stays in time when the same poll finds files that came too late.
    timely = [file for file in files if file not in after and file.received_at <= dues.filing.instant]
    for together in (timely, [file for file in files if file not in after and file not in timely]):
        if together:
            taken += _store(session, row, obligation, dues, together, at)
    return taken


def _store(
    session: Session,
    row: CycleRow,
    obligation: Obligation,
    dues: Dues,
    files: list[IncomingFile],
    at: datetime,
) -> Taken:
    cycle = cycles.value_of(row)
    received = max(file.received_at for file in files)
    receipt = submissions.receive(
        session,
        row,
        obligation.unit_code,
        files,
        late_days=cycle.workdays.late_working_days(dues.filing.instant, received),
        late_correction_days=cycle.workdays.late_working_days(dues.correction.instant, received),
        at=at,
    )
    if receipt.submission is None:
        return Taken(duplicates=len(receipt.duplicates))
    submission = receipt.submission
    first = submission.version == 1
    due = dues.filing if first else dues.correction
    rule = cycles.policy_of(row, obligation.policy).lateness if first else None
    mail = emails.receipt(
        office_of(cycle),
        number=f"HZ-{row.year}-{obligation.unit_code}-{submission.version:02d}",
        unit_name=obligation.unit_name,
        year=obligation.year,
        version=submission.version,
        files=[ReceivedFile(file.name, file.sha256, file.size) for file in receipt.stored],
        received_at=submission.received_at,
        due=due.instant,
        original_due=due.before_extension,
        late_working_days=submission.late_days,
        calculation=lateness_text(cycle, rule, cycle.workdays.reckon(due.instant, submission.received_at)),
    )
    queue_mail(session, obligation, mail, step=f"v{submission.version}", at=at)
    details = {
        "version": submission.version,
        "files": len(receipt.stored),
        "late_working_days": submission.late_days,
    }
    tell_when_committed(session, Happening.RECEIVED, row.year, obligation.unit_code, details)
    log.info("收到 %s 第%d次报送，%d个文件", obligation.unit_code, submission.version, len(receipt.stored))
    return Taken(versions=1, duplicates=len(receipt.duplicates))


def _set_aside(
    session: Session,
    row: CycleRow,
    obligation: Obligation,
    files: list[IncomingFile],
    outcome: str,
    why: str,
    at: datetime,
) -> Taken:
    """Archived already: record the files for a person and tell the unit, once per content."""
    added = [
        file
        for file in files
        if submissions.set_aside(
            session, row.id, file, outcome=outcome, note=why, unit_code=obligation.unit_code
        )
    ]
    if not added:
        return Taken()
    mail = emails.set_aside(
        office_of(cycles.value_of(row)),
        unit_name=obligation.unit_name,
        year=obligation.year,
        files=[ReceivedFile(file.name, file.sha256, file.size) for file in added],
        received_at=max(file.received_at for file in added),
        why=why,
    )
    contents = hashlib.sha256("".join(sorted(file.sha256 for file in added)).encode()).hexdigest()
    queue_mail(session, obligation, mail, step=f"S{contents[:16]}", at=at)
    log.warning("%s 的%d个文件没有计入：%s", obligation.unit_code, len(added), why)
    return Taken(set_aside=len(added))


def owes_nothing(session: Session, obligation: Obligation) -> str:
    """Why a unit need not file, in Chinese without a full stop; a merged one names who files for it."""
    text = f"你单位本周期{Duty(obligation.duty).label}：{obligation.reason}"
    into = obligation.merged_into and session.get(Obligation, (obligation.cycle_id, obligation.merged_into))
    return f"{text}，由{into.unit_name}（{into.unit_code}）报送" if into else text
