"""Whom a visit is booked for: oneself; for the clinic's admins the patient named in the address (`?patient=`)."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, g, request, url_for

from medimeet.blueprints.patient_booking.blueprint import bp
from medimeet.services import booking, patients, treatments
from medimeet.web.asked import wanted_page, wanted_search, whole_number
from medimeet.web.fragments import page
from medimeet.web.signed_in import current_actor

View = TypeVar("View", bound=Callable[..., Any])


def for_a_patient(view: View) -> View:
    """Calls the view with `patient`; an admin who has named none is asked to choose one, at the same address.

    Goes below `allow`. Raises NotFound for another clinic's patient.
    """

    @wraps(view)
    def choose_then_view(*args: Any, **kwargs: Any) -> Any:
        actor = current_actor()
        wanted = request.args.get("patient")
        if actor.is_admin and not wanted:
            if "treatment_id" in kwargs:
                treatments.find(actor, kwargs["treatment_id"])
            return choose_patient()
        patient = booking.patient_to_book_for(actor, whole_number(wanted) or 0)
        g.flow = {"patient": patient.id} if actor.is_admin else {}
        return view(*args, patient=patient, **kwargs)

    return choose_then_view  # type: ignore[return-value]


@bp.context_processor
def carried_on() -> dict[str, Any]:
    """`flow`: what every link and form of the booking carries on; `flow_url`: url_for with it."""
    return {"flow": g.get("flow", {}), "flow_url": flow_url}


def flow_url(endpoint: str, **values: Any) -> str:
    """The address of a step, with the patient whom an admin has chosen, so that nobody is forgotten on the way."""
    return url_for(endpoint, **values | g.get("flow", {}))


def choose_patient() -> Response:
    """The step before the first, for the clinic's admins: find the patient. Its links lead back to this address."""
    query = wanted_search()
    found = patients.listed(current_actor(), search=query, page=wanted_page())
    kept = {name: text for name, text in request.args.items() if name not in {"q", "page", "patient"}}
    return page(
        "patient_booking/choose_patient.html",
        "patient_booking/_patients.html",
        patients=found,
        query=query,
        kept=kept,
        status=400 if request.method == "POST" else 200,
    )
