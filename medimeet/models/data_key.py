"""What the database knows of the keys that seal its texts, which are kept outside it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from medimeet import clock
from medimeet.model_base import Base
from medimeet.sealing import SealedText


class DataKey(Base):
    """One key by its name. `proof` is sealed with that very key: one that opens it is the right one.

    `audit_secret` is what the audit lines of a retired key are proved with, so that the key itself may go.
    """

    __tablename__ = "data_key"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    proof: Mapped[str] = mapped_column(Text)
    audit_secret: Mapped[str] = mapped_column(SealedText("data_key.audit_secret"), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]
