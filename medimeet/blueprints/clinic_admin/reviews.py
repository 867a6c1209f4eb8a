"""What patients say of a doctor after a visit."""

from flask import Response, flash, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from medimeet.blueprints.clinic_admin.blueprint import bp
from medimeet.errors import InvalidInput
from medimeet.services import access, reviews
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

_STARS = {
    "5": "5 stars: very good",
    "4": "4 stars: good",
    "3": "3 stars: fair",
    "2": "2 stars: poor",
    "1": "1 star: bad",
}
_CHOOSE = "Choose from one to five stars."


def _stars(text: str | int | None) -> int:
    """How many stars were chosen; 0, which the service refuses in words, where it is no number."""
    return int(str(text)) if str(text) in _STARS else 0


class ReviewForm(FlaskForm):
    """Stars and words."""

    rating = RadioField(
        "How was the visit?", [InputRequired(_CHOOSE)], choices=_STARS, coerce=_stars, validate_choice=False
    )
    body = TextAreaField("What would you tell other patients?")


@bp.route("/review_visit/<int:appointment_id>/", methods=["GET", "POST"])
@allow(access.patient)
def review_visit(appointment_id: int) -> Response | WerkzeugResponse:
    """GET, POST /review_visit/<int:appointment_id>/: a patient's review of the doctor after a completed visit."""
    actor = current_actor()
    appointment = reviews.appointment_to_review(actor, appointment_id)
    review = reviews.of_appointment(actor, appointment_id)
    form = ReviewForm(obj=review)
    if form.validate_on_submit():
        try:
            reviews.write(actor, appointment_id, rating=form.rating.data, body=form.body.data or "")
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash(f"Thank you. Other patients see your review of {appointment.doctor.name} now.", "success")
            return go_to(url_for("clinic_admin.clinic_portfolio"))
    status = 400 if form.errors else 200
    return page("clinic_admin/review_form.html", status=status, form=form, appointment=appointment, review=review)


@bp.post("/reviews-of-visits/<int:review_id>/delete/")
@allow(access.patient_or_admin)
def delete_review(review_id: int) -> WerkzeugResponse:
    """POST /reviews-of-visits/<int:review_id>/delete/: takes a review away, one's own or as the clinic's admin."""
    reviews.remove(current_actor(), review_id)
    flash("The review was removed.", "success")
    return go_to(url_for("clinic_admin.clinic_portfolio"))
