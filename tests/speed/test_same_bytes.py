"""Short ways that answer what is asked most say the very same as the long ones."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g, json
from flask.json.provider import DefaultJSONProvider

from medimeet.blueprints.contracts.booking.schemas import doctors as schemas
from medimeet.domain.slots import Slot
from medimeet.models import Clinic
from medimeet.services.access import Actor

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
IN_THE_NIGHT_OF_THE_CHANGE = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
ODD = {
    "text": 'Ærøskøbing "über" <b>\u2028</b> \\ \x7f 😀',
    "numbers": [0, -1, 1.5, 2**53, True, None],
    "kept": [Decimal("45.50"), UUID(int=7), datetime(2026, 11, 24, 9, 0, tzinfo=UTC)],
    "nested": {"b": [], "a": {}},
}


def test_the_free_times_of_a_doctor_read_the_same_written_quickly_or_by_the_schema(app: Flask, clinic: Clinic) -> None:
    starts = [IN_THE_NIGHT_OF_THE_CHANGE + timedelta(minutes=30 * number) for number in range(12)]
    found = [Slot(7, start, start + timedelta(minutes=30)) for start in starts]
    with app.test_request_context():
        g.actor = Actor(None, clinic)
        by_schema = schemas.AvailableSlot(many=True).dump(found)
    assert schemas.available_slots(found, ZoneInfo("Europe/London")) == by_schema
    assert len({each["start_time"] for each in by_schema}) < len(by_schema)


@pytest.mark.parametrize("said", [ODD, {1: "a number as a key"}, ["half a pair: \ud800"]])
def test_programs_read_the_same_json_whoever_writes_it(app: Flask, said: object) -> None:
    plain = DefaultJSONProvider(app)
    plain.sort_keys = plain.ensure_ascii = False
    written = plain.dumps(said, separators=(",", ":"))
    assert app.json.dumps(said) == written
    if said is ODD:
        assert app.json.response(said).get_data() == f"{written}\n".encode()
    assert json.loads(app.json.dumps(said)) == json.loads(written)
