"""What is kept about a person as one ZIP file: for programs, for spreadsheets, and to read."""

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from medimeet.config import shared_path
from medimeet.domain.statuses import Role
from medimeet.domain.wall_clock import to_wall
from medimeet.services import conversation_files
from medimeet.services.data_export import Export
from medimeet.services.new_picture import UPLOADS

_IN_MEMORY = 4 * 1024 * 1024
_TABLES = {
    "visits.csv": "appointment",
    "medical-records.csv": "medical_record_version",
    "medical-history.csv": "medical_history_entry",
    "messages.csv": "notification",
    "sign-ins.csv": "browser_session",
}
_ABOUT = (
    "Everything that the clinic's computer keeps about you. `tables` has a list for each table, `conversation` what "
    "you and the assistant said to each other, `who_saw` what others did with your data. Times are in UTC. What proves "
    "who you are (passwords, codes, tokens) is left out, so nobody can sign in with it."
)


def as_zip(export: Export, page: str) -> IO[bytes]:
    """A ZIP file, read from its beginning; closing it removes it. `page` is its index.html."""
    file: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (whoever sends it closes it)
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("index.html", page)
        archive.writestr("data.json", as_json(export))
        for name, table in _TABLES.items():
            if export.rows[table]:
                archive.writestr(
                    name, _table(export.rows[table][0].keys(), (row.values() for row in export.rows[table]))
                )
        if export.conversation and export.person.clinic is not None:
            archive.writestr(
                "conversation.csv", conversation_files.as_csv(export.conversation, export.person.clinic.zone)
            )
        archive.writestr("who-saw.csv", _who_saw(export))
        _add_picture(archive, export)
    file.seek(0)
    return file


def as_json(export: Export) -> str:
    """The whole export for programs."""
    whole = {
        "about": _ABOUT,
        "made_at": export.made_at.isoformat(),
        "tables": export.rows,
        "conversation": None
        if export.conversation is None
        else json.loads(conversation_files.as_json(export.conversation)),
        "who_saw": [
            {"at": deed.at.isoformat(), "who": _who(deed.who, deed.role), "what": deed.what, "why": deed.why}
            for deed in export.who_saw
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _who(name: str, role: str) -> str:
    """A doctor by name; of others the role: the file goes out of the house, the page does not."""
    return name if role.startswith(Role.DOCTOR.value) else role or name


def _who_saw(export: Export) -> str:
    zone = export.person.clinic.zone if export.person.clinic is not None else None
    rows = []
    for deed in export.who_saw:
        wall = to_wall(deed.at, zone) if zone is not None else deed.at
        rows.append(
            (f"{wall:%Y-%m-%d}", f"{wall:%H:%M}", str(zone or "UTC"), _who(deed.who, deed.role), deed.what, deed.why)
        )
    return _table(("day", "time", "time_zone", "who", "what", "why"), rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(list(head))
    for row in rows:
        table.writerow([conversation_files.plain_cell(str(value)) if value is not None else "" for value in row])
    return "\ufeff" + file.getvalue()


def _add_picture(archive: ZipFile, export: Export) -> None:
    name = export.person.picture
    file: Path | None = shared_path(UPLOADS, name) if name else None
    if file is not None and file.is_file():
        archive.write(file, "picture.jpg")
