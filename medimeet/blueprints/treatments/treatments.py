"""The clinic's treatments: the list, and adding, changing and removing one."""

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.treatments.blueprint import bp
from medimeet.blueprints.treatments.forms import TreatmentForm, filled_with
from medimeet.errors import InvalidInput
from medimeet.models import Treatment
from medimeet.services import access, doctors, treatments
from medimeet.web.asked import wanted_page, wanted_search
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/list_treatments/")
@allow(access.clinic_team)
def list_treatments() -> Response:
    """GET /list_treatments/: the clinic's treatments, with search and pages."""
    query = wanted_search()
    found = treatments.listed(current_actor(), search=query, page=wanted_page())
    return page("treatments/list.html", "treatments/_list.html", found=found, query=query)


@bp.route("/add_treatment/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def add_treatment() -> Response | WerkzeugResponse:
    """GET, POST /add_treatment/: a new treatment of the clinic."""
    form = TreatmentForm()
    form.offer(doctors.working(current_actor()))
    if form.validate_on_submit():
        try:
            treatment = treatments.add(current_actor(), **form.answers())
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash(f"{treatment.name} was added. Patients can book it with the doctors you chose.", "success")
            return go_to(url_for("treatments.list_treatments"))
    return _form_page(form)


@bp.route("/edit_treatment/<int:treatment_id>/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def edit_treatment(treatment_id: int) -> Response | WerkzeugResponse:
    """GET, POST /edit_treatment/<int:treatment_id>/: changes one treatment."""
    treatment = treatments.find(current_actor(), treatment_id)
    form = filled_with(treatment)
    form.offer(doctors.working(current_actor()))
    if form.validate_on_submit():
        try:
            treatment = treatments.change(current_actor(), treatment_id, **form.answers())
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash(f"{treatment.name} was changed. Visits that are already booked stay as they are.", "success")
            return go_to(url_for("treatments.list_treatments"))
    return _form_page(form, treatment)


@bp.get("/delete_treatment/<int:treatment_id>/")
@allow(access.clinic_admin)
def confirm_delete_treatment(treatment_id: int) -> Response:
    """GET /delete_treatment/<int:treatment_id>/: asks before the treatment is removed."""
    treatment = treatments.find(current_actor(), treatment_id)
    to_come = treatments.visits_to_come(current_actor(), treatment_id)
    return page("treatments/delete.html", treatment=treatment, to_come=to_come)


@bp.post("/delete_treatment/<int:treatment_id>/")
@allow(access.clinic_admin)
def delete_treatment(treatment_id: int) -> WerkzeugResponse:
    """POST /delete_treatment/<int:treatment_id>/: stops offering the treatment; booked visits stay."""
    treatment = treatments.remove(current_actor(), treatment_id)
    flash(f"{treatment.name} was removed. Visits that are already booked stay as they are.", "success")
    return go_to(url_for("treatments.list_treatments"))


def _form_page(form: TreatmentForm, treatment: Treatment | None = None) -> Response:
    return page("treatments/form.html", status=400 if form.errors else 200, form=form, treatment=treatment)
