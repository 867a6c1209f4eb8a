"""What the assistant proposes to do for somebody, until they confirm it themselves or it is too late."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from medimeet import clock
from medimeet.model_base import Base
from medimeet.models.account import Account
from medimeet.models.appointment import Appointment
from medimeet.models.clinic import Clinic
from medimeet.models.treatment import Treatment


class Proposal(Base):
    """One booking, move or cancellation that waits for its person's own word. It changes nothing by itself.

    `appointment_id` is the visit that would be moved or canceled; `result_id` the one that came of it.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("deed IN ('book', 'move', 'cancel')", name="deed"),
        CheckConstraint("(slot_id IS NULL) = (deed = 'cancel')", name="slot"),
        CheckConstraint("(appointment_id IS NULL) = (deed = 'book')", name="appointment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    deed: Mapped[str] = mapped_column(String(8))
    slot_id: Mapped[int | None] = mapped_column(BigInteger)
    treatment_id: Mapped[int | None] = mapped_column(ForeignKey("treatment.id"))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    result_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))

    account: Mapped[Account] = relationship()
    clinic: Mapped[Clinic] = relationship()
    treatment: Mapped[Treatment | None] = relationship()
    appointment: Mapped[Appointment | None] = relationship(foreign_keys=appointment_id)
    result: Mapped[Appointment | None] = relationship(foreign_keys=result_id)
