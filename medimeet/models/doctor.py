"""A doctor's profile, and the words it is described by."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Column, ColumnElement, ForeignKey, Numeric, String, Table, UniqueConstraint, and_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from medimeet import clock
from medimeet.model_base import Base
from medimeet.models.account import Account
from medimeet.models.clinic import Clinic

if TYPE_CHECKING:
    from medimeet.models.treatment import Treatment


def _link(name: str, left: str, right: str) -> Table:
    """The table of a many-to-many relation between two tables."""
    return Table(
        name,
        Base.metadata,
        Column(f"{left}_id", ForeignKey(f"{left}.id", ondelete="CASCADE"), primary_key=True),
        Column(f"{right}_id", ForeignKey(f"{right}.id", ondelete="CASCADE"), primary_key=True, index=True),
    )


doctor_specialty = _link("doctor_specialty", "doctor", "specialty")
doctor_designation = _link("doctor_designation", "doctor", "designation")
doctor_language = _link("doctor_language", "doctor", "language")
doctor_treatment = _link("doctor_treatment", "doctor", "treatment")


class Specialty(Base):
    """A field of medicine, in the clinic's own list."""

    __tablename__ = "specialty"
    __table_args__ = (UniqueConstraint("clinic_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    name: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(120))


class Designation(Base):
    """A doctor's rank or title, in the clinic's own list."""

    __tablename__ = "designation"
    __table_args__ = (UniqueConstraint("clinic_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    name: Mapped[str] = mapped_column(String(120))
    slug: Mapped[str] = mapped_column(String(120))


class Language(Base):
    """A language that doctors of the clinic speak with patients."""

    __tablename__ = "language"
    __table_args__ = (UniqueConstraint("clinic_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    name: Mapped[str] = mapped_column(String(60))


class Doctor(Base):
    """A doctor of one clinic. Unverified means: applied, not listed, not bookable."""

    __tablename__ = "doctor"
    __table_args__ = (UniqueConstraint("clinic_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    fee: Mapped[Decimal] = mapped_column(Numeric(10, 2), default=Decimal(0))
    meet_link: Mapped[str] = mapped_column(String(500), default="")
    years_of_experience: Mapped[int | None]
    shows_contact: Mapped[bool] = mapped_column(default=False)
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    clinic: Mapped[Clinic] = relationship()
    account: Mapped[Account] = relationship(back_populates="doctor", lazy="joined")
    specialties: Mapped[list[Specialty]] = relationship(secondary=doctor_specialty, order_by=Specialty.name)
    designations: Mapped[list[Designation]] = relationship(secondary=doctor_designation, order_by=Designation.name)
    languages: Mapped[list[Language]] = relationship(secondary=doctor_language, order_by=Language.name)
    treatments: Mapped[list[Treatment]] = relationship(
        secondary=doctor_treatment, back_populates="doctors", order_by="Treatment.name"
    )

    @property
    def is_verified(self) -> bool:
        """Whether an admin has accepted this doctor."""
        return self.verified_at is not None

    @property
    def offered_treatments(self) -> list[Treatment]:
        """The treatments of this doctor that the clinic offers at present."""
        return [treatment for treatment in self.treatments if treatment.is_active]

    @hybrid_property
    def takes_patients(self) -> bool:
        """Whether patients can book this doctor: verified, and not gone. Also a condition for queries."""
        return self.verified_at is not None and self.account.is_active

    @takes_patients.inplace.expression
    @classmethod
    def _takes_patients_in_sql(cls) -> ColumnElement[bool]:
        return and_(cls.verified_at.is_not(None), cls.account.has(Account.is_active))

    @property
    def name(self) -> str:
        """What patients call the doctor, e.g. "Dr Asha Shah"."""
        return f"Dr {self.account.full_name}"
