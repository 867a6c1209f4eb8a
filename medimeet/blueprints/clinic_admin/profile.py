"""One's own profile: seen and changed by anybody who is signed in."""

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet import clock
from medimeet.blueprints.clinic_admin.blueprint import bp
from medimeet.blueprints.clinic_admin.doctors import choices
from medimeet.blueprints.clinic_admin.forms import (
    ContactChangeForm,
    DoctorForm,
    PatientForm,
    PersonForm,
    PictureForm,
    StaffForm,
    of_account,
    of_doctor,
    of_patient,
)
from medimeet.blueprints.clinic_admin.pictures import took_picture
from medimeet.domain.ages import age_on
from medimeet.errors import InvalidInput
from medimeet.services import access, doctors, medical_history, patients, people
from medimeet.services.access import Actor
from medimeet.web import own_password
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/profile/")
@allow(access.signed_in)
def profile_view() -> Response:
    """GET /profile/: one's own profile; for a patient with the medical history."""
    return _profile_page()


@bp.get("/admin_profile/")
@allow(access.clinic_admin)
def user_profile() -> Response:
    """GET /admin_profile/: the own profile of an admin."""
    return _profile_page()


@bp.route("/profile/edit/", methods=["GET", "POST"])
@allow(access.signed_in)
def edit_user_profile() -> Response | WerkzeugResponse:
    """GET, POST /profile/edit/: changes one's own profile."""
    actor = current_actor()
    form, confirmation = own_form(actor), ContactChangeForm()
    if form.validate_on_submit() and _may_be_saved(actor, form, confirmation):
        try:
            _change_own(actor, form)
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash("Your profile was changed.", "success")
            return go_to(url_for("clinic_admin.profile_view"))
    return _form_page(form, confirmation=confirmation)


@bp.post("/profile/picture/")
@allow(access.signed_in)
def own_picture() -> Response | WerkzeugResponse:
    """POST /profile/picture/: shows another picture of oneself, or none."""
    picture_form = PictureForm()
    if took_picture(current_actor().person, picture_form):
        return go_to(url_for("clinic_admin.edit_user_profile"))
    return _form_page(own_form(current_actor(), is_sent=False), picture_form)


def own_form(actor: Actor, is_sent: bool = True) -> PersonForm:
    """The form that fits the person: a doctor's, a patient's, or staff's; `is_sent` false leaves the request aside."""
    kept = {} if is_sent else {"formdata": None}
    person = actor.person
    if actor.is_doctor and person.doctor is not None:
        form = DoctorForm(data=of_doctor(person.doctor), **kept)
        form.offer(choices(actor))
        return form
    if actor.is_patient and person.patient is not None:
        return PatientForm(data=of_patient(person.patient), **kept)
    return StaffForm(data=of_account(person), **kept)


def _may_be_saved(actor: Actor, form: PersonForm, confirmation: ContactChangeForm) -> bool:
    """Whether how the person is reached stays, or the own password stands beside it; who has none is asked for none."""
    is_reached_alike = all((field.data or "") == (field.object_data or "") for field in (form.email, form.mobile))
    if is_reached_alike or actor.person.credential is None:
        return True
    if confirmation.password.data:
        return own_password.is_right(confirmation.password)
    confirmation.password.errors = ["Enter your password: you change your e-mail or your number."]
    return False


def _change_own(actor: Actor, form: PersonForm) -> None:
    if isinstance(form, DoctorForm):
        doctors.change(actor, actor.own_doctor.id, form.person(), form.details())
    elif isinstance(form, PatientForm):
        patients.change(actor, actor.own_patient.id, form.told())
    else:
        people.change_own(actor, form.person())


def _profile_page() -> Response:
    actor = current_actor()
    patient = actor.person.patient if actor.is_patient else None
    return page(
        "clinic_admin/profile.html",
        person=actor.person,
        patient=patient,
        doctor=actor.person.doctor,
        age=age_on(actor.person.date_of_birth, clock.today(actor.clinic.zone)),
        history=medical_history.of_patient(patient) if patient is not None else [],
    )


def _form_page(
    form: PersonForm, picture_form: PictureForm | None = None, confirmation: ContactChangeForm | None = None
) -> Response:
    picture_form = picture_form or PictureForm(formdata=None)
    confirmation = confirmation or ContactChangeForm(formdata=None)
    status = 400 if form.errors or picture_form.errors or confirmation.errors else 200
    return page(
        "clinic_admin/profile_form.html",
        status=status,
        form=form,
        picture_form=picture_form,
        confirmation=confirmation,
        has_errors=status == 400,
    )
