"""The clinic's assistant: whether it may ask a language model, and what leaves the house then."""

from urllib.parse import urlsplit

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.clinic_admin.blueprint import bp
from medimeet.config import setting
from medimeet.services import access
from medimeet.services.assistant import disclosure, model_switch
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/clinic/assistant/")
@allow(access.clinic_admin)
def assistant_settings() -> Response:
    """GET /clinic/assistant/: whether the assistant may ask a language model, what it is sent, and where voices go."""
    return page(
        "clinic_admin/assistant.html",
        model=setting("LLM_MODEL") or "a language model",
        host=_host(setting("LLM_BASE_URL")),
        listens_at=disclosure.of_clinic(current_actor().clinic).listens_at,
    )


@bp.post("/clinic/assistant/on/")
@allow(access.clinic_admin)
def let_assistant_ask() -> WerkzeugResponse:
    """POST /clinic/assistant/on/: the assistant asks the model from the next question on."""
    model_switch.let_ask(current_actor(), asks=True)
    flash("The assistant may ask the language model now.", "success")
    return go_to(url_for("clinic_admin.assistant_settings"))


@bp.post("/clinic/assistant/off/")
@allow(access.clinic_admin)
def keep_assistant_in_house() -> WerkzeugResponse:
    """POST /clinic/assistant/off/: nothing that people say to the assistant goes to a model, from now on."""
    model_switch.let_ask(current_actor(), asks=False)
    flash("The assistant answers by itself now. Nothing that people write to it goes to a language model.", "success")
    return go_to(url_for("clinic_admin.assistant_settings"))


def _host(url: str) -> str:
    """The host that is asked, "" where none is set up."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
