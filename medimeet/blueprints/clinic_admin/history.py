"""A patient's own medical history: adding, changing and removing what they have or had."""

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.clinic_admin.blueprint import bp
from medimeet.blueprints.clinic_admin.forms import HistoryForm
from medimeet.errors import InvalidInput
from medimeet.models import MedicalHistoryEntry
from medimeet.services import access, medical_history
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.route("/profile/history/add/", methods=["GET", "POST"])
@allow(access.patient)
def add_history() -> Response | WerkzeugResponse:
    """GET, POST /profile/history/add/: a new entry of one's own medical history."""
    form = HistoryForm()
    if form.validate_on_submit():
        try:
            entry = medical_history.add(current_actor(), **form.answers())
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash(f"{entry.condition} was added to your medical history.", "success")
            return go_to(url_for("clinic_admin.profile_view", _anchor="history"))
    return _form_page(form)


@bp.route("/profile/history/<int:entry_id>/edit/", methods=["GET", "POST"])
@allow(access.patient)
def edit_history(entry_id: int) -> Response | WerkzeugResponse:
    """GET, POST /profile/history/<int:entry_id>/edit/: changes an entry of one's own medical history."""
    entry = medical_history.find_own(current_actor(), entry_id)
    form = HistoryForm(obj=entry)
    if form.validate_on_submit():
        try:
            entry = medical_history.change(current_actor(), entry_id, **form.answers())
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash(f"{entry.condition} was changed in your medical history.", "success")
            return go_to(url_for("clinic_admin.profile_view", _anchor="history"))
    return _form_page(form, entry)


@bp.post("/profile/history/<int:entry_id>/delete/")
@allow(access.patient)
def delete_history(entry_id: int) -> WerkzeugResponse:
    """POST /profile/history/<int:entry_id>/delete/: takes an entry out of one's own medical history."""
    medical_history.remove(current_actor(), entry_id)
    flash("The entry was taken out of your medical history.", "success")
    return go_to(url_for("clinic_admin.profile_view", _anchor="history"))


def _form_page(form: HistoryForm, entry: MedicalHistoryEntry | None = None) -> Response:
    return page("clinic_admin/history_form.html", status=400 if form.errors else 200, form=form, entry=entry)
