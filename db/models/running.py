"""Signs of life of flow runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class Heartbeat(Base):
    """A flow run that is going on, or whose process died without a word: a run that ends takes its row along.

    `host`, `worker_pid` and `pid` say where it runs: the machine, the process that started it, its own.
    """

    __tablename__ = "heartbeats"
    __table_args__ = (CheckConstraint("seen_at >= started_at", name="seen_after_start"),)

    flow_run_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    flow: Mapped[str] = mapped_column(String(100))
    host: Mapped[str] = mapped_column(String(200))
    worker_pid: Mapped[int] = mapped_column(Integer)
    pid: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
