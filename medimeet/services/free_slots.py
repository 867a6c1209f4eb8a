"""The free slots of one doctor, in two statements without a model: nothing else is asked so often."""

from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, bindparam, select

from medimeet.db import prepared_rows
from medimeet.domain.slots import Slot
from medimeet.errors import NotFound
from medimeet.models import Account, Clinic, Doctor
from medimeet.prepared import Prepared
from medimeet.services import meant_clinic, slots

_ZONE = Prepared(
    select(Clinic.time_zone)
    .join(Doctor, Doctor.clinic_id == Clinic.id)
    .where(Doctor.id == bindparam("doctor_id", type_=Integer()), Doctor.takes_patients, Clinic.id == meant_clinic.MEANT)
)


class FreeSlots(NamedTuple):
    """Free slots by start, and the zone of their clinic."""

    slots: list[Slot]
    zone: ZoneInfo


def of_doctor(account: Account | None, host: str, doctor_id: int, day: date | None) -> FreeSlots:
    """Those of a doctor in the clinic that the account's request to the host means: `slots.bookable`.

    Raises NotFound where patients can't book this doctor there, InvalidInput for a day beyond slots.HORIZON.
    """
    found = prepared_rows(_ZONE, doctor_id=doctor_id, **meant_clinic.by(account, host))
    if not found:
        raise NotFound("We can't find this doctor.")
    zone = ZoneInfo(found[0][0])
    return FreeSlots(slots.bookable_of_id(doctor_id, zone, day), zone)
