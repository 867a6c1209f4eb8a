"""The free slots of all doctors of a clinic: one statement and no model, however many doctors there are."""

from collections import defaultdict
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from medimeet import clock
from medimeet.domain import slots as rules
from medimeet.domain.slots import Exclusion, Slot, WorkingHours
from medimeet.services import doctor_rows

_ANYBODY = 0


def free(clinic_id: int, zone: ZoneInfo, first_day: date, last_day: date) -> list[Slot]:
    """Those of the days that can be booked from now on, by start, at the same time by doctor."""
    now = clock.now()
    by_start: dict[datetime, list[Slot]] = defaultdict(list)
    declared = doctor_rows.of_clinic(clinic_id, zone, first_day, last_day)
    for doctor_id, (hours, exclusions, busy) in sorted(declared.items()):
        slots = _declared(tuple(hours), tuple(exclusions), zone, first_day, last_day)
        for slot, is_taken in zip(slots, rules.taken(slots, busy), strict=True):
            if not is_taken and slot.starts_at > now:
                by_start[slot.starts_at].append(Slot(doctor_id, slot.starts_at, slot.ends_at))
    return [slot for start in sorted(by_start) for slot in by_start[start]]


@lru_cache(maxsize=256)
def _declared(
    hours: tuple[WorkingHours, ...], exclusions: tuple[Exclusion, ...], zone: ZoneInfo, first_day: date, last_day: date
) -> list[Slot]:
    """The slots of whoever declares this. Kept, for many doctors declare the same."""
    return rules.declared_slots(_ANYBODY, hours, exclusions, zone, first_day, last_day)
