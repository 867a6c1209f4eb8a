"""Who read or changed what of whom. The database refuses to change or remove a line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from medimeet import clock
from medimeet.db import Base
from medimeet.models.account import Account


class AuditEntry(Base):
    """One line: the actor, the deed, the thing, the patient whom it concerns, and what changed (never the words)."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_clinic_id", "clinic_id", "at"),
        Index("ix_audit_entry_patient_id", "patient_id", "at"),
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

    actor: Mapped[Account | None] = relationship()
