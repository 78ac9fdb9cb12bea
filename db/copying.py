"""Every row of one database into another: how a backup is made and restored, and how a county moves to PostgreSQL.

Both ends are at the newest revision. JSON travels as the text that it is stored as, so that an SQL NULL, a
JSON null and the order of keys stay what they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Row,
    Table,
    Text,
    bindparam,
    cast,
    func,
    select,
    text,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from db import audit
from db.models import Base
from db.session import engine_for
from selfeval.refusal import Refusal

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Content:
    """What a table holds: number of rows, and a digest of them in whatever order (64 hexadecimal digits)."""

    rows: int
    digest: str


def tables() -> list[Table]:
    """Every table, those that others refer to first."""
    return Base.metadata.sorted_tables


def row_counts(connection: Connection) -> dict[str, int]:
    """Number of rows by table."""
    return {table.name: connection.scalar(select(func.count()).select_from(table)) for table in tables()}


def contents(connection: Connection) -> dict[str, Content]:
    """What every table holds, the same on every kind of database."""
    return {table.name: _content(connection, table) for table in tables()}


@contextmanager
def without_writers(url: str) -> Iterator[Connection]:
    """A transaction during which nobody else writes into the database."""
    with engine_for(url).begin() as connection:  # on SQLite every transaction has the only pen
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            names = ", ".join(table.name for table in tables())
            connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))
        yield connection


def require_empty(connection: Connection) -> None:
    """Raise Refusal when any table has a row."""
    full = [f"{name} {count} 条" for name, count in row_counts(connection).items() if count]
    if full:
        raise Refusal(f"目标数据库应为空，现在已有内容：{'、'.join(full)}。请换一个空的数据库")


def copy_database(source: Connection, target: Connection) -> dict[str, Content]:
    """Copy every row into an empty database and compare; the caller commits `target`. What each table holds.

    Raises Refusal, with the table, for a value that the target cannot hold, when a comparison differs or
    when the audit log is not whole afterwards.
    """
    require_empty(target)
    for table in tables():
        _copy(source, target, table)
    if target.dialect.name == "postgresql":
        _set_sequences(target)
    before, after = contents(source), contents(target)
    for name, content in before.items():
        if after[name] != content:
            raise Refusal(
                f"表 {name} 核对不符：来源 {content.rows} 条（{content.digest[:12]}），"
                f"目标 {after[name].rows} 条（{after[name].digest[:12]}）。目标没有改动"
            )
    with Session(bind=target) as session:
        count, broken = audit.verify(session)
    if broken is not None:
        raise Refusal(f"留痕记录第 {broken} 号与前后不符（此前 {count - 1} 条相符）。目标没有改动")
    return after


def _copy(source: Connection, target: Connection, table: Table) -> None:
    insert = table.insert().values({column.name: _placeholder(column, target) for column in table.columns})
    strict = target.dialect.name != "sqlite"
    for rows in _parents_first(source, table):
        if strict:
            _require_fitting(table, rows)
        records = [
            {f"v_{column.name}": value for column, value in zip(table.columns, row, strict=True)}
            for row in rows
        ]
        try:
            target.execute(insert, records)
        except DBAPIError as error:
            raise Refusal(f"表 {table.name} 的内容放不进目标数据库：{error.orig}。目标没有改动") from error


def _placeholder(column: Column[Any], target: Connection) -> ColumnElement[Any]:
    if not isinstance(column.type, JSON):
        return bindparam(f"v_{column.name}", type_=column.type)
    as_text = bindparam(f"v_{column.name}", type_=Text())
    # SQLite keeps JSON as text, and a cast there would make a number of it.
    return as_text if target.dialect.name == "sqlite" else cast(as_text, column.type)


def _rows(connection: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    """The rows in batches, JSON as its text."""
    as_text = type_coerce if connection.dialect.name == "sqlite" else cast
    columns = [as_text(c, Text()) if isinstance(c.type, JSON) else c for c in table.columns]
    result = connection.execute(select(*columns), execution_options={"yield_per": _BATCH})
    yield from result.partitions()


def _parents_first(connection: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    """The rows in batches; in a table that refers to itself, a row comes after the one it refers to."""
    inner = [key for key in table.foreign_keys if key.column.table is table]
    if not inner:
        yield from _rows(connection, table)
        return
    names = [column.name for column in table.columns]
    links = [(names.index(key.parent.name), names.index(key.column.name)) for key in inner]
    waiting = [row for batch in _rows(connection, table) for row in batch]
    known: set[tuple[int, Any]] = set()
    while waiting:
        ready = [
            row
            for row in waiting
            if all(row[child] is None or (parent, row[child]) in known for child, parent in links)
        ]
        if not ready:  # they refer to each other or to nothing: the database says so
            ready = waiting
        known |= {(parent, row[parent]) for row in ready for _, parent in links}
        waiting = [row for row in waiting if any((p, row[p]) not in known for _, p in links)]
        for start in range(0, len(ready), _BATCH):
            yield ready[start : start + _BATCH]


def _require_fitting(table: Table, rows: Sequence[Row[Any]]) -> None:
    """SQLite keeps text of any length and zero bytes in it, other databases do not."""
    for place, column in enumerate(table.columns):
        longest = getattr(column.type, "length", None)
        for row in rows:
            value = row[place]
            if not isinstance(value, str):
                continue
            if longest is not None and len(value) > longest:
                wrong = f"有 {len(value)} 个字，最多 {longest} 个"
            elif "\x00" in value:
                wrong = "含有空字符"
            else:
                continue
            key = "、".join(str(getattr(row, part.name)) for part in table.primary_key)
            raise Refusal(
                f"表 {table.name} 中 {key} 的 {column.name} {wrong}，放不进目标数据库。目标没有改动"
            )


def _set_sequences(target: Connection) -> None:
    """The next number of each table comes after those that were copied."""
    for table in tables():
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = target.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        last = target.scalar(select(func.max(column)))
        if sequence and last:
            target.execute(select(func.setval(sequence, last)))


def _content(connection: Connection, table: Table) -> Content:
    count, sum_of_digests = 0, 0
    for rows in _rows(connection, table):
        for row in rows:
            line = json.dumps([_plain(value) for value in row], ensure_ascii=False)
            digest = hashlib.sha256(line.encode("utf-8", "surrogatepass")).digest()
            # Databases sort text in different orders: a sum does not depend on any.
            sum_of_digests = (sum_of_digests + int.from_bytes(digest, "big")) % 2**256
            count += 1
    return Content(count, f"{sum_of_digests:064x}")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value
