"""Doctors, the words that describe them, their free slots."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import fields

from medimeet.domain.slots import Slot
from medimeet.domain.wall_clock import to_wall
from medimeet.web.json_fields import Answer, Body, Day, Money, RowId, Text, WallDay, WallTime, WholeNumber


class Word(Answer):
    """A specialty, a language or a designation."""

    id = RowId()
    name = Text()


class OfferedTreatment(Answer):
    """A treatment that a doctor gives."""

    id = RowId()
    name = Text()
    duration_minutes = WholeNumber(least=5)
    price = Money(metadata={"description": "In the clinic's currency."})


class Doctor(Answer):
    """A doctor whom patients can book."""

    id = RowId()
    name = Text()
    specialties = fields.List(fields.Nested(Word))
    languages = fields.List(fields.Nested(Word))
    designations = fields.List(fields.Nested(Word))
    years_of_experience = WholeNumber(allow_none=True)
    about = Text(attribute="account.bio")
    fee = Money(metadata={"description": "What a visit without a treatment costs, in the clinic's currency."})
    treatments = fields.List(fields.Nested(OfferedTreatment), attribute="offered_treatments")


class SlotQuery(Body):
    """Which free slots are wanted."""

    date = Day(metadata={"description": "That day alone, at most a year ahead. Without: from now over 28 days."})
    treatment = RowId(metadata={"description": "Only times that are long enough for this treatment."})


class AvailableSlot(Answer):
    """A time that can be booked, on the clinic's wall clock."""

    slot = RowId(attribute="id", metadata={"description": "The id to book with."})
    date = WallDay(attribute="starts_at")
    start_time = WallTime(attribute="starts_at")
    end_time = WallTime(attribute="ends_at")


def available_slots(found: Sequence[Slot], zone: ZoneInfo) -> list[dict[str, Any]]:
    """What AvailableSlot makes of the slots, at a tenth of its cost: this list is asked for more than any other."""
    told = []
    for slot in found:
        day, start = on_the_wall(slot.starts_at, zone)
        end = on_the_wall(slot.ends_at, zone)[1]
        told.append({"slot": slot.id, "date": day, "start_time": start, "end_time": end})
    return told


@lru_cache(maxsize=8192)
def on_the_wall(instant: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Day and time on the clinic's wall clock; kept, for everybody asks about the same weeks."""
    wall = to_wall(instant, zone)
    return wall.date().isoformat(), f"{wall.hour:02}:{wall.minute:02}"
