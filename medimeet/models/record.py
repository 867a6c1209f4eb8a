"""A medical record of one visit, kept as versions: an edit adds one, none is lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from medimeet import clock
from medimeet.model_base import Base
from medimeet.models.account import Account
from medimeet.models.appointment import Appointment
from medimeet.sealing import SealedText


class MedicalRecordVersion(Base):
    """What a doctor wrote about one appointment at one time. The version with the highest number holds."""

    __tablename__ = "medical_record_version"
    __table_args__ = (UniqueConstraint("appointment_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"))
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    complaint: Mapped[str] = mapped_column(SealedText("medical_record_version.complaint"), default="")
    diagnosis: Mapped[str] = mapped_column(SealedText("medical_record_version.diagnosis"), default="")
    prescription: Mapped[str] = mapped_column(SealedText("medical_record_version.prescription"), default="")
    notes: Mapped[str] = mapped_column(SealedText("medical_record_version.notes"), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    appointment: Mapped[Appointment] = relationship()
    author: Mapped[Account] = relationship()
