"""What the assistant proposes, as a card: shown by itself, and confirmed by the person's own press of a button."""

from flask import Response, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.assistant.blueprint import bp
from medimeet.blueprints.assistant.shown_cards import ShownCard
from medimeet.errors import MediMeetError
from medimeet.models import Proposal
from medimeet.services import access
from medimeet.services.assistant import proposals
from medimeet.web.fragments import go_to, is_partial, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/transcription/proposals/<public_id>/")
@allow(access.signed_in)
def proposal(public_id: str) -> Response:
    """GET /transcription/proposals/<public_id>/: what was proposed to this person, and what became of it."""
    return _page(proposals.find(current_actor(), public_id))


@bp.post("/transcription/proposals/<public_id>/confirm/")
@allow(access.signed_in)
def confirm(public_id: str) -> Response | WerkzeugResponse:
    """POST /transcription/proposals/<public_id>/confirm/: does what was proposed; twice does it once.

    What can't be done any more is told on the card with the refusal's status, and with where to go instead.
    """
    actor = current_actor()
    proposed = proposals.find(actor, public_id)
    try:
        proposals.confirm(actor, public_id)
    except MediMeetError as refusal:
        return _page(proposed, refusal)
    if not is_partial():
        return go_to(url_for("assistant.proposal", public_id=public_id))
    return _page(proposals.find(actor, public_id))


def _page(proposed: Proposal, refusal: MediMeetError | None = None) -> Response:
    return page(
        "assistant/proposal.html",
        "assistant/_card.html",
        shown=ShownCard.of(proposed, refusal),
        status=refusal.status if refusal is not None else 200,
    )
