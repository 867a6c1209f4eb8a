"""One's own conversation log, for programs."""

from typing import Any

from flask import redirect, request, url_for
from marshmallow import fields
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.contracts.voice.blueprint import bp
from medimeet.services import access, conversation
from medimeet.web.guard import allow
from medimeet.web.json_fields import Answer, Flag, RowId, Text, UtcInstant, WholeNumber
from medimeet.web.paging import LONGEST_PAGE, PageQuery, page_example, page_of, page_schema
from medimeet.web.signed_in import current_actor

EXAMPLE = {
    "event_id": "1f0c2f3e-1b1e-5d0a-9a3e-0b6f1f6a2c11",
    "role": "assistant",
    "kind": "message",
    "source": "built-in",
    "text": "We are open today until 17:00.",
    "at": "2026-11-23T08:00:00.250000Z",
    "appointment_id": None,
}


class Message(Answer):
    """One message of the conversation."""

    event_id = fields.String(metadata={"description": "The same for ever, and for a message that was sent twice."})
    role = fields.String(metadata={"description": "`person` or `assistant`."})
    kind = fields.String(
        metadata={"description": "`message`, `emergency`, `proposal`, `confirmed` (it was done) or `notice`."}
    )
    source = fields.String(
        metadata={"description": "A person's is `typed` or `voice`, the assistant's `built-in`, `model` or `clinic`."}
    )
    text = fields.String()
    at = UtcInstant(metadata={"description": "When it was said, in UTC."})
    appointment_id = RowId(allow_none=True, metadata={"description": "The doctor's visit during which it was said."})


class ConversationPage(page_schema(Message)):  # type: ignore[misc]
    """One page of the conversation, newest first."""

    is_whole = Flag(metadata={"description": "False while the older messages can't be read; they are not lost."})


class ConversationQuery(PageQuery):
    """Which part of the conversation to show."""

    unless_told = 25
    limits = WholeNumber(least=1, most=LONGEST_PAGE, metadata={"description": "Rows a page: 25 unless told otherwise."})
    search = Text(load_default="", metadata={"description": "Words, each any part of a message, in any case."})


@bp.get("/transcription/conversation/")
@allow(access.signed_in)
@bp.arguments(ConversationQuery, location="query")
@bp.response(200, ConversationPage, example=page_example(EXAMPLE) | {"is_whole": True})
def list_conversation(asked: dict[str, Any]) -> dict[str, Any] | WerkzeugResponse:
    """GET /transcription/conversation/: one's own conversation with the assistant, newest first.

    A browser is sent to the page that shows it.
    """
    wanted = request.accept_mimetypes
    if wanted["text/html"] > wanted["application/json"]:
        return redirect(url_for("assistant.conversation_log", q=asked["search"] or None))
    found = conversation.page(current_actor(), **asked)
    return {**page_of(found), "is_whole": found.is_whole}
