"""Database, archive and the folders that are written to."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from db import audit
from db.models import Submission, SubmissionFile
from db.session import engine_for, revisions, stored_revision, transaction
from selfeval import diagnosis
from selfeval.diagnosis import Check, error, ok
from selfeval.refusal import in_words
from tasks.archive import Archive
from tasks.settings import Settings

_SAMPLE = 20
_RESTORE = "停止 selfeval serve，用最近的备份恢复，见 deploy/runbook.md"


def database(url: str) -> Iterator[Check]:
    """Whether the database is there, up to date and whole."""
    area, file = "数据库", url.removeprefix("sqlite:///")
    where = file.rsplit("@", 1)[-1]  # without name and password
    if file != url and not Path(file).is_file():
        yield error(
            area,
            f"还没有数据库 {where}",
            "第一次使用：运行 selfeval serve，它会建好；用过的：核对 SELFEVAL_HOME 和 SELFEVAL_DATABASE_URL",
        )
        return
    try:
        current, newest = stored_revision(url), revisions()[-1]
    except (SQLAlchemyError, ArgumentError) as fault:
        reason = in_words(getattr(fault, "orig", None) or fault)
        remedy = f"核对 SELFEVAL_DATABASE_URL；文件坏了的，{_RESTORE}"
        if url.startswith("postgresql"):
            remedy = "核对 SELFEVAL_DATABASE_URL 里的主机、端口、用户和口令；PostgreSQL 停了的，启动它，期间各环节自己重试"
        yield error(area, f"打不开数据库 {where}：{reason}", remedy)
        return
    if current != newest:
        yield error(
            area,
            f"数据库的版本是 {current or '空'}，程序要 {newest}",
            "运行 selfeval db upgrade，或重新启动 selfeval serve；数据库比程序新的，先升级程序",
        )
        return
    try:
        yield _whole(url, where)
    except SQLAlchemyError as fault:
        yield error(area, f"数据库读不了：{in_words(getattr(fault, 'orig', None) or fault)}", _RESTORE)


def _whole(url: str, where: str) -> Check:
    area = "数据库"
    if url.startswith("sqlite"):
        with engine_for(url).connect() as connection:
            said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if said != "ok" or broken:
            return error(area, f"数据库文件损坏：{said if said != 'ok' else broken}", _RESTORE)
    with transaction(url) as session:
        count, wrong = audit.verify(session)
    if wrong is not None:
        return error(area, f"留痕记录第 {wrong} 号与前后不符，可能被改动过", f"查明是谁改的；{_RESTORE}")
    return ok(area, f"{where} 可用，版本最新，结构完整，{count} 条留痕首尾相符")


def archive(settings: Settings) -> Iterator[Check]:
    """Whether the archive can be written, and whether a sample of the originals is as it came."""
    area, address = "档案", settings.archive
    try:
        store = Archive(address)
        store.try_writing()
    except OSError as fault:
        yield error(
            area,
            f"档案 {address} 写不进去：{in_words(fault)}",
            "核对 SELFEVAL_ARCHIVE 和文件夹的权限；收到的材料先存档才登记",
        )
        return
    with transaction(settings.database_url) as session:
        newest = session.scalar(select(func.max(Submission.id))) or 0
        kept = list(
            session.scalars(
                select(SubmissionFile.sha256).where(
                    SubmissionFile.submission_id.in_(_some(newest)),
                )
            )
        )
    changed = [digest for digest in kept if store.digest_of(digest) != digest]
    if changed:
        yield error(
            area,
            f"抽查 {len(kept)} 份原件，{len(changed)} 份不在或被改动，例如 {changed[0][:12]}…",
            "从备份恢复这些文件（文件名即指纹），并查明原因：原件不应有人改动",
        )
    else:
        yield ok(area, f"可以写入；抽查 {len(kept)} 份原件，与收到时相同")


def _some(newest: int) -> set[int]:
    """The last submissions and some of the others."""
    last = range(max(1, newest - _SAMPLE + 1), newest + 1)
    return {*last, *(random.randint(1, newest) for _ in range(_SAMPLE if newest else 0))}


def places(settings: Settings) -> Iterator[Check]:
    """Whether the folders can be written and how much room their disks have."""
    folders = {
        "数据": settings.home,
        "报送文件夹": settings.inbox,
        "成文文件夹": settings.papers,
        **({"档案": Path(settings.archive)} if "://" not in settings.archive else {}),
        **({"公开网站": Path(settings.site).parent} if "://" not in settings.site else {}),
    }
    free: dict[int, tuple[str, int]] = {}
    for what, folder in folders.items():
        standing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        if reason := _not_writable(standing):
            yield error(
                "文件夹",
                f"{what} {folder} 写不进去：{reason}",
                "核对设置中的路径，并让运行 selfeval 的用户有写权限",
            )
            continue
        free.setdefault(standing.stat().st_dev, (what, shutil.disk_usage(standing).free))
    for what, left in free.values():
        yield diagnosis.disk(what, left)


def _not_writable(folder: Path) -> str:
    """Why nothing can be written there, "" when it can: a file is made and taken away."""
    if not folder.is_dir():
        return "不是文件夹"
    probe = folder / f".selfeval-{uuid4().hex}"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as fault:
        return in_words(fault)
    return ""
