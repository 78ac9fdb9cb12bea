"""Backups: what the bureau cannot make again, taken while it works, checked, and put back into an empty home.

A place for backups (a folder, best on another machine or disk) holds

    originals/ab/abcd…             the archive, every original once for all backups
    20260407-180000/backup.json    what the backup consists of, with hashes
    20260407-180000/selfeval.db    the database as a SQLite file, whatever kind it was taken from
    20260407-180000/originals.txt  the originals that belong to it
    20260407-180000/papers/, mails/  notices and workbooks; mails that are written to a folder

The inbox is not among them (collected files are in the archive), nor is the public site (written again from
the database) nor Prefect's own database (deployments are registered again).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from db import audit, mailroom
from db.copying import copy_database, require_empty, row_counts, tables
from db.session import alone, engine_for, migrate, require_latest, revisions, snapshot
from selfeval.refusal import Refusal
from tasks.archive import Archive
from tasks.settings import Settings

_ORIGINALS = "originals"
_DATABASE = "selfeval.db"
_MANIFEST = "backup.json"
_LIST = "originals.txt"
_PART = ".part"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a backup holds, or what was put back: rows by table, how many originals and other files.

    `missing`: hashes of originals that the database or the backup names and that are nowhere; `damaged`:
    those whose bytes do not give their hash any more, and other files that changed. `doubted`: mails that
    waited to be sent and now wait for a person.
    """

    folder: Path
    made_at: str
    rows: dict[str, int]
    originals: int
    files: int
    missing: tuple[str, ...]
    damaged: tuple[str, ...]
    doubted: int = 0

    @property
    def whole(self) -> bool:
        return not self.missing and not self.damaged


def create(settings: Settings, place: Path, at: datetime) -> Outcome:
    """Take a backup while the bureau works; it has its name only when it is whole.

    Raises Refusal when another backup is under way or the database is not at this program's version.
    """
    with alone(settings.database_url, "backup") as mine:
        if not mine:
            raise Refusal("另一次备份正在进行，等它结束后再备份")
        folder = place / f"{at:%Y%m%d-%H%M%S}"
        partial = folder.with_name(folder.name + _PART)
        if folder.exists():
            raise Refusal(f"“{folder}”已经有一份备份")
        for leftover in place.glob(f"*{_PART}"):  # of a backup that was interrupted
            shutil.rmtree(leftover)
        partial.mkdir(parents=True)
        # The database first: whatever it names is in the archive already.
        rows, named = _save_database(settings.database_url, partial / _DATABASE)
        archive = Archive(settings.archive)
        kept = set(archive.digests())
        damaged = _copy_originals(archive, Archive(str(place / _ORIGINALS)), kept)
        (partial / _LIST).write_text("".join(f"{d}\n" for d in sorted(kept)), encoding="utf-8")
        files = {
            f"{name}/{path}": _copied(source / path, partial / name / path)
            for name, source in _folders(settings).items()
            for path in _files(source)
        }
        manifest = {
            "made_at": at.isoformat(timespec="seconds"),
            "revision": revisions()[-1],
            "rows": rows,
            "originals": len(kept),
            "files": {name: _sha256(partial / name) for name in (_DATABASE, _LIST)} | files,
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        (partial / _MANIFEST).write_text(text, encoding="utf-8")
        partial.rename(folder)
    return Outcome(
        folder, manifest["made_at"], rows, len(kept), len(files), tuple(sorted(named - kept)), damaged
    )


def verify(folder: Path) -> Outcome:
    """Read a whole backup again and hold it against its list; raises Refusal for what is no backup."""
    manifest = _manifest(folder)
    damaged = [
        name
        for name, digest in manifest["files"].items()
        if not (folder / name).is_file() or _sha256(folder / name) != digest
    ]
    originals = Archive(str(folder.parent / _ORIGINALS))
    missing = []
    wanted = _wanted(folder)
    for digest in wanted:
        found = originals.digest_of(digest)
        if found is None:
            missing.append(digest)
        elif found != digest:
            damaged.append(digest)
    return Outcome(
        folder, manifest["made_at"], manifest["rows"], len(wanted),
        len(manifest["files"]) - 2, tuple(missing), tuple(damaged),
    )  # fmt: skip


def restore(settings: Settings, folder: Path, at: datetime, actor: str) -> Outcome:
    """Put a backup back into an empty home; an interrupted restore can be run again.

    The database comes last and in one transaction: it is empty or whole. Mails that waited in it may have
    been sent since: none goes out before a person has looked. The audit log says when and by whom it was
    restored. Raises Refusal when the database
    is not empty, when another file stands where one has to go, or when the backup's database is damaged.
    """
    manifest = _manifest(folder)
    saved = folder / _DATABASE
    if not saved.is_file() or _sha256(saved) != manifest["files"][_DATABASE]:
        raise Refusal(f"备份中的数据库“{saved}”缺失或已损坏，请换用另一份备份")
    url = settings.database_url
    migrate(url)
    with snapshot(url) as connection:
        require_empty(connection)
    missing, damaged, count = [], [], 0
    for name, target in _folders(settings).items():
        for path in _files(folder / name):
            count += 1
            digest = manifest["files"].get(f"{name}/{path}")
            if _put_back(folder / name / path, target / path) != digest:
                damaged.append(f"{name}/{path}")
    backup, archive = Archive(str(folder.parent / _ORIGINALS)), Archive(settings.archive)
    wanted = _wanted(folder)
    present = set(backup.digests())
    missing += [digest for digest in wanted if digest not in present]
    damaged += _copy_originals(backup, archive, set(wanted) & present)
    settings.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.home) as scratch:
        # Brought up to this program's version in a copy: the backup stays as it is.
        copy = Path(scratch) / _DATABASE
        shutil.copyfile(saved, copy)
        source = f"sqlite:///{copy}"
        migrate(source)
        try:
            with snapshot(source) as reading, engine_for(url).begin() as writing:
                rows = {name: content.rows for name, content in copy_database(reading, writing).items()}
                doubted = _note_restore(writing, manifest["made_at"], at, actor)
        finally:
            engine_for(source).dispose()
    return Outcome(
        folder, manifest["made_at"], rows, len(wanted), count, tuple(missing), tuple(damaged), doubted
    )


