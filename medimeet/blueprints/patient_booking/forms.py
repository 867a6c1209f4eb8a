"""The forms of booking. What may be booked is decided by the services."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length, Optional

from medimeet.services.orders import REASON_LENGTH


class ReviewForm(FlaskForm):
    """What the patient wants to tell, and the key by which a second click is known."""

    reason = TextAreaField(
        "What would you like help with?",
        [Optional(), Length(max=REASON_LENGTH, message=f"Use at most {REASON_LENGTH} characters.")],
    )
    key = HiddenField(validators=[Length(max=200, message="Open this page again, then confirm.")])


class CancelForm(FlaskForm):
    """A question with one answer: the button."""
