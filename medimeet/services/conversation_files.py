"""A conversation as a file that its person takes along."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC
from zoneinfo import ZoneInfo

from medimeet.domain.wall_clock import to_wall
from medimeet.gateways.conversation_store import Said

COLUMNS = ("day", "time", "time_zone", "at_utc", "who", "kind", "source", "text", "visit", "event")
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_json(messages: Sequence[Said]) -> str:
    """The messages as a JSON array; `at` in UTC, ISO 8601."""
    return json.dumps(
        [
            {
                "event_id": said.event_id,
                "at": utc_text(said),
                "role": said.role,
                "kind": said.kind,
                "source": said.source,
                "text": said.text,
                "appointment_id": said.appointment_id,
            }
            for said in messages
        ],
        ensure_ascii=False,
        indent=1,
    )


def as_csv(messages: Sequence[Said], zone: ZoneInfo) -> str:
    """The messages as a table; day and time on the clinic's wall clock. No cell is taken for a formula."""
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(COLUMNS)
    for said in messages:
        wall = to_wall(said.at, zone)
        when = (f"{wall:%Y-%m-%d}", f"{wall:%H:%M:%S}", zone.key, utc_text(said))
        table.writerow(
            (*when, said.role, said.kind, said.source, plain_cell(said.text), said.appointment_id or "", said.event_id)
        )
    return "\ufeff" + file.getvalue()  # by this mark spreadsheet programs know that it is UTF-8


def utc_text(said: Said) -> str:
    """When it was said: 2026-11-23T08:00:00.000Z."""
    return f"{said.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def plain_cell(text: str) -> str:
    """The text as a cell that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_A_FORMULA) else text
