import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medimeet.domain.slot_ids import SlotKey, UnknownSlot, decode_slot, encode_slot, slot_id_of_uuid, slot_uuid
from medimeet.domain.slots import Slot

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
doctors = st.integers(1, 2**27 - 1)
minutes = st.integers(0, 2**26 - 1)


@given(doctors, minutes)
def test_an_id_says_whose_slot_it_is_and_when_it_starts(doctor_id: int, minute: int) -> None:
    starts_at = EPOCH + timedelta(minutes=minute)
    slot_id = encode_slot(doctor_id, starts_at)
    assert slot_id == doctor_id * 2**26 + minute < 2**53
    assert decode_slot(slot_id) == SlotKey(doctor_id, starts_at)
    assert Slot(doctor_id, starts_at, starts_at + timedelta(minutes=30)).id == slot_id


@given(doctors, minutes)
def test_the_uuid_is_the_same_id_recognisable_and_valid(doctor_id: int, minute: int) -> None:
    slot_id = encode_slot(doctor_id, EPOCH + timedelta(minutes=minute))
    as_uuid = slot_uuid(slot_id)
    assert (as_uuid.version, as_uuid.variant) == (8, uuid.RFC_4122)
    assert str(as_uuid).startswith("6d656469-6d65-8510-80")
    assert slot_id_of_uuid(uuid.UUID(str(as_uuid))) == slot_id


def test_an_id_written_with_another_offset_is_the_same() -> None:
    at = datetime.fromisoformat("2026-06-01T09:00:00+01:00")
    assert encode_slot(3, at) == encode_slot(3, at.astimezone(UTC))
    assert decode_slot(encode_slot(3, at)).starts_at.tzinfo is UTC


@pytest.mark.parametrize("slot_id", [-1, 0, 1, 2**26 - 1, 2**53, 10**30, True, None, "70692964", 70692964.0])
def test_what_cannot_be_a_slot_is_told_in_plain_words(slot_id: object) -> None:
    with pytest.raises(UnknownSlot, match="Choose one of the times"):
        decode_slot(slot_id)  # type: ignore[arg-type]
    with pytest.raises(UnknownSlot):
        slot_uuid(slot_id)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "6d656469-6d65-8510-8000-000000000000",
        "6d656469-6d65-8510-8000-000000000001",
        "6d656469-6d65-8510-8020-000004000000",
        "6d656469-6d65-4510-8000-00000436b064",
        "6d656469-6d65-8511-8000-00000436b064",
    ],
)
def test_a_uuid_of_something_else_is_no_slot(text: str) -> None:
    with pytest.raises(UnknownSlot):
        slot_id_of_uuid(uuid.UUID(text))


@given(st.uuids(version=4))
def test_a_random_uuid_is_no_slot(other: uuid.UUID) -> None:
    with pytest.raises(UnknownSlot):
        slot_id_of_uuid(other)


@pytest.mark.parametrize("doctor_id", [0, -1, 2**27])
def test_a_doctor_beyond_the_ids_is_refused(doctor_id: int) -> None:
    with pytest.raises(ValueError, match="doctor's id"):
        encode_slot(doctor_id, EPOCH)


@pytest.mark.parametrize(
    "starts_at", [EPOCH - timedelta(minutes=1), EPOCH + timedelta(minutes=2**26), EPOCH + timedelta(seconds=1)]
)
def test_a_start_beyond_the_ids_is_refused(starts_at: datetime) -> None:
    with pytest.raises(ValueError, match="whole minute between"):
        encode_slot(1, starts_at)
