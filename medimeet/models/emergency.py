"""A doctor's way to a record that is not theirs to read, in an emergency: for a short time, with a reason, and told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from medimeet import clock
from medimeet.model_base import Base
from medimeet.models.account import Account
from medimeet.models.patient import Patient
from medimeet.sealing import SealedText


class EmergencyAccess(Base):
    """One doctor may read one patient's records until `expires_at`, for the reason given."""

    __tablename__ = "emergency_access"
    __table_args__ = (Index("ix_emergency_access_patient_id", "patient_id", "account_id", "expires_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    reason: Mapped[str] = mapped_column(SealedText("emergency_access.reason"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]

    account: Mapped[Account] = relationship()
    patient: Mapped[Patient] = relationship()
