"""The page that stands in the frame: a conversation with one clinic."""

from typing import Any

from flask import Response, make_response, render_template

from medimeet.blueprints.widget.blueprint import bp
from medimeet.config import setting
from medimeet.domain import dangers
from medimeet.errors import NotFound
from medimeet.models import Clinic, Doctor
from medimeet.services import access, chatbot, treatments
from medimeet.services.access import Actor
from medimeet.services.contact_details import readable_phone
from medimeet.web.guard import allow
from medimeet.web.headers import content_security_policy


@bp.get("/widget/<int:clinic_id>/")
@allow(access.anyone)
def frame(clinic_id: int) -> Response:
    """GET /widget/<clinic_id>/: the chat of a clinic; framed by the sites that it lists (none listed: by any)."""
    try:
        clinic = chatbot.find_clinic(clinic_id)
    except NotFound:
        return _not_here(clinic_id)
    number = clinic.number_in_danger
    template, told = "widget/switched_off.html", {"name": clinic.name, "origins": clinic.chatbot_origins}
    if clinic.chatbot_enabled:
        template, told = "widget/conversation.html", told | _told(clinic, number)
    answer = make_response(render_template(template, clinic=clinic, emergency_number=number, told=told))
    answer.headers["Content-Security-Policy"] = content_security_policy(" ".join(_sites(clinic)))
    answer.headers["Cache-Control"] = "no-cache"  # a site that is no longer listed is refused at once
    return answer


def _not_here(clinic_id: int) -> Response:
    """404, as words in the frame of any site: a policy's refusal would tell its maker of the wrong fault."""
    answer = make_response(render_template("widget/not_here.html", clinic_id=clinic_id), 404)
    answer.headers["Content-Security-Policy"] = content_security_policy("*")
    return answer


def _sites(clinic: Clinic) -> list[str]:
    """Who may frame the page, as the policy's frame-ancestors writes it."""
    return ["'self'", *chatbot.sites(clinic)] if clinic.chatbot_origins else ["*"]


def _told(clinic: Clinic, emergency_number: str) -> dict[str, Any]:
    """What the conversation knows of the clinic from the start: nothing that is not public."""
    offered = treatments.offered(Actor(None, clinic))
    given_by: dict[Doctor, list[int]] = {}
    for treatment in offered:
        for doctor in treatments.bookable_doctors(treatment):
            given_by.setdefault(doctor, []).append(treatment.id)
    doctors = sorted(given_by, key=lambda doctor: doctor.name.casefold())
    return {
        "id": clinic.id,
        "phone": readable_phone(clinic.phone) if clinic.phone else "",
        "email": clinic.email,
        "address": ", ".join(clinic.address.splitlines()),
        "emergency_number": emergency_number,
        "dangers": {
            "patterns": dangers.PATTERNS,
            "harmless": dangers.HARMLESS,
            "spelled": dangers.SPELLED,
        },
        "time_zone": clinic.time_zone,
        "currency": clinic.currency,
        "hold_minutes": setting("CHATBOT_HOLD_MINUTES"),
        "treatments": [{"id": each.id, "name": each.name} for each in offered],
        "doctors": [{"id": each.id, "name": each.name, "treatments": given_by[each]} for each in doctors],
    }
