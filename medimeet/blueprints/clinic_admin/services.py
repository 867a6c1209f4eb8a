"""What the clinic offers beside treatments: the list, and adding, changing and removing a service."""

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.clinic_admin.blueprint import bp
from medimeet.blueprints.clinic_admin.clinic_forms import ServiceForm
from medimeet.errors import InvalidInput
from medimeet.models import ClinicService
from medimeet.services import access, clinic_services
from medimeet.web.asked import wanted_page, wanted_search
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/clinic/services/")
@allow(access.clinic_admin)
def services() -> Response:
    """GET /clinic/services/: the clinic's services, with search and pages."""
    query = wanted_search()
    found = clinic_services.listed(current_actor(), search=query, page=wanted_page())
    return page("clinic_admin/services.html", "clinic_admin/_services.html", found=found, query=query)


@bp.route("/clinic/services/add/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def add_service() -> Response | WerkzeugResponse:
    """GET, POST /clinic/services/add/: a new service of the clinic."""
    form = ServiceForm()
    if form.validate_on_submit():
        try:
            service = clinic_services.add(
                current_actor(), name=form.name.data or "", description=form.description.data or ""
            )
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash(f"{service.name} was added.", "success")
            return go_to(url_for("clinic_admin.services"))
    return _form_page(form)


@bp.route("/clinic/services/<int:service_id>/edit/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def edit_service(service_id: int) -> Response | WerkzeugResponse:
    """GET, POST /clinic/services/<int:service_id>/edit/: changes a service."""
    service = clinic_services.find(current_actor(), service_id)
    form = ServiceForm(obj=service)
    if form.validate_on_submit():
        try:
            service = clinic_services.change(
                current_actor(), service_id, name=form.name.data or "", description=form.description.data or ""
            )
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash(f"{service.name} was changed.", "success")
            return go_to(url_for("clinic_admin.services"))
    return _form_page(form, service)


@bp.post("/clinic/services/<int:service_id>/delete/")
@allow(access.clinic_admin)
def delete_service(service_id: int) -> WerkzeugResponse:
    """POST /clinic/services/<int:service_id>/delete/: stops offering a service."""
    service = clinic_services.remove(current_actor(), service_id)
    flash(f"{service.name} was removed.", "success")
    return go_to(url_for("clinic_admin.services"))


def _form_page(form: ServiceForm, service: ClinicService | None = None) -> Response:
    return page("clinic_admin/service_form.html", status=400 if form.errors else 200, form=form, service=service)
