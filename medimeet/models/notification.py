"""A message to somebody: a row written in the transaction of what it tells, sent later by the poller."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from medimeet import clock
from medimeet.model_base import Base
from medimeet.sealing import SealedText


class Notification(Base):
    """One e-mail or SMS. `state` is queued, sent, failed, unknown (may have been sent) or canceled.

    `lease_until` keeps a second poller off while one is sending. A body that held a code or a link is
    blanked once sent (`holds_secret`).
    """

    __tablename__ = "notification"
    __table_args__ = (Index("ix_notification_state", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int | None] = mapped_column(ForeignKey("clinic.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"), index=True)
    channel: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(SealedText("notification.body"))
    calendar: Mapped[str | None] = mapped_column(SealedText("notification.calendar"))
    holds_secret: Mapped[bool] = mapped_column(default=False)
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    message_id: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(10), default="queued")
    due_at: Mapped[datetime] = mapped_column(default=clock.now)
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(300), default="")
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
