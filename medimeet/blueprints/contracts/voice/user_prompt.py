"""What is written before the socket opens."""

from typing import Any

from marshmallow import fields

from medimeet.blueprints.contracts.voice.blueprint import bp
from medimeet.services import access
from medimeet.services.assistant import prompts
from medimeet.web.guard import allow
from medimeet.web.json_fields import Answer, Body, RowId, WholeNumber
from medimeet.web.signed_in import current_actor


class Talk(Body):
    """What the conversation is about; it may be left out."""

    appointment_id = RowId(
        load_default=None,
        allow_none=True,
        metadata={"description": "A doctor's own visit, during which they talk."},
    )


class Written(Answer):
    """Whose prompt file was written; what `start` names."""

    user_id = WholeNumber(metadata={"description": "The account's id."})
    user_email = fields.String(metadata={"description": "The account's e-mail."})


@bp.post("/transcription/user-prompt/")
@allow(access.signed_in)
@bp.arguments(Talk, location="body", example={})
@bp.response(201, Written, example={"user_id": 4, "user_email": "riverside-patient@clinic.example"})
def write_user_prompt(talk: dict[str, Any]) -> dict[str, Any]:
    """POST /transcription/user-prompt/: writes what the assistant may know of the caller; `start` needs it."""
    actor = current_actor()
    prompts.write(actor, talk["appointment_id"])
    return {"user_id": actor.person.id, "user_email": actor.person.email}
