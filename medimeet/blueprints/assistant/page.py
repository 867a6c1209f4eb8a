"""The assistant's own page; its inner part is also the panel on the dashboards."""

from flask import Response

from medimeet.blueprints.assistant.blueprint import bp
from medimeet.blueprints.assistant.carried import Carried
from medimeet.blueprints.assistant.conversation_page import conversation_page
from medimeet.services import access
from medimeet.services.assistant.talk import Talk
from medimeet.web.asked import row_id
from medimeet.web.guard import allow


@bp.get("/transcription/")
@allow(access.signed_in)
def assistant() -> Response:
    """GET /transcription/: talk or type to the assistant; `?visit=` is the visit during which a doctor talks."""
    return conversation_page(Carried(Talk(appointment_id=row_id("visit"))))
