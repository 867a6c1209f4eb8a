"""A treatment: what a patient books, how long it takes, what it costs, and who gives it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from medimeet import clock
from medimeet.model_base import Base
from medimeet.models.doctor import Doctor, doctor_treatment


class Treatment(Base):
    """A treatment of one clinic. A deleted one keeps the row, with `is_active` false."""

    __tablename__ = "treatment"
    __table_args__ = (
        UniqueConstraint("clinic_id", "id"),
        CheckConstraint("duration_minutes BETWEEN 5 AND 480", name="duration"),
        CheckConstraint("price >= 0", name="price"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    instructions: Mapped[str] = mapped_column(Text, default="")
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2), default=Decimal(0))
    duration_minutes: Mapped[int] = mapped_column(default=30)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    doctors: Mapped[list[Doctor]] = relationship(
        secondary=doctor_treatment, back_populates="treatments", order_by=Doctor.id
    )

    @property
    def duration(self) -> timedelta:
        """How long the visit takes."""
        return timedelta(minutes=self.duration_minutes)
