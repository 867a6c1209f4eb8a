"""One typed question, answered whole: for browsers without JavaScript, and where sockets are blocked."""

import secrets

from flask import Response, request

from medimeet.blueprints.assistant.blueprint import bp
from medimeet.blueprints.assistant.carried import unpack
from medimeet.blueprints.assistant.conversation_page import Exchange, conversation_page
from medimeet.services import access, appointments, conversation
from medimeet.services.access import Actor
from medimeet.services.assistant import answering
from medimeet.services.assistant.events import Question
from medimeet.web.asked import row_id
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

LONGEST_QUESTION = 2000


@bp.post("/transcription/ask/")
@allow(access.signed_in)
def ask() -> Response:
    """POST /transcription/ask/: the answer to `words`, below what was said before.

    The same `event` again is one question.
    """
    actor = current_actor()
    carried = unpack(actor, request.form.get("carried"))
    carried.talk.appointment_id = _visit_id(actor)
    words = _words()
    fault = _fault_of(words)
    if fault:
        return conversation_page(carried, fault=fault, typed=words, status=400)
    event = request.form.get("event", "")[:100] or secrets.token_urlsafe(16)
    question = Question(words, "typed", conversation.event_id_of(actor, event))
    exchange = Exchange.of(question, answering.answer(actor, carried.talk, question, lambda: False))
    carried.add(words, exchange.answer or exchange.trouble)
    return conversation_page(carried, [exchange])


def _words() -> str:
    """What was typed, or the example that was pressed."""
    return (request.form.get("example") or request.form.get("words") or "").strip()


def _fault_of(words: str) -> str:
    if not words:
        return "Type your question first, then press Send."
    if len(words) > LONGEST_QUESTION:
        return f"This has {len(words)} characters, and {LONGEST_QUESTION} are the most. Ask in fewer words."
    return ""


def _visit_id(actor: Actor) -> int | None:
    """The visit during which the question is asked. Raises NotFound for one that is not this doctor's."""
    visit_id = row_id("visit")
    return appointments.find_as_doctor(actor, visit_id).id if visit_id is not None else None
