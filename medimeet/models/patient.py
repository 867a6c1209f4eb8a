"""A patient's profile and medical history."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint, and_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from medimeet import clock
from medimeet.model_base import Base
from medimeet.models.account import Account
from medimeet.models.clinic import Clinic
from medimeet.sealing import SealedText


class Patient(Base):
    """A patient of one clinic. A profile that its owner closed keeps the row, with `closed_at` set."""

    __tablename__ = "patient"
    __table_args__ = (UniqueConstraint("clinic_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    phone: Mapped[str] = mapped_column(String(40), default="")
    blood_group: Mapped[str] = mapped_column(String(5), default="")
    emergency_contact: Mapped[str] = mapped_column(String(200), default="")
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    clinic: Mapped[Clinic] = relationship()
    account: Mapped[Account] = relationship(back_populates="patient", lazy="joined")
    medical_history: Mapped[list[MedicalHistoryEntry]] = relationship(
        back_populates="patient", order_by="MedicalHistoryEntry.id"
    )

    @property
    def name(self) -> str:
        """The patient's full name."""
        return self.account.full_name

    @hybrid_property
    def is_registered(self) -> bool:
        """Whether they are a patient today: neither left nor removed. Also a condition for queries with the account."""
        return self.closed_at is None and self.account.is_active

    @is_registered.inplace.expression
    @classmethod
    def _is_registered(cls) -> ColumnElement[bool]:
        return and_(cls.closed_at.is_(None), Account.is_active)


class MedicalHistoryEntry(Base):
    """One condition that a patient has or had, as told by the patient."""

    __tablename__ = "medical_history_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    condition: Mapped[str] = mapped_column(SealedText("medical_history_entry.condition"))
    diagnosed_on: Mapped[date | None]
    notes: Mapped[str] = mapped_column(SealedText("medical_history_entry.notes"), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    patient: Mapped[Patient] = relationship(back_populates="medical_history")
