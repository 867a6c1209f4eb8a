"""The reversible id of a slot: it holds the doctor and the start, as an integer and as a UUID."""

import uuid
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_MINUTE_BITS = 26
_MINUTES = 1 << _MINUTE_BITS
_DOCTORS = 1 << 27
# "medime" in ASCII, then version 8 (RFC 9562: our own layout), then the two bits of the variant.
_UUID_PREFIX = 0x6D656469_6D65_8510_8000_000000000000
_SLOT_ID_BITS = 53


class UnknownSlot(ValueError):
    """An id that no slot can have."""

    def __init__(self) -> None:
        super().__init__("There is no such time. Choose one of the times that are shown.")


class SlotKey(NamedTuple):
    """What a slot id says: whose slot, and when it starts (UTC)."""

    doctor_id: int
    starts_at: datetime


def encode_slot(doctor_id: int, starts_at: datetime) -> int:
    """The slot's id, 53 bits: the doctor, then the minutes since 2020 UTC. Raises ValueError where none is possible."""
    if not 1 <= doctor_id < _DOCTORS:
        raise ValueError("A slot id needs a doctor's id of 1 to 134217727.")
    return doctor_id << _MINUTE_BITS | _minutes_until(starts_at)


@lru_cache(maxsize=8192)
def _minutes_until(starts_at: datetime) -> int:
    minutes, rest = divmod(starts_at - _EPOCH, _MINUTE)
    if rest or not 0 <= minutes < _MINUTES:
        raise ValueError("A slot starts on a whole minute between the years 2020 and 2147.")
    return minutes


def decode_slot(slot_id: int) -> SlotKey:
    """Whose slot it is and when it starts, UTC. Raises UnknownSlot."""
    if isinstance(slot_id, bool) or not isinstance(slot_id, int):
        raise UnknownSlot
    doctor_id, minutes = divmod(slot_id, _MINUTES)
    if not 1 <= doctor_id < _DOCTORS:
        raise UnknownSlot
    return SlotKey(doctor_id, _EPOCH + minutes * _MINUTE)


def slot_uuid(slot_id: int) -> uuid.UUID:
    """The same id as a UUID, version 8, beginning 6d656469-6d65-8510-80. Raises UnknownSlot."""
    decode_slot(slot_id)
    return uuid.UUID(int=_UUID_PREFIX | slot_id)


def slot_id_of_uuid(slot: uuid.UUID) -> int:
    """The integer id in a slot's UUID. Raises UnknownSlot for any other UUID."""
    slot_id = slot.int ^ _UUID_PREFIX
    if slot_id >> _SLOT_ID_BITS:
        raise UnknownSlot
    decode_slot(slot_id)
    return slot_id
