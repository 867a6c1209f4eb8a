"""Erased patients of whom the law makes the clinic keep records: who they were, for the admin with a password."""

from flask import Response

from medimeet.blueprints.privacy.blueprint import bp
from medimeet.services import access, held_records
from medimeet.web.asked import wanted_page
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.own_password import OwnPasswordForm, is_confirmed, status_of
from medimeet.web.signed_in import current_actor


@bp.get("/erased-people/")
@allow(access.clinic_admin)
def erased_people() -> Response:
    """GET /erased-people/: the erased patients of whom records are kept, and until when."""
    return page("privacy/erased_people.html", found=held_records.listed(current_actor(), page=wanted_page()))


@bp.route("/erased-people/<int:patient_id>/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def erased_person(patient_id: int) -> Response:
    """GET, POST /erased-people/<int:patient_id>/: shows who it was, for one's password; the look is written down."""
    actor, form = current_actor(), OwnPasswordForm()
    held = held_records.find(actor, patient_id)
    identity = held_records.show(actor, patient_id) if is_confirmed(form) else None
    return page("privacy/erased_person.html", status=status_of(form), form=form, held=held, identity=identity)
