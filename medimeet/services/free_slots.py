"""The free slots of one doctor, in one statement without a model: nothing else is asked so often."""

from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from medimeet import clock
from medimeet.domain.slots import Slot
from medimeet.errors import NotFound
from medimeet.models import Account
from medimeet.services import doctor_rows, slots


class FreeSlots(NamedTuple):
    """Free slots by start, and the zone of their clinic."""

    slots: list[Slot]
    zone: ZoneInfo


def of_doctor(account: Account | None, host: str, doctor_id: int, day: date | None) -> FreeSlots:
    """Those of a doctor in the clinic that the account's request to the host means: `slots.bookable`.

    Raises NotFound where patients can't book this doctor there, InvalidInput for a day beyond slots.HORIZON.
    """
    found = doctor_rows.in_zone(doctor_id, *_days_in_any_zone(day), account, host)
    zone = doctor_rows.zone_of(found)
    if zone is None:
        raise NotFound("We can't find this doctor.")
    days = slots.bookable_days(zone, day)
    return FreeSlots(slots.free_of_found(found, doctor_id, zone, timedelta(0), *days) if days else [], zone)


def _days_in_any_zone(day: date | None) -> tuple[date, date]:
    """Which days to read while the clinic's zone is not known: none is left out that `slots.bookable_days` may want."""
    today = clock.now().date()
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    if day is None:
        return yesterday, tomorrow + slots.REACH
    wanted = min(max(day, yesterday), tomorrow + slots.HORIZON)
    return wanted, wanted
