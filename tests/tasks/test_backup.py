"""A backup taken while the bureau works comes back whole into an empty home, on either kind of database."""

from __future__ import annotations

import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from apps.cli import main
from db import audit, outbox, sending
from db.copying import contents
from db.models import AuditEntry
from db.session import alone, engine_for, migrate, revisions, snapshot, transaction
from tasks.archive import Archive
from tests.db.county import at, open_county


def _run(*arguments: str | Path):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def _contents(url: str):
    with snapshot(url) as connection:
        return contents(connection)


@pytest.fixture
def home(tmp_path, monkeypatch, database_url) -> Path:
    """A working bureau on each kind of database: rows, originals, papers, a mail in a folder."""
    home = tmp_path / "home"
    _settings(monkeypatch, home, database_url)
    with transaction(database_url) as session:
        open_county(session)
    for text in ("自评表", "自评报告"):
        Archive(str(home / "archive")).put(text.encode())
    for name in ("papers/通知.docx", "papers/2025/汇总.xlsx", "mails/1.eml"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(name, encoding="utf-8")
    return home


def _settings(monkeypatch, home: Path, url: str) -> None:
    monkeypatch.setenv("SELFEVAL_HOME", str(home))
    monkeypatch.setenv("SELFEVAL_DATABASE_URL", url)


def _empty_home(monkeypatch, tmp_path: Path, url: str | None = None) -> tuple[Path, str]:
    home = tmp_path / "新的"
    url = url or f"sqlite:///{home / 'selfeval.db'}"
    _settings(monkeypatch, home, url)
    return home, url


def _tree(home: Path) -> dict[str, bytes]:
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for name in ("archive", "papers", "mails")
        for path in (home / name).rglob("*")
        if path.is_file()
    }


def _taken(tmp_path: Path) -> Path:
    done = _run("backup", "create", "--to", tmp_path / "备份", "--json")
    assert done.exit_code == 0, done.output
    return Path(json.loads(done.output)["folder"])


