"""`selfeval db`: forwards, back, into another database; what is refused, with the reason."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from apps.cli import main
from db.copying import contents, row_counts, tables, without_writers
from db.models import Base, Unit
from db.session import engine_for, migrate, revisions, snapshot, stored_revision, transaction
from selfeval.refusal import Refusal
from tests.db.county import open_county


def _run(*arguments: str):
    return CliRunner().invoke(main, list(arguments))


def _rows(url: str) -> int:
    with snapshot(url) as connection:
        return sum(content.rows for content in contents(connection).values())


@pytest.fixture
def home_url(tmp_path, monkeypatch) -> str:
    """The configured database: a small county in a file."""
    url = f"sqlite:///{tmp_path / 'home' / 'selfeval.db'}"
    monkeypatch.setenv("SELFEVAL_HOME", str(tmp_path / "home"))
    migrate(url)
    with transaction(url) as session:
        open_county(session)
    return url


def test_a_database_that_is_not_empty_or_of_another_version_is_refused(home_url, postgresql_url):
    with engine_for(postgresql_url).begin() as connection:
        connection.execute(sa.insert(Unit).values(code="1", name="已有单位", tier=1))
    refused = _run("db", "move", "--to", postgresql_url)
    assert refused.exit_code == 1 and "应为空，现在已有内容：units 1 条" in refused.output
    with engine_for(postgresql_url).begin() as connection:
        connection.execute(sa.delete(Unit))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = 'f00d'"))
    refused = _run("db", "move", "--to", postgresql_url)
    assert refused.exit_code == 1 and "版本是“f00d”" in refused.output
    assert "同一个数据库" in _run("db", "move", "--to", home_url).output
    migrate(home_url, revisions()[-2])
    with engine_for(postgresql_url).begin() as connection:
        connection.execute(sa.text(f"UPDATE alembic_version SET version_num = '{revisions()[-1]}'"))
    assert "selfeval db upgrade" in _run("db", "move", "--to", postgresql_url).output


def test_what_the_new_database_cannot_hold_is_named_and_nothing_is_left_there(home_url, postgresql_url):
    for long, said in (("长" * 300, "有 300 个字，最多 200 个"), ("零\x00字符", "含有空字符")):
        with transaction(home_url) as session:
            session.get_one(Unit, "101").name = long
        refused = _run("db", "move", "--to", postgresql_url)
        assert refused.exit_code == 1 and f"表 units 中 101 的 name {said}" in refused.output
    assert not _rows(postgresql_url)


def test_an_address_that_leads_nowhere_is_a_sentence_without_the_password(home_url):
    for target, said in (
        ("postgresql+psycopg://a:geheim@127.0.0.1:1/x", "127.0.0.1:1/x 用不了，请检查 --to 给出的地址"),
        ("postgresql://a:geheim@127.0.0.1/x", "应以 sqlite:/// 或 postgresql+psycopg:// 开头"),
        ("没有这种地址", "用不了，请检查 --to 给出的地址"),
    ):
        refused = _run("db", "move", "--to", target)
        assert refused.exit_code == 1 and said in refused.output and "geheim" not in refused.output


def test_while_a_database_moves_it_is_read_and_not_written(database_url):
    write = "INSERT INTO mail_pace (server, free_at) VALUES ('x:25', '2026-04-01 10:00:00')"
    with without_writers(database_url) as moving:
        assert not any(row_counts(moving).values())
        with snapshot(database_url) as reading:
            assert row_counts(reading)["units"] == 0
        engine = sa.create_engine(database_url)
        with engine.connect() as other, pytest.raises(sa.exc.OperationalError, match="lock"):
            impatient = "SET lock_timeout = 100" if engine.name == "postgresql" else "PRAGMA busy_timeout = 0"
            other.exec_driver_sql(impatient)
            other.exec_driver_sql(write)
        engine.dispose()
    with engine_for(database_url).begin() as free:
        free.exec_driver_sql(write)


def test_a_changed_audit_log_is_not_moved(home_url, postgresql_url):
    with engine_for(home_url).begin() as connection:
        connection.exec_driver_sql("UPDATE audit_log SET actor = '别人' WHERE id = 2")
    refused = _run("db", "move", "--to", postgresql_url)
    assert refused.exit_code == 1 and "留痕记录第 2 号" in refused.output
    assert not _rows(postgresql_url)


def test_every_table_is_copied_after_those_it_refers_to():
    order = [table.name for table in tables()]
    assert sorted(order) == sorted(Base.metadata.tables)
    for table in tables():
        for key in table.foreign_keys:
            other = key.column.table.name
            assert other == table.name or order.index(other) < order.index(table.name)


def test_the_database_goes_back_and_forth_by_command(home_url):
    newest, older = revisions()[-1], revisions()[-2]
    assert f"版本 {newest} 与程序相符" in _run("db", "status").output
    assert "可以退回到" in _run("db", "downgrade", "0999").output
    assert _run("db", "downgrade", older).exit_code == 1  # nobody said yes
    assert stored_revision(home_url) == newest
    assert f"退回 {older}" in _run("db", "downgrade", older, "--yes").output
    assert stored_revision(home_url) == older
    assert f"版本是 {older}，程序的是 {newest}" in _run("db", "status").output
    assert f"从版本 {older} 升级到 {newest}" in _run("db", "upgrade").output
    assert "没有改动" in _run("db", "upgrade").output


def test_an_older_program_does_not_touch_a_newer_database(home_url):
    with engine_for(home_url).begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Refusal, match="数据库由更新的程序升级过"):
        migrate(home_url)
    assert "请换用新版程序" in _run("db", "status").output
    assert _run("cycle", "status").exit_code == 1


def test_looking_at_a_database_that_does_not_exist_creates_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("SELFEVAL_HOME", str(tmp_path / "还没有"))
    assert "是空的" in _run("db", "status").output
    assert not (tmp_path / "还没有").exists()
