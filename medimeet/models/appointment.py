"""An appointment, and the rules about it that the database itself keeps."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    BindParameter,
    CheckConstraint,
    ColumnElement,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    Uuid,
    and_,
    not_,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from medimeet import clock
from medimeet.domain.references import new_reference
from medimeet.domain.statuses import ACTIVE, OCCUPYING, AppointmentStatus
from medimeet.model_base import Base
from medimeet.models.clinic import Clinic
from medimeet.models.doctor import Doctor
from medimeet.models.patient import Patient
from medimeet.models.treatment import Treatment
from medimeet.sealing import SealedText


class Appointment(Base):
    """One patient with one doctor from `starts_at` up to, not including, `ends_at` (UTC).

    Two that occupy time (pending, scheduled, completed) never overlap for one doctor or one patient:
    see `medimeet.models.overlap_guards`. A `pending` one with `hold_expires_at` is a hold: it counts until then.
    A deleted one (`deleted_at`) is canceled, and no program is shown it any more.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        ForeignKeyConstraint(["clinic_id", "doctor_id"], ["doctor.clinic_id", "doctor.id"]),
        ForeignKeyConstraint(["clinic_id", "patient_id"], ["patient.clinic_id", "patient.id"]),
        ForeignKeyConstraint(["clinic_id", "treatment_id"], ["treatment.clinic_id", "treatment.id"]),
        CheckConstraint("starts_at < ends_at", name="span"),
        CheckConstraint("hold_expires_at IS NULL OR status IN ('pending', 'canceled')", name="hold_is_pending"),
        Index("ix_appointment_doctor_id", "doctor_id", "starts_at"),
        Index("ix_appointment_patient_id", "patient_id", "starts_at"),
        Index("ix_appointment_clinic_id", "clinic_id", "starts_at"),
        Index("ix_appointment_hold_expires_at", "hold_expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, default=uuid.uuid4, unique=True)
    reference: Mapped[str] = mapped_column(String(12), default=new_reference, unique=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    doctor_id: Mapped[int]
    patient_id: Mapped[int]
    treatment_id: Mapped[int | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[AppointmentStatus] = mapped_column(
        Enum(
            AppointmentStatus,
            native_enum=False,
            length=12,
            create_constraint=True,
            name="status",
            values_callable=lambda statuses: [status.value for status in statuses],
        )
    )
    hold_expires_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(SealedText("appointment.reason"), default="")
    kind: Mapped[str] = mapped_column(String(10), default="Offline")
    price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    channel: Mapped[str] = mapped_column(String(12), default="portal")
    sequence: Mapped[int] = mapped_column(default=0)
    booked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    canceled_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    canceled_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)

    # To read only: the ids are what is written, so that no relation can unset the clinic that they share.
    clinic: Mapped[Clinic] = relationship(viewonly=True)
    doctor: Mapped[Doctor] = relationship(
        primaryjoin=lambda: foreign(Appointment.doctor_id) == Doctor.id, viewonly=True
    )
    patient: Mapped[Patient] = relationship(
        primaryjoin=lambda: foreign(Appointment.patient_id) == Patient.id, viewonly=True
    )
    treatment: Mapped[Treatment | None] = relationship(
        primaryjoin=lambda: foreign(Appointment.treatment_id) == Treatment.id, viewonly=True
    )

    @hybrid_property
    def is_lapsed(self) -> bool:
        """Whether it is a hold that is up: nobody confirmed it in time, so it takes no time any more."""
        ends_at = self.hold_expires_at
        return self.status == AppointmentStatus.PENDING and ends_at is not None and ends_at <= clock.now()

    @is_lapsed.inplace.expression
    @classmethod
    def _is_lapsed(cls) -> ColumnElement[bool]:
        return cls.lapsed_by(clock.now())

    @classmethod
    def lapsed_by(cls, instant: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
        """The condition that it is a hold that is up by then; with a parameter for statements that are built once."""
        is_hold = and_(cls.status == AppointmentStatus.PENDING, cls.hold_expires_at.is_not(None))
        return and_(is_hold, cls.hold_expires_at <= instant)

    @classmethod
    def occupies_at(cls, instant: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
        """The condition that it takes its time then: an occupying status, and no hold that is up."""
        return and_(cls.status.in_(OCCUPYING), not_(cls.lapsed_by(instant)))

    @hybrid_property
    def is_active(self) -> bool:
        """Whether it is still to happen: pending or scheduled, and no hold that is up."""
        return self.status in ACTIVE and not self.is_lapsed

    @is_active.inplace.expression
    @classmethod
    def _is_active(cls) -> ColumnElement[bool]:
        return cls.is_active_at(clock.now())

    @classmethod
    def is_active_at(cls, instant: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
        """The condition that it is still to happen then; with a parameter for statements that are built once."""
        return and_(cls.status.in_(ACTIVE), not_(cls.lapsed_by(instant)))

    @property
    def present_status(self) -> AppointmentStatus:
        """The status to show: a hold that is up is canceled, also while nothing has written so yet."""
        return AppointmentStatus.CANCELED if self.is_lapsed else self.status


class IdempotencyKey(Base):
    """A key that a client sent with a booking: the same key books once.

    It is one account's, or, where nobody was signed in, one clinic's; neither finds what the other booked.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        UniqueConstraint("clinic_id", "key"),
        CheckConstraint("(account_id IS NULL) <> (clinic_id IS NULL)", name="whose"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    clinic_id: Mapped[int | None] = mapped_column(ForeignKey("clinic.id"))
    key: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64))
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    appointment: Mapped[Appointment] = relationship()