def test_a_backup_taken_during_writing_comes_back_as_of_one_instant(
    home, tmp_path, monkeypatch, database_url, postgresql_url
):
    stop, started = threading.Event(), threading.Event()

    def write() -> None:
        entry = {"at": at("2026-04-01T10:00"), "actor": "某人", "action": "x", "subject": "x", "details": {}}
        while not stop.is_set():
            with transaction(database_url) as session:
                for _ in range(2):  # a pair that no instant may part
                    audit.append(session, **entry)
            started.set()

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(write)
        try:
            assert started.wait(timeout=120)
            folder = _taken(tmp_path)
        finally:
            stop.set()
        writer.result()
    before = json.loads((folder / "backup.json").read_text(encoding="utf-8"))["rows"]
    assert "没有缺失，没有损坏" in _run("backup", "verify", folder).output
    # The backup of either kind goes into either kind.
    other = postgresql_url if database_url.startswith("sqlite") else None
    new_home, url = _empty_home(monkeypatch, tmp_path, other)
    done = _run("backup", "restore", folder, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["rows"] == before and told["originals"] == 2 and told["files"] == 3
    now = {name: content.rows for name, content in _contents(url).items()}
    assert now == before | {"audit_log": before["audit_log"] + 1}  # the restore itself
    assert before["audit_log"] >= 5 and (before["audit_log"] - 3) % 2 == 0
    assert _tree(new_home) == _tree(home)
    assert "没有被改动" in _run("audit", "verify").output
    assert "应为空" in _run("backup", "restore", folder).output  # not over what is there


@pytest.fixture
def sqlite_home(tmp_path, monkeypatch) -> Path:
    home = tmp_path / "home"
    url = f"sqlite:///{home / 'selfeval.db'}"
    _settings(monkeypatch, home, url)
    migrate(url)
    with transaction(url) as session:
        open_county(session)
    Archive(str(home / "archive")).put("自评表".encode())
    (home / "papers").mkdir()
    (home / "papers" / "通知.docx").write_text("通知", encoding="utf-8")
    return home


def _original(place: Path) -> Path:
    return next(path for path in place.rglob("*") if len(path.name) == 64)


def test_a_damaged_original_is_named_at_every_step_and_the_rest_comes_back(
    sqlite_home, tmp_path, monkeypatch
):
    folder = _taken(tmp_path)
    kept = _original(tmp_path / "备份")
    kept.write_text("别的内容", encoding="utf-8")
    for command in ("verify", "restore"):
        if command == "restore":
            new_home, url = _empty_home(monkeypatch, tmp_path)
        done = _run("backup", command, folder)
        assert done.exit_code == 1 and f"损坏的：{kept.name}" in done.output
    assert (new_home / "papers" / "通知.docx").read_text(encoding="utf-8") == "通知"
    assert _contents(url)["units"].rows == 4
    # The archive itself: a backup does not hide that an original has changed on the disk.
    _settings(monkeypatch, sqlite_home, f"sqlite:///{sqlite_home / 'selfeval.db'}")
    _original(sqlite_home / "archive").write_text("坏", encoding="utf-8")
    done = _run("backup", "create", "--to", tmp_path / "另一处")
    assert done.exit_code == 1 and f"损坏的：{kept.name}" in done.output


def test_an_original_that_the_database_names_and_the_archive_lost_is_told(sqlite_home, tmp_path):
    from db import submissions
    from db.cycles import cycle_of
    from tests.db.county import file

    with transaction(f"sqlite:///{sqlite_home / 'selfeval.db'}") as session:
        submissions.receive(
            session, cycle_of(session), "101", [file("表.xlsx", "a")],
            late_days=0, late_correction_days=0, at=at("2026-04-01T10:00"),
        )  # fmt: skip
    done = _run("backup", "create", "--to", tmp_path / "备份")
    assert done.exit_code == 1 and f"缺失的原件：{'a' * 64}" in done.output


def test_mails_that_waited_in_a_backup_are_not_sent_again_before_a_person_has_looked(
    sqlite_home, tmp_path, monkeypatch
):
    from db.cycles import cycle_of

    with transaction(f"sqlite:///{sqlite_home / 'selfeval.db'}") as session:
        outbox.queue(
            session, cycle_id=cycle_of(session).id, unit_code="101", kind="notice", step="", recipients=["a@units.example"],
            subject="通知", text="…", html="…", at=at("2026-03-02T09:00"),
        )  # fmt: skip
    folder = _taken(tmp_path)
    _, url = _empty_home(monkeypatch, tmp_path)
    told = _run("backup", "restore", folder, "--actor", "王某").output
    assert "待发的 1 封邮件可能已经发出" in told
    assert "不能确认" in _run("mail", "list").output
    with transaction(url) as session:
        assert sending.claim(session, "sender", limit=9, at=at("2026-03-02T10:00")) == []
        entry = session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
        assert (entry.action, entry.actor, entry.details["doubted_mails"]) == ("database.restored", "王某", 1)
    assert "没有被改动" in _run("audit", "verify").output


def test_the_second_backup_copies_no_original_again(sqlite_home, tmp_path):
    first = _taken(tmp_path)
    stamp = _original(tmp_path / "备份").stat().st_mtime_ns
    Archive(str(sqlite_home / "archive")).put("自评报告".encode())
    first.rename(first.with_name("20260101-000000"))  # within one second it would have the same name
    second = _taken(tmp_path)
    digests = {path.name for path in (tmp_path / "备份" / "originals").rglob("*") if len(path.name) == 64}
    assert len(digests) == 2 == len((second / "originals.txt").read_text().split())
    assert stamp in {path.stat().st_mtime_ns for path in (tmp_path / "备份" / "originals").rglob("*")}


def test_a_backup_of_an_older_version_is_brought_up_to_date_on_its_way_back(
    sqlite_home, tmp_path, monkeypatch
):
    folder = _taken(tmp_path)
    saved = folder / "selfeval.db"
    migrate(f"sqlite:///{saved}", revisions()[-2])
    engine_for(f"sqlite:///{saved}").dispose()
    manifest = json.loads((folder / "backup.json").read_text(encoding="utf-8"))
    from hashlib import sha256

    manifest["files"]["selfeval.db"] = sha256(saved.read_bytes()).hexdigest()
    (folder / "backup.json").write_text(json.dumps(manifest), encoding="utf-8")
    _, url = _empty_home(monkeypatch, tmp_path)
    assert _run("backup", "restore", folder).exit_code == 0
    assert _contents(url)["obligations"].rows == 4
    assert sha256(saved.read_bytes()).hexdigest() == manifest["files"]["selfeval.db"]


def test_what_is_no_backup_a_damaged_database_and_a_strange_file_are_refused(
    sqlite_home, tmp_path, monkeypatch
):
    folder = _taken(tmp_path)
    assert "不是一份完整的备份" in _run("backup", "restore", tmp_path).output
    new_home, _ = _empty_home(monkeypatch, tmp_path)
    (new_home / "papers").mkdir(parents=True)
    (new_home / "papers" / "通知.docx").write_text("另一份", encoding="utf-8")
    assert "没有覆盖" in _run("backup", "restore", folder).output
    shutil.rmtree(new_home / "papers")
    assert _run("backup", "restore", folder).exit_code == 0  # again, after an interruption
    with (folder / "selfeval.db").open("ab") as saved:
        saved.write(b"x")
    assert "缺失或已损坏" in _run("backup", "restore", folder).output


def test_two_backups_at_once_and_the_rest_of_an_interrupted_one(sqlite_home, tmp_path):
    url = f"sqlite:///{sqlite_home / 'selfeval.db'}"
    with alone(url, "backup"):
        assert "另一次备份正在进行" in _run("backup", "create", "--to", tmp_path / "备份").output
    leftover = tmp_path / "备份" / "20260101-000000.part"
    leftover.mkdir(parents=True)
    _taken(tmp_path)
    assert not leftover.exists()
