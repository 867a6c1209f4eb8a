"""Whose time a page shows: a doctor's own; for the clinic's admins that of the doctor named by `doctor_id`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, g, request

from medimeet.blueprints.doctor_schedule.blueprint import bp
from medimeet.domain.wall_clock import to_wall
from medimeet.models import Appointment, Doctor
from medimeet.services import doctors, hours
from medimeet.web.asked import row_id, wanted_page, wanted_search
from medimeet.web.fragments import page
from medimeet.web.signed_in import current_actor

View = TypeVar("View", bound=Callable[..., Any])


def of_a_doctor(view: View) -> View:
    """Calls the view with `doctor`; an admin who has named none is asked to choose one, at the same address.

    Goes below `allow`. Raises NotFound for another clinic's doctor, NotAllowed for a doctor who names a colleague.
    """

    @wraps(view)
    def choose_then_view(*args: Any, **kwargs: Any) -> Any:
        actor = current_actor()
        doctor_id = row_id("doctor_id")
        if doctor_id is None and actor.is_admin and actor.person.doctor is None:
            return choose_doctor()
        doctor = hours.doctor_to_schedule(actor, doctor_id)
        act_for(doctor)
        return view(*args, doctor=doctor, **kwargs)

    return choose_then_view  # type: ignore[return-value]


def act_for(doctor: Doctor) -> None:
    """Lets every link of this page carry the doctor on, where it is not the actor's own."""
    g.whose = {} if is_own(doctor) else {"doctor_id": doctor.id}
    g.doctor = doctor


def is_own(doctor: Doctor) -> bool:
    """Whether the actor is this doctor."""
    own = current_actor().person.doctor
    return own is not None and own.id == doctor.id


@bp.context_processor
def whose() -> dict[str, Any]:
    """`whose`: what links carry on; `for_doctor`: the doctor whom an admin acts for, or None; `date_of(visit)`."""
    carried = g.get("whose", {})
    return {"whose": carried, "for_doctor": g.get("doctor") if carried else None, "date_of": date_of}


def date_of(visit: Appointment) -> str:
    """The clinic's calendar day of a visit, as addresses name it: YYYY-MM-DD."""
    return to_wall(visit.starts_at, current_actor().clinic.zone).date().isoformat()


def choose_doctor() -> Response:
    """The page on which an admin finds the doctor. Its links lead back to this address."""
    query = wanted_search()
    found = doctors.listed(current_actor(), search=query, page=wanted_page())
    kept = {name: text for name, text in request.args.items() if name not in {"q", "page", "doctor_id"}}
    return page(
        "doctor_schedule/choose_doctor.html",
        "doctor_schedule/_doctors.html",
        found=found,
        query=query,
        kept=kept,
        status=400 if request.method == "POST" else 200,
    )
