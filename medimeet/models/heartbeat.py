"""Signs of life of what works beside the web server, for /readyz, the alarm and `flask doctor`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from medimeet import clock
from medimeet.model_base import Base


class Heartbeat(Base):
    """When something that goes on for ever (the poller, the housekeeping, a backup) was last well."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
