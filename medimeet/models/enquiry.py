"""A message that somebody left for the clinic."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from medimeet import clock
from medimeet.model_base import Base
from medimeet.sealing import SealedText


class ContactMessage(Base):
    """Name, phone and words from the clinic's contact form."""

    __tablename__ = "contact_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(40), default="")
    message: Mapped[str] = mapped_column(SealedText("contact_message.message"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
