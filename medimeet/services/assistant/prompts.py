"""The prompt file of who talks to the assistant: who they are here, and what the assistant may know of them.

`user_specific_prompts/<userid>_user_specific_prompts.json` in the data folder, written before the conversation opens,
readable by the server alone, gone when the person signs out, when the account ends, or when it is too old to count.
"""

import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from medimeet import clock
from medimeet.config import data_path
from medimeet.errors import NotFound
from medimeet.services import appointments
from medimeet.services.access import Actor

LIFETIME = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class UserPrompt:
    """What the assistant may know of a person; `made_at` is in UTC, ISO 8601.

    `appointment_id` is the visit during which a doctor talks, if they said so.
    """

    user_id: int
    role: str
    first_name: str
    clinic_id: int
    clinic: str
    time_zone: str
    appointment_id: int | None
    made_at: str


def write(actor: Actor, appointment_id: int | None = None) -> UserPrompt:
    """The person's new prompt file; it replaces an older one in one step.

    Raises NotFound where `appointment_id` is no visit with this very doctor.
    """
    person = actor.person
    if appointment_id is not None:
        _refuse_other_visit(actor, appointment_id)
    prompt = UserPrompt(
        user_id=person.id,
        role=person.role.value,
        first_name=person.first_name,
        clinic_id=actor.clinic.id,
        clinic=actor.clinic.name,
        time_zone=actor.clinic.time_zone,
        appointment_id=appointment_id,
        made_at=clock.now().isoformat(),
    )
    file = _file(person.id)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with open(draft, "x", opener=_owner_only, encoding="utf-8") as new:
        json.dump(asdict(prompt), new, ensure_ascii=False)
    os.replace(draft, file)
    _forget_expired(file.parent)
    return prompt


def read(actor: Actor) -> UserPrompt | None:
    """The person's prompt, if it was made in the last hours and for this clinic."""
    try:
        prompt = UserPrompt(**json.loads(_file(actor.person.id).read_text(encoding="utf-8")))
        age = clock.now() - datetime.fromisoformat(prompt.made_at)
    except (OSError, ValueError, TypeError):
        return None
    return prompt if prompt.clinic_id == actor.clinic.id and age < LIFETIME else None


def forget(account_id: int) -> None:
    """Removes the person's prompt file, if there is one."""
    with suppress(FileNotFoundError):
        _file(account_id).unlink()


def _refuse_other_visit(actor: Actor, appointment_id: int) -> None:
    visit, doctor = appointments.find(actor, appointment_id), actor.person.doctor
    if doctor is None or not doctor.is_verified or visit.doctor_id != doctor.id:
        raise NotFound(appointments.UNKNOWN)


def _forget_expired(folder: Path) -> None:
    oldest = (clock.now() - LIFETIME).timestamp()
    for file in folder.iterdir():
        with suppress(FileNotFoundError):  # somebody else's request has removed it
            if file.stat().st_mtime < oldest:
                file.unlink()


def _file(account_id: int) -> Path:
    return data_path("user_specific_prompts", f"{account_id}_user_specific_prompts.json")


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
