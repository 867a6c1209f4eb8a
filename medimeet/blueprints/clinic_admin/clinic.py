"""The clinic itself: its details, and what it offers."""

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.clinic_admin.blueprint import bp
from medimeet.blueprints.clinic_admin.clinic_forms import ClinicForm
from medimeet.errors import InvalidInput
from medimeet.services import access, clinic_services, clinics, doctors, installation, reviews, treatments
from medimeet.services import appointments as visits
from medimeet.services.access import Actor
from medimeet.web.asked import wanted_page, wanted_search
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/view_clinic_details/")
@allow(access.signed_in)
def view_clinic_details() -> Response:
    """GET /view_clinic_details/: where the clinic is and how to reach it."""
    return page("clinic_admin/clinic.html", is_admins_own=False)


@bp.get("/admin_clinic_details/")
@allow(access.clinic_admin)
def admin_clinic_details() -> Response:
    """GET /admin_clinic_details/: the clinic's details, with the ways to change them."""
    code = current_actor().clinic.country
    return page("clinic_admin/clinic.html", is_admins_own=True, country=installation.countries().get(code, code))


@bp.route("/clinic/edit/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def edit_clinic_details() -> Response | WerkzeugResponse:
    """GET, POST /clinic/edit/: changes the clinic's details."""
    actor = current_actor()
    form, old_zone = ClinicForm(obj=actor.clinic), actor.clinic.time_zone
    if form.validate_on_submit():
        try:
            clinic = clinics.change(actor, form.details())
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash("The clinic’s details were changed.", "success")
            if clinic.time_zone != old_zone:
                _warn_of_visits(actor)
            return go_to(url_for("clinic_admin.admin_clinic_details"))
    return page("clinic_admin/clinic_form.html", status=400 if form.errors else 200, form=form)


@bp.get("/clinic_portfolio/")
@allow(access.signed_in)
def clinic_portfolio() -> Response:
    """GET /clinic_portfolio/: the clinic's services, treatments, and doctors with what patients say of them."""
    actor = current_actor()
    query = wanted_search()
    found = doctors.introduced(actor, search=query, page=wanted_page(), per_page=12)
    return page(
        "clinic_admin/portfolio.html",
        "clinic_admin/_portfolio_doctors.html",
        services=clinic_services.offered(actor),
        treatments=treatments.offered(actor),
        found=found,
        query=query,
        ratings=reviews.ratings_of(actor, found.items),
        newest=reviews.newest_of(actor, found.items),
    )


def _warn_of_visits(actor: Actor) -> None:
    """Says that visits keep their moment in a new time zone, where there are any to come."""
    count = visits.listed(actor, period="upcoming", per_page=1).total or 0
    if count:
        booked = "1 booked visit keeps its moment" if count == 1 else f"{count} booked visits keep their moment"
        flash(
            f"{booked}, so another time of day may stand on it now. Nobody is told of this by itself. "
            "Look under Appointments, and tell the patients where a time has changed.",
            "warning",
        )
