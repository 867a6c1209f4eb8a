"""Who read or changed what of whom. The database refuses to change or remove a line.

The lines of one clinic (and those of none) are a chain: each carries a digest over itself and the one before.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from medimeet import clock
from medimeet.model_base import Base
from medimeet.models.account import Account


class AuditEntry(Base):
    """One line: the actor, the deed, the thing, the patient whom it concerns, what changed (never the words), and why.

    `chain` is the clinic's id, or 0; `number` counts without gaps in it; `digest` is made with the data key `key`.
    Lines from before there were chains have no number.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_clinic_id", "clinic_id", "at"),
        Index("ix_audit_entry_patient_id", "patient_id", "at"),
        Index("uq_audit_entry_chain_number", "chain", "number", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    clinic_id: Mapped[int | None] = mapped_column(ForeignKey("clinic.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    deed: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    why: Mapped[str] = mapped_column(String(200), default="")
    request_id: Mapped[str] = mapped_column(String(32), default="")
    chain: Mapped[int] = mapped_column(default=0)
    number: Mapped[int | None]
    key: Mapped[str] = mapped_column(String(20), default="")
    digest: Mapped[str] = mapped_column(String(64), default="")

    actor: Mapped[Account | None] = relationship()


class AuditHead(Base):
    """The last line of one chain. It is locked while a line is added, so that lines come one after the other."""

    __tablename__ = "audit_head"

    chain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(64), default="")
