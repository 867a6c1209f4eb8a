"""Which pages of other sites may read the answers: those of the sites that the clinic lists (CORS).

Never with credentials: a cookie of ours means nothing to another site's page.
"""

from flask import Response, request
from sqlalchemy.exc import DBAPIError

from medimeet.blueprints.contracts.chatbot import cookies
from medimeet.blueprints.contracts.chatbot.blueprint import bp
from medimeet.blueprints.contracts.chatbot.which_clinic import foreign_origin, is_welcome
from medimeet.errors import MediMeetError
from medimeet.models import Clinic
from medimeet.services import chatbot
from medimeet.web.contract import contract_of_request

_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Api-Key, Idempotency-Key",
    "Access-Control-Max-Age": "600",
}


@bp.after_app_request
def name_readers(answer: Response) -> Response:
    """The answer of this contract, with the one other site that may read it, if the clinic lists it."""
    contract = contract_of_request()
    if contract is None or contract.bp is not bp:
        return answer
    answer.vary.add("Origin")
    origin = foreign_origin()
    if origin is None or request.path.startswith(cookies.PATH) or not _may_read():
        return answer
    answer.headers["Access-Control-Allow-Origin"] = origin
    answer.headers["Access-Control-Expose-Headers"] = "Retry-After"
    if request.method == "OPTIONS":
        answer.headers.update(_PREFLIGHT)
    return answer


def _may_read() -> bool:
    """Whether the clinic that the path names welcomes the asking site."""
    try:
        clinic = _clinic_of_path()
        return clinic is not None and is_welcome(clinic)
    except (MediMeetError, DBAPIError):  # an unknown clinic, or the database is away
        return False


def _clinic_of_path() -> Clinic | None:
    clinic_id = (request.view_args or {}).get("clinic_id")
    return chatbot.find_clinic(clinic_id) if clinic_id is not None else None
