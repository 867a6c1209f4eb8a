"""What people and the assistant said to each other: all of it, or where MongoDB keeps the log what it lacks yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from medimeet import clock
from medimeet.model_base import Base
from medimeet.sealing import SealedText


class ConversationMessage(Base):
    """One message. `event_id` makes a retry harmless; `is_synced` is false while MongoDB has not got it yet.

    `appointment_id` is the visit during which a doctor said it, if they said so.
    """

    __tablename__ = "conversation_message"
    __table_args__ = (Index("ix_conversation_message_account_id", "account_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(String(40), unique=True)
    clinic_id: Mapped[int | None] = mapped_column(ForeignKey("clinic.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    role: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(SealedText("conversation_message.text"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    is_synced: Mapped[bool] = mapped_column(default=False)


class ConversationErasure(Base):
    """Somebody erased what they had said until then, so nothing older is shown.

    `is_synced` is false until MongoDB has carried it out, too.
    """

    __tablename__ = "conversation_erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    until: Mapped[datetime] = mapped_column(default=clock.now)
    is_synced: Mapped[bool] = mapped_column(default=False)
