"""The clinic's doctors: the list, and adding, changing and removing one."""

from collections.abc import Sequence

from flask import Response, flash, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.clinic_admin.blueprint import bp
from medimeet.blueprints.clinic_admin.forms import DoctorForm, Named, PictureForm, of_doctor
from medimeet.blueprints.clinic_admin.pictures import took_picture
from medimeet.errors import InvalidInput, NotFound
from medimeet.models import Designation, Doctor, Language, Specialty
from medimeet.services import access, doctors, people, treatments, word_lists
from medimeet.services.access import Actor
from medimeet.web.asked import row_number, wanted_page, wanted_search
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/list_doctors/")
@allow(access.clinic_team)
def list_doctors() -> Response:
    """GET /list_doctors/: the clinic's doctors, with search and pages."""
    query = wanted_search()
    found = doctors.listed(current_actor(), search=query, page=wanted_page())
    return page(
        "clinic_admin/doctors.html",
        "clinic_admin/_doctors.html",
        found=found,
        query=query,
        with_hours=doctors.with_hours(found.items),
    )


@bp.route("/create_doctor/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def create_doctor() -> Response | WerkzeugResponse:
    """GET, POST /create_doctor/: a new doctor of the clinic, who gets a link to set a password."""
    form = DoctorForm()
    form.offer(choices(current_actor()))
    if form.validate_on_submit():
        try:
            doctor = doctors.add(current_actor(), form.person(), form.details())
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash(f"{doctor.name} was added, and gets a mail to set a password. Next, add working hours.", "success")
            return go_to(url_for("clinic_admin.list_doctors"))
    return _form_page(form)


@bp.route("/edit_doctor/<int:doctor_id>/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def edit_doctor(doctor_id: int) -> Response | WerkzeugResponse:
    """GET, POST /edit_doctor/<int:doctor_id>/: changes a doctor's profile."""
    doctor = doctors.find(current_actor(), doctor_id)
    form = DoctorForm(data=of_doctor(doctor))
    form.offer(choices(current_actor()))
    if form.validate_on_submit():
        try:
            doctor = doctors.change(current_actor(), doctor_id, form.person(), form.details())
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash(f"The profile of {doctor.name} was changed.", "success")
            return go_to(url_for("clinic_admin.list_doctors"))
    return _form_page(form, doctor)


@bp.post("/edit_doctor/<int:doctor_id>/picture/")
@allow(access.clinic_admin)
def doctor_picture(doctor_id: int) -> Response | WerkzeugResponse:
    """POST /edit_doctor/<int:doctor_id>/picture/: shows another picture of a doctor, or none."""
    doctor = doctors.find(current_actor(), doctor_id)
    picture_form = PictureForm()
    if took_picture(doctor.account, picture_form):
        return go_to(url_for("clinic_admin.edit_doctor", doctor_id=doctor_id))
    form = DoctorForm(formdata=None, data=of_doctor(doctor))
    form.offer(choices(current_actor()))
    return _form_page(form, doctor, picture_form)


@bp.get("/remove_doctor/<int:doctor_id>/")
@allow(access.clinic_admin)
def confirm_delete_doctor(doctor_id: int) -> Response:
    """GET /remove_doctor/<int:doctor_id>/: asks before a doctor is removed, and says what that cancels."""
    doctor = doctors.find(current_actor(), doctor_id)
    people.refuse_to_remove(current_actor(), doctor.account)
    return page(
        "clinic_admin/remove_person.html",
        name=doctor.name,
        to_come=doctors.visits_to_come(current_actor(), doctor_id),
        all_url=url_for("clinic_admin.list_doctors"),
        all_label="All doctors",
        remove_url=url_for("clinic_admin.delete_doctor"),
        fields={"doctor_id": doctor.id},
        keep_url=url_for("clinic_admin.edit_doctor", doctor_id=doctor.id),
    )


@bp.post("/delete_doctor/")
@allow(access.clinic_admin)
def delete_doctor() -> WerkzeugResponse:
    """POST /delete_doctor/: ends the account of the doctor `doctor_id` in the form, and cancels what is to come."""
    doctor_id = request.form.get("doctor_id", type=row_number)
    if doctor_id is None:
        raise NotFound("We can't find this doctor.")
    removed = doctors.remove(current_actor(), doctor_id)
    flash(f"{removed.name} was removed. {canceled_words(removed)}", "success")
    return go_to(url_for("clinic_admin.list_doctors"))


def choices(actor: Actor) -> dict[str, Sequence[Named]]:
    """What a doctor's form offers to choose from, by field."""
    return {
        "specialty_ids": word_lists.of_clinic(actor, Specialty),
        "designation_ids": word_lists.of_clinic(actor, Designation),
        "language_ids": word_lists.of_clinic(actor, Language),
        "treatment_ids": treatments.offered(actor),
    }


def canceled_words(removed: doctors.Removed) -> str:
    """How many visits were canceled with a person, in a sentence."""
    if not removed.canceled:
        return "There were no visits to cancel."
    visits = "1 visit was" if removed.canceled == 1 else f"{removed.canceled} visits were"
    return f"{visits} canceled, and a message about it is on its way."


def _form_page(form: DoctorForm, doctor: Doctor | None = None, picture_form: PictureForm | None = None) -> Response:
    picture_form = picture_form or PictureForm(formdata=None)
    status = 400 if form.errors or picture_form.errors else 200
    return page(
        "clinic_admin/doctor_form.html",
        status=status,
        form=form,
        doctor=doctor,
        picture_form=picture_form,
        has_errors=status == 400,
    )
