"""What doctors declare about their time. Slots are computed from these rows, never stored."""

from __future__ import annotations

from datetime import date as calendar_date
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from medimeet import clock
from medimeet.model_base import Base


class WorkingHours(Base):
    """One declaration: a weekday (0 is Monday) or one date, from minute to minute, in slots of one length.

    Minutes are minutes after midnight on the clinic's wall clock; 1440 is the next midnight.
    """

    __tablename__ = "working_hours"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "doctor_id"], ["doctor.clinic_id", "doctor.id"]),
        CheckConstraint("(day_of_week IS NULL) <> (date IS NULL)", name="one_kind_of_day"),
        CheckConstraint("day_of_week BETWEEN 0 AND 6", name="day_of_week"),
        CheckConstraint("0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440", name="minutes"),
        CheckConstraint("slot_minutes BETWEEN 5 AND end_minute - start_minute", name="slot_minutes"),
        Index("ix_working_hours_doctor_id", "doctor_id", "date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int]
    doctor_id: Mapped[int]
    day_of_week: Mapped[int | None]
    date: Mapped[calendar_date | None]
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    slot_minutes: Mapped[int] = mapped_column(default=30)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class ExclusionDate(Base):
    """A date on which the doctor is away: all day, or from minute to minute on the clinic's wall clock."""

    __tablename__ = "exclusion_date"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "doctor_id"], ["doctor.clinic_id", "doctor.id"]),
        CheckConstraint("(start_minute IS NULL) = (end_minute IS NULL)", name="both_minutes"),
        CheckConstraint("0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440", name="minutes"),
        Index("ix_exclusion_date_doctor_id", "doctor_id", "date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int]
    doctor_id: Mapped[int]
    date: Mapped[calendar_date]
    start_minute: Mapped[int | None]
    end_minute: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
