"""How far a doctor's declared time goes on from the start of one slot: what whoever books that slot has to know."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from medimeet.domain.slots import Slot


class Stretch(NamedTuple):
    """A slot, and when a visit ends that begins with it: UTC.

    `covered_until` is the end of the last slot that the visit takes; None where the declared time ends before, or has a
    gap.
    """

    slot: Slot
    ends_at: datetime
    covered_until: datetime | None


def stretch_from(slots: Sequence[Slot], starts_at: datetime, duration: timedelta) -> Stretch | None:
    """That of the slot that starts then, for a visit as long as the duration, or as the slot if that is longer.

    `slots` are one doctor's, in order of start. None where no slot starts then.
    """
    place = next((place for place, slot in enumerate(slots) if slot.starts_at == starts_at), None)
    if place is None:
        return None
    slot = slots[place]
    ends_at, covered_until = max(slot.ends_at, starts_at + duration), slot.ends_at
    for following in slots[place + 1 :]:
        if covered_until >= ends_at or following.starts_at != covered_until:
            break
        covered_until = following.ends_at
    return Stretch(slot, ends_at, covered_until if covered_until >= ends_at else None)
