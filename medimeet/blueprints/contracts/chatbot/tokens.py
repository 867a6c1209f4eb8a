"""The public token of a clinic's chatbot: given out, looked at."""

from medimeet.blueprints.contracts.chatbot import examples, printed, schemas
from medimeet.blueprints.contracts.chatbot.blueprint import bp
from medimeet.blueprints.contracts.chatbot.errors import told_as
from medimeet.blueprints.contracts.chatbot.which_clinic import is_good, is_welcome, named_clinic
from medimeet.errors import NotAllowed
from medimeet.models import Clinic
from medimeet.services import access, chatbot
from medimeet.web.guard import allow


@bp.post("/generate-chatbot-token/<int:clinic_id>/")
@allow(access.newcomer)
@named_clinic(printed.UNKNOWN_CLINIC)
@bp.response(200, schemas.ChatbotToken, example={"data_token": examples.TOKEN})
@bp.alt_response(403, "FORBIDDEN")
def generate(clinic: Clinic) -> dict[str, str]:
    """POST /generate-chatbot-token/{clinic_id}/: the token that every other request of a clinic's chatbot needs.

    Anybody can have one, on the sites that the clinic lists. It names the clinic, and stands for nobody.
    """
    if not is_welcome(clinic):
        raise printed.UNLISTED_SITE()
    with told_as({NotAllowed: printed.SWITCHED_OFF}):
        return {"data_token": chatbot.issue_token(clinic)}


@bp.get("/verify-token/<int:clinic_id>/<chatbot_token>/")
@allow(access.newcomer)
@named_clinic(printed.UNKNOWN_CLINIC)
@bp.response(200, schemas.Verified, example={"success": True})
def verify(clinic: Clinic, chatbot_token: str) -> dict[str, bool]:
    """GET /verify-token/{clinic_id}/{token}/: whether the token is good for this clinic's chatbot."""
    return {"success": is_good(clinic, chatbot_token)}
