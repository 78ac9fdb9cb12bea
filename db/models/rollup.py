"""Totals of a cycle as they were taken, with the versions that they were made from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class RollUp(Base):
    """One roll-up; the same content is never stored twice in a row.

    `changes` lists what moved since the roll-up before, as selfeval.rollup.changes says it.
    """

    __tablename__ = "rollups"
    __table_args__ = (
        UniqueConstraint("cycle_id", "number"),
        CheckConstraint("number >= 1", name="number_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    number: Mapped[int] = mapped_column(Integer)
    taken_at: Mapped[datetime]
    policy: Mapped[str] = mapped_column(String(200))
    rule_set: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    changes: Mapped[list[Any]] = mapped_column(JSON)


class RollUpPart(Base):
    """A piece of a roll-up's content, which names every unit with its version, in order of its number, from 1.

    `section` is the key that it stands under; of a list, which a province makes too long to be held at once,
    every part has some entries.
    """

    __tablename__ = "rollup_parts"
    __table_args__ = (CheckConstraint("number >= 1", name="number_positive"),)

    rollup_id: Mapped[int] = mapped_column(ForeignKey("rollups.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    section: Mapped[str] = mapped_column(String(32))
    value: Mapped[Any] = mapped_column(JSON)
