"""The doctor on things that are really broken: a file that is no database, a closed port, a full or odd place."""

from __future__ import annotations

import re
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from apps.doctor import control, machine, mailing, storage
from apps.prefect_server import PrefectServer, ServerNotUp
from db import outbox, submissions
from db.models import OutboxRow
from db.session import engine_for, migrate, transaction
from notifications.smtp import SmtpSettings
from selfeval.diagnosis import Check, Health
from tasks.archive import Archive
from tasks.settings import load_settings
from tests.conftest import ROOT
from tests.db.county import at, file, open_county
from tests.notifications.servers import real_server


def _one(checks) -> Check:
    (check,) = checks
    return check


@pytest.fixture
def settings(tmp_path):
    settings = load_settings({"SELFEVAL_HOME": str(tmp_path)})
    migrate(settings.database_url)
    return settings


@pytest.fixture
def closed_port():
    """A port at which nobody listens while the test has it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def test_a_database_that_is_migrated_is_well(database_url):
    check = _one(storage.database(database_url))
    assert check.health is Health.OK and "0 条留痕首尾相符" in check.sentence
    assert "postgres@" not in check.sentence


def test_a_missing_database_is_said_and_not_made(tmp_path):
    check = _one(storage.database(f"sqlite:///{tmp_path / 'selfeval.db'}"))
    assert check.health is Health.ERROR and "还没有数据库" in check.sentence
    assert list(tmp_path.iterdir()) == []


def test_an_older_database_is_told_by_both_versions(settings):
    migrate(settings.database_url, "0003")
    check = _one(storage.database(settings.database_url))
    assert check.health is Health.ERROR and "版本是 0003" in check.sentence


@pytest.mark.parametrize(
    "url", ["sqlite", "postgresql+psycopg://nobody@127.0.0.1:{port}/selfeval", "what is this"]
)
def test_what_is_no_database_is_an_error_with_its_reason(url, tmp_path, closed_port):
    if url == "sqlite":
        (tmp_path / "selfeval.db").write_bytes(b"no database, but long enough to be taken for one" * 40)
        url = f"sqlite:///{tmp_path / 'selfeval.db'}"
    check = _one(storage.database(url.format(port=closed_port)))
    assert check.health is Health.ERROR and check.sentence.startswith("打不开数据库")
    assert re.search(
        "：(那台机器的这个端口上没有程序在运行|不是数据库文件，或者已经损坏|地址的写法不对)$", check.sentence
    )
    assert ("PostgreSQL" in check.remedy) == url.startswith("postgresql")


def test_a_damaged_file_is_found_behind_a_sound_beginning(settings):
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    engine_for(settings.database_url).dispose()  # what is still in the journal goes into the file
    data = bytearray(path.read_bytes())
    for page in range(8, len(data) // 4096, 3):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(bytes(data))
    check = _one(storage.database(settings.database_url))
    assert check.health is Health.ERROR and "备份" in check.remedy


def test_an_original_that_was_changed_or_taken_away_is_found(settings):
    kept = [Archive(settings.archive).put(content) for content in (b"one", b"two", b"three")]
    with transaction(settings.database_url) as session:
        row = open_county(session)
        files = [replace(file(f"{n}.xlsx", str(n)), sha256=digest) for n, digest in enumerate(kept)]
        submissions.receive(
            session, row, "101", files,
            late_days=0, late_correction_days=0, at=at("2026-04-01T10:00"),
        )  # fmt: skip
    assert "抽查 3 份原件，与收到时相同" in _one(storage.archive(settings)).sentence
    place = Path(settings.archive)
    (place / kept[0][:2] / kept[0]).write_bytes(b"changed")
    (place / kept[1][:2] / kept[1]).unlink()
    check = _one(storage.archive(settings))
    assert check.health is Health.ERROR and "抽查 3 份原件，2 份不在或被改动" in check.sentence


def test_places_that_cannot_be_written_are_named(settings, tmp_path):
    (tmp_path / "a file").write_bytes(b"")
    # Nobody writes into /proc, the administrator neither.
    broken = replace(
        settings, inbox=tmp_path / "a file", papers=Path("/proc/papers"), archive="/proc/archive"
    )
    checks = [check for check in storage.places(broken) if check.health is Health.ERROR]
    assert [check.sentence.split(" ")[0] for check in checks] == ["报送文件夹", "成文文件夹", "档案"]
    assert "不是文件夹" in checks[0].sentence
    archive = _one(storage.archive(broken))
    assert archive.health is Health.ERROR and "写不进去" in archive.sentence


def test_a_mail_server_is_greeted_and_gets_no_mail(settings):
    with real_server() as (kept, port):
        smtp = SmtpSettings("127.0.0.1", port, tls="none")
        sending, admins, _ = mailing.servers(replace(settings, smtp=smtp))
    assert sending.health is Health.OK and "没有加密" in sending.sentence
    assert kept.sessions == 1 and kept.messages == []
    assert admins.health is Health.NOTE and "SELFEVAL_ADMIN_EMAILS" in admins.remedy


def test_a_closed_port_and_a_wrong_protection_are_told_with_the_settings_to_look_at(settings, closed_port):
    with real_server() as (_, port):
        for smtp in (
            SmtpSettings("127.0.0.1", closed_port, tls="none", timeout=5),
            SmtpSettings("127.0.0.1", port, tls="starttls", timeout=5),
        ):
            sending = next(iter(mailing.servers(replace(settings, smtp=smtp))))
            assert sending.health is Health.ERROR and smtp.server in sending.sentence
            assert "SELFEVAL_SMTP_TLS" in sending.remedy
            assert re.search("没有程序在运行|不支持 STARTTLS 加密", sending.sentence)


def test_a_mailbox_out_of_reach_is_told(closed_port, tmp_path):
    settings = load_settings(
        {
            "SELFEVAL_HOME": str(tmp_path), "SELFEVAL_IMAP_HOST": "127.0.0.1", "SELFEVAL_IMAP_PORT": str(closed_port),
            "SELFEVAL_IMAP_USERNAME": "box", "SELFEVAL_IMAP_PASSWORD": "secret", "SELFEVAL_IMAP_TLS": "none",
        }
    )  # fmt: skip
    receiving = next(check for check in mailing.servers(settings) if check.area == "收信")
    assert receiving.health is Health.ERROR and "连不上邮箱服务器" in receiving.sentence
    assert "secret" not in receiving.sentence


def test_mails_that_should_have_gone_out_are_counted_and_those_of_tomorrow_are_not(settings):
    with transaction(settings.database_url) as session:
        row = open_county(session)
        for step, when in (
            ("v1", "2026-04-01T10:00"),
            ("v2", "2026-04-01T10:00"),
            ("v3", "2126-04-01T10:00"),
        ):
            outbox.queue(
                session, cycle_id=row.id, unit_code="101", kind="receipt", step=step, recipients=["a@units.example"],
                subject="回执", text="…", html="…", at=at(when),
            )  # fmt: skip
        session.query(OutboxRow).filter_by(step="v2").update({"state": "uncertain"})
    waiting, uncertain = mailing.outbox(settings.database_url)
    assert waiting.sentence.startswith("1封") and uncertain.sentence.startswith("1封")


def test_an_audit_log_from_the_future_means_a_clock_set_back(settings):
    with transaction(settings.database_url) as session:
        open_county(session)
    assert all(check.health is not Health.ERROR for check in machine.clock(settings, usable=True))
    from db import audit

    with transaction(settings.database_url) as session:
        soon = at("2126-01-01T00:00") + timedelta(hours=1)
        audit.append(session, at=soon, actor="x", action="x.y", subject="x", details={})
    assert Health.ERROR in {check.health for check in machine.clock(settings, usable=True)}


def test_the_years_of_the_cycle_are_looked_up_in_the_holiday_orders(settings):
    with transaction(settings.database_url) as session:
        open_county(session)
    assert "2026年" in _one(machine.holidays(settings.database_url)).sentence


def test_what_is_installed_here_is_what_the_project_asks_for():
    assert next(check.sentence for check in machine.software() if check.area == "程序").endswith("版本都对")


def test_no_server_at_all_is_one_error_with_one_remedy(settings, monkeypatch):
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    (settings.home / "prefect").mkdir()
    (settings.home / "prefect" / "port").write_text("1")  # left over from before a power cut
    check = _one(control.prefect(settings))
    assert check.health is Health.ERROR and check.remedy == "运行 selfeval serve"


def test_a_port_that_another_program_has_is_refused_with_a_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ServerNotUp, match=f"端口 {port} 已被别的程序占用"):
            PrefectServer(tmp_path, port).require_port()


def test_an_installed_package_carries_the_deployments(tmp_path):
    import zipfile

    from hatchling.builders.wheel import WheelBuilder

    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    with zipfile.ZipFile(wheel) as built:
        assert built.read("apps/prefect.yaml") == (ROOT / "deploy" / "prefect.yaml").read_bytes()
