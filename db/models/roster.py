"""The roster: units and the persons who get their mail, across cycles."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import Base, one_of


class Unit(Base):
    """A budget unit of the roster, across cycles. Tier 1 units are departments and have no department."""

    __tablename__ = "units"
    __table_args__ = (
        CheckConstraint(
            "(tier = 1 AND department_code IS NULL) OR (tier = 2 AND department_code IS NOT NULL)",
            name="tier_tree",
        ),
        one_of("status", "active", "exempt", "nil", "merged", "closed"),
    )

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    tier: Mapped[int] = mapped_column(Integer)
    department_code: Mapped[str | None] = mapped_column(ForeignKey("units.code"), index=True)
    status: Mapped[str] = mapped_column(String(16), default="active")
    merged_into: Mapped[str | None] = mapped_column(String(32))  # the unit that files for a merged one
    # 涉密: never shown to the public, neither the unit nor, of a department, what is below it.
    secret: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    remark: Mapped[str] = mapped_column(Text, default="")
    contacts: Mapped[list[Contact]] = relationship(
        back_populates="unit", cascade="all, delete-orphan", order_by="Contact.email"
    )


class Contact(Base):
    """A person of a unit who gets its mail."""

    __tablename__ = "contacts"

    unit_code: Mapped[str] = mapped_column(ForeignKey("units.code"), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    unit: Mapped[Unit] = relationship(back_populates="contacts")
