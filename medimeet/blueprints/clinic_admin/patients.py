"""The clinic's patients: the list, one patient's page, and adding, changing and removing one."""

from flask import Response, flash, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet import clock
from medimeet.blueprints.clinic_admin.blueprint import bp
from medimeet.blueprints.clinic_admin.doctors import canceled_words
from medimeet.blueprints.clinic_admin.forms import PatientForm, of_patient
from medimeet.domain.ages import age_on
from medimeet.errors import InvalidInput, NotFound
from medimeet.models import Patient
from medimeet.services import access, appointments, audit, medical_history, patients
from medimeet.web.asked import row_number, wanted_page, wanted_search
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/list_patients/")
@allow(access.clinic_team)
def list_patients() -> Response:
    """GET /list_patients/: the clinic's patients, a doctor's own ones for a doctor; with search and pages.

    `?left=1`: for the admin those who left or were removed, so that they too can be erased, and can have a copy.
    """
    actor, query = current_actor(), wanted_search()
    left = actor.is_admin and "left" in request.args
    find = patients.listed_left if left else patients.listed
    found = find(actor, search=query, page=wanted_page())
    return page("clinic_admin/patients.html", "clinic_admin/_patients.html", found=found, query=query, left=left)


@bp.get("/view_patient/<int:patient_id>/")
@allow(access.clinic_team)
def view_patient(patient_id: int) -> Response:
    """GET /view_patient/<int:patient_id>/: a patient's details and visits; their history too for a doctor of theirs."""
    actor = current_actor()
    patient = patients.find(actor, patient_id)
    audit.note_reading(actor, "medical history" if actor.is_doctor else "patient", patient.id, patient.id)
    return page(
        "clinic_admin/patient.html",
        "clinic_admin/_patient_visits.html",
        patient=patient,
        age=age_on(patient.account.date_of_birth, clock.today(actor.clinic.zone)),
        history=medical_history.of_patient(patient) if actor.is_doctor else None,
        visits=appointments.listed(actor, patient_id=patient.id, with_deleted=True, page=wanted_page(), per_page=10),
    )


@bp.route("/create_patient/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def create_patient() -> Response | WerkzeugResponse:
    """GET, POST /create_patient/: a new patient, who gets a link to set a password where there is an e-mail."""
    form = PatientForm()
    if form.validate_on_submit():
        try:
            patient = patients.add(current_actor(), form.person(), form.details())
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash(f"{patient.name} was added.{_link_words(patient)}", "success")
            return go_to(url_for("clinic_admin.view_patient", patient_id=patient.id))
    return _form_page(form)


@bp.route("/edit_patient/<int:patient_id>/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def edit_patient(patient_id: int) -> Response | WerkzeugResponse:
    """GET, POST /edit_patient/<int:patient_id>/: changes a patient's details."""
    look = patients.find if request.method == "POST" else patients.read
    patient = look(current_actor(), patient_id)
    form = PatientForm(data=of_patient(patient))
    if form.validate_on_submit():
        try:
            patient = patients.change(current_actor(), patient_id, form.told())
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash(f"The details of {patient.name} were changed.", "success")
            return go_to(url_for("clinic_admin.view_patient", patient_id=patient.id))
    return _form_page(form, patient)


@bp.get("/remove_patient/<int:patient_id>/")
@allow(access.clinic_admin)
def confirm_delete_patient(patient_id: int) -> Response:
    """GET /remove_patient/<int:patient_id>/: asks before a patient is removed, and says what that cancels."""
    patient = patients.read(current_actor(), patient_id)
    return page(
        "clinic_admin/remove_person.html",
        name=patient.name,
        to_come=patients.visits_to_come(current_actor(), patient_id),
        all_url=url_for("clinic_admin.list_patients"),
        all_label="All patients",
        remove_url=url_for("clinic_admin.delete_patient"),
        fields={"patient_id": patient.id},
        keep_url=url_for("clinic_admin.edit_patient", patient_id=patient.id),
    )


@bp.post("/delete_patient/")
@allow(access.clinic_admin)
def delete_patient() -> WerkzeugResponse:
    """POST /delete_patient/: ends the account of the patient `patient_id` in the form, and cancels what is to come."""
    patient_id = request.form.get("patient_id", type=row_number)
    if patient_id is None:
        raise NotFound("We can't find this patient.")
    removed = patients.remove(current_actor(), patient_id)
    flash(f"{removed.name} was removed. {canceled_words(removed)}", "success")
    return go_to(url_for("clinic_admin.list_patients"))


def _link_words(patient: Patient) -> str:
    where = patient.account.email or patient.account.mobile
    return f" A link to set a password is on its way to {where}." if where else ""


def _form_page(form: PatientForm, patient: Patient | None = None) -> Response:
    return page("clinic_admin/patient_form.html", status=400 if form.errors else 200, form=form, patient=patient)
