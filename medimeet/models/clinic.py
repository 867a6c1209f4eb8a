"""A clinic: the tenant that every other row belongs to."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medimeet import clock
from medimeet.model_base import Base

EMERGENCY_NUMBER = "112"  # mobile phones know it nearly everywhere


class Clinic(Base):
    """Name, address, IANA time zone and country of one clinic, who may embed its chatbot, and whether
    its assistant may ask a language model."""

    __tablename__ = "clinic"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    domain: Mapped[str | None] = mapped_column(String(253), unique=True)
    time_zone: Mapped[str] = mapped_column(String(64))
    country: Mapped[str] = mapped_column(String(2))
    currency: Mapped[str] = mapped_column(String(3), default="GBP")
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    address: Mapped[str] = mapped_column(Text, default="")
    about: Mapped[str] = mapped_column(Text, default="")
    emergency_number: Mapped[str] = mapped_column(String(40), default="")
    chatbot_enabled: Mapped[bool] = mapped_column(default=True)
    chatbot_origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    chatbot_generation: Mapped[int] = mapped_column(default=1)
    assistant_uses_model: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone, ready for date arithmetic."""
        return ZoneInfo(self.time_zone)

    @property
    def number_in_danger(self) -> str:
        """The number to call in danger to life."""
        return self.emergency_number or EMERGENCY_NUMBER

    @property
    def schema_name(self) -> str:
        """The label that the chatbot contract prints for a tenant."""
        return f"clinic_{self.id}"


class ClinicService(Base):
    """Something that the clinic offers beside treatments, shown on its public pages."""

    __tablename__ = "clinic_service"

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    picture: Mapped[str | None] = mapped_column(String(80))
    is_active: Mapped[bool] = mapped_column(default=True)


class DayGridTime(Base):
    """One time of day that declarations may name: a half hour of the grid from 09:00 to 21:00, or one added since.

    Minutes are minutes after midnight on the clinic's wall clock.
    """

    __tablename__ = "day_grid_time"
    __table_args__ = (UniqueConstraint("clinic_id", "start_minute", "end_minute"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"))
    start_minute: Mapped[int]
    end_minute: Mapped[int]
