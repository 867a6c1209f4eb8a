"""What a clinic must keep of somebody who was erased: who it was, sealed, for as long as the law keeps records."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from medimeet import clock
from medimeet.model_base import Base
from medimeet.models.patient import Patient
from medimeet.sealing import SealedText


class HeldIdentity(Base):
    """The name and day of birth that belong to an erased patient's records, until `until` (None: for ever)."""

    __tablename__ = "held_identity"

    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), primary_key=True, autoincrement=False)
    clinic_id: Mapped[int] = mapped_column(ForeignKey("clinic.id"), index=True)
    identity: Mapped[str] = mapped_column(SealedText("held_identity.identity"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None] = mapped_column(index=True)

    patient: Mapped[Patient] = relationship()
