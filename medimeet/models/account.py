"""An account: a person who may sign in, with one role in one clinic."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Enum, ForeignKey, Index, String, Text, Uuid, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from medimeet import clock
from medimeet.domain.statuses import Role
from medimeet.model_base import Base
from medimeet.models.clinic import Clinic

if TYPE_CHECKING:
    from medimeet.models.credential import Credential
    from medimeet.models.doctor import Doctor
    from medimeet.models.patient import Patient


class Account(Base):
    """A person: name, contact, role. Superusers belong to no clinic.

    E-mail is kept in lower case, a mobile number in E.164 with the spelling it came in beside it.
    A deleted person keeps the row, with `is_active` false.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, default=uuid.uuid4, unique=True)
    clinic_id: Mapped[int | None] = mapped_column(ForeignKey("clinic.id"), index=True)
    role: Mapped[Role] = mapped_column(
        Enum(Role, native_enum=False, length=12, values_callable=lambda roles: [role.value for role in roles])
    )
    username: Mapped[str] = mapped_column(String(150))
    email: Mapped[str | None] = mapped_column(String(254))
    email_verified_at: Mapped[datetime | None]
    mobile: Mapped[str | None] = mapped_column(String(20))
    mobile_as_sent: Mapped[str | None] = mapped_column(String(40))
    mobile_verified_at: Mapped[datetime | None]
    first_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(100), default="")
    gender: Mapped[str] = mapped_column(String(10), default="")
    date_of_birth: Mapped[date | None]
    stated_age: Mapped[int | None]
    address: Mapped[str] = mapped_column(Text, default="")
    bio: Mapped[str] = mapped_column(Text, default="")
    picture: Mapped[str | None] = mapped_column(String(80))
    is_active: Mapped[bool] = mapped_column(default=True)
    erased_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)

    clinic: Mapped[Clinic | None] = relationship(lazy="joined")
    credential: Mapped[Credential | None] = relationship(back_populates="account", uselist=False)
    doctor: Mapped[Doctor | None] = relationship(back_populates="account", uselist=False)
    patient: Mapped[Patient | None] = relationship(back_populates="account", uselist=False)

    @property
    def full_name(self) -> str:
        """First and last name, else the username."""
        return f"{self.first_name} {self.last_name}".strip() or self.username

    @property
    def is_staff(self) -> bool:
        """Whether this is a clinic's admin or a superuser."""
        return self.role in {Role.ADMIN, Role.SUPERUSER}

    @property
    def is_email_verified(self) -> bool:
        """Whether the person has shown that the e-mail is theirs."""
        return self.email_verified_at is not None


Index("uq_account_username", Account.clinic_id, func.lower(Account.username), unique=True)
Index("uq_account_email", Account.clinic_id, Account.email, unique=True)
# Signing in also looks beyond one clinic.
Index("ix_account_email", Account.email)
Index("ix_account_username", func.lower(Account.username))
Index("uq_account_mobile", Account.clinic_id, Account.mobile, unique=True)
Index(
    "uq_account_superuser",
    func.lower(Account.username),
    unique=True,
    sqlite_where=Account.clinic_id.is_(None),
    postgresql_where=Account.clinic_id.is_(None),
)
