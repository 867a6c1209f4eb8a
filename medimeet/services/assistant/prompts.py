"""The prompt file of who talks to the assistant: who they are here, and what the assistant may know of them.

`user_specific_prompts/<userid>_user_specific_prompts.json` in the data folder, written before the conversation opens,
readable by the server alone, gone when the person signs out, when the account ends, or when it is too old to count.
"""

import json
import logging
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from medimeet import clock
from medimeet.config import owner_only, shared_path
from medimeet.errors import InstallationFault
from medimeet.services import appointments
from medimeet.services.access import Actor

LIFETIME = timedelta(hours=12)
UNWRITABLE = (
    "The assistant can't be opened: the clinic's computer can't keep its file. Everything else works. Tell the clinic."
)
logger = logging.getLogger(__name__)


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

    Raises NotFound where `appointment_id` is no visit with this very doctor, InstallationFault where the disk is full
    or can't be written.
    """
    person = actor.person
    if appointment_id is not None:
        appointments.find_as_doctor(actor, appointment_id)
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
    try:
        _keep(prompt, _file(person.id))
    except OSError as error:
        logger.error("a prompt file could not be written: %s", error)
        raise InstallationFault(UNWRITABLE) from None
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
    """Removes the person's prompt file, if there is one. One that can't be removed stops nobody from signing out."""
    try:
        _file(account_id).unlink(missing_ok=True)
    except OSError as error:
        logger.error("a prompt file could not be removed: %s", error)


def _keep(prompt: UserPrompt, file: Path) -> None:
    file.parent.mkdir(mode=0o700, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    try:
        with open(draft, "x", opener=owner_only, encoding="utf-8") as new:
            json.dump(asdict(prompt), new, ensure_ascii=False)
        os.replace(draft, file)
    except OSError:
        with suppress(OSError):  # half a file, where the disk is full
            draft.unlink()
        raise
    _forget_expired(file.parent)


def _forget_expired(folder: Path) -> None:
    oldest = (clock.now() - LIFETIME).timestamp()
    for file in folder.iterdir():
        with suppress(FileNotFoundError):  # somebody else's request has removed it
            if file.stat().st_mtime < oldest:
                file.unlink()


def _file(account_id: int) -> Path:
    return shared_path("user_specific_prompts", f"{account_id}_user_specific_prompts.json")