def _note_restore(connection: Connection, made_at: str, at: datetime, actor: str) -> int:
    with Session(bind=connection) as session:
        doubted = mailroom.doubt_unsent(session, f"数据库从{made_at[:16]}的备份恢复，此后可能已经发出")
        details = {"made_at": made_at, "doubted_mails": doubted}
        audit.append(
            session, at=at, actor=actor, action="database.restored", subject="database", details=details
        )
    return doubted


def _save_database(url: str, target: Path) -> tuple[dict[str, int], set[str]]:
    """Write one instant of the database into a file. Rows by table, and the originals that it names."""
    address = f"sqlite:///{target}"
    with snapshot(url) as reading:
        require_latest(reading)
        migrate(address)
        try:
            with engine_for(address).begin() as writing:
                copy_database(reading, writing)
            with engine_for(address).connect() as written:
                # One file without a journal beside it can be read where nothing can be written.
                written.connection.driver_connection.execute("PRAGMA journal_mode=DELETE")
                return row_counts(written), _named_originals(written)
        finally:
            engine_for(address).dispose()


def _named_originals(connection: Connection) -> set[str]:
    """Hashes of archived files in the database: by convention every column of that name is one."""
    columns = [table.c.sha256 for table in tables() if "sha256" in table.c]
    return {digest for c in columns for digest in connection.scalars(select(c).where(c.is_not(None)))}


def _copy_originals(source: Archive, target: Archive, digests: set[str]) -> tuple[str, ...]:
    """Copy what the target does not have yet; the hashes of those whose bytes are not theirs any more."""
    wrong = []
    for digest in sorted(digests - set(target.digests())):
        if not target.take(source, digest):
            wrong.append(digest)
    return tuple(wrong)


def _folders(settings: Settings) -> dict[str, Path]:
    return {"papers": settings.papers, "mails": settings.mail_folder}


def _files(folder: Path) -> Iterator[str]:
    if folder.is_dir():
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith("."):  # those are half written
                yield path.relative_to(folder).as_posix()


def _copied(source: Path, target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
    return _sha256(target)


def _put_back(source: Path, target: Path) -> str:
    digest = _sha256(source)
    if not target.exists():
        return _copied(source, target)
    if _sha256(target) != digest:
        raise Refusal(f"“{target}”已有内容不同的文件，没有覆盖。请恢复到空的文件夹")
    return digest


def _sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        return json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refusal(f"“{folder}”不是一份完整的备份：读不了 {_MANIFEST}") from error


def _wanted(folder: Path) -> list[str]:
    try:
        return (folder / _LIST).read_text(encoding="utf-8").split()
    except OSError as error:
        raise Refusal(f"“{folder}”不是一份完整的备份：读不了 {_LIST}") from error
