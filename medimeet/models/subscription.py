"""What a clinic pays for: plans, its subscription, credits as an append-only ledger, invoices."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from medimeet import clock
from medimeet.domain.wall_clock import to_wall
from medimeet.model_base import Base
from medimeet.models.account import Account
from medimeet.models.clinic import Clinic


class Plan(Base):
    """An offer: so much a month for so many assistant credits."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    description: Mapped[str] = mapped_column(Text, default="")
    monthly_price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    monthly_credits: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)


class CreditBundle(Base):
    """Credits that can be bought beside the plan."""

    __tablename__ = "credit_bundle"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    credits: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)


class Subscription(Base):
    """A clinic on a plan, with the credits that are left: its days, the last one included; open-ended without one."""

    __tablename__ = "subscription"
    __table_args__ = (CheckConstraint("credits_left >= 0", name="credits_left"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), unique=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    credits_left: Mapped[int] = mapped_column(default=0)
    started_on: Mapped[date]
    ends_on: Mapped[date | None]

    clinic: Mapped[Clinic] = relationship()
    plan: Mapped[Plan] = relationship()


class CreditReservation(Base):
    """One credit that was taken before an answer was asked for: `reserved`, then `spent`, or `returned`.

    One that is still `reserved` when `expires_at` has passed was left by a worker that died; it goes back.
    """

    __tablename__ = "credit_reservation"
    __table_args__ = (
        CheckConstraint("state IN ('reserved', 'spent', 'returned')", name="state"),
        Index("ix_credit_reservation_state", "state", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    state: Mapped[str] = mapped_column(String(10), default="reserved")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]


class CreditEntry(Base):
    """One line of the ledger: credits added or spent, why, and what was left then. The database refuses to change it.

    No reservation has two lines with the same change, so that none is taken or given back twice.
    """

    __tablename__ = "credit_entry"
    __table_args__ = (Index("uq_credit_entry_reservation_id_change", "reservation_id", "change", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("credit_reservation.id"))
    change: Mapped[int]
    left: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    account: Mapped[Account | None] = relationship()


class Invoice(Base):
    """What a clinic owes for a month of a plan, or for a bundle; paid at the desk and marked by a superuser.

    One that was withdrawn before it was paid is owed no more.
    """

    __tablename__ = "invoice"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), index=True)
    description: Mapped[str] = mapped_column(String(200))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    bundle_id: Mapped[int | None] = mapped_column(ForeignKey("credit_bundle.id"))
    amount: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    credits: Mapped[int] = mapped_column(default=0)
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)
    paid_at: Mapped[datetime | None]
    marked_paid_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]

    clinic: Mapped[Clinic] = relationship()
    plan: Mapped[Plan | None] = relationship()
    bundle: Mapped[CreditBundle | None] = relationship()

    @property
    def is_unpaid(self) -> bool:
        """Whether it is still owed."""
        return self.paid_at is None and self.withdrawn_at is None

    @property
    def issued_on(self) -> date:
        """The day it was ordered, in its clinic."""
        return to_wall(self.issued_at, self.clinic.zone).date()

    @property
    def paid_on(self) -> date | None:
        """The day it was marked as paid, in its clinic."""
        return to_wall(self.paid_at, self.clinic.zone).date() if self.paid_at is not None else None
