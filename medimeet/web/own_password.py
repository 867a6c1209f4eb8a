"""One's own password, asked for once more before what can't be taken back, or what opens a door to others."""

from flask import request
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import InputRequired

from medimeet.errors import WrongCredentials
from medimeet.services import sign_in
from medimeet.web.signed_in import current_actor

NOT_YOURS = "That is not your password. Try again."


class OwnPasswordForm(FlaskForm):
    """Who is signed in shows that it is still them."""

    password = PasswordField("Your password", [InputRequired("Enter your password.")])


def is_confirmed(form: OwnPasswordForm) -> bool:
    """Whether the form was sent with the right password; a fault stands in the form. Raises TooManyTries."""
    return form.validate_on_submit() and is_right(form.password)


def is_right(field: PasswordField) -> bool:
    """Whether the field holds the password of whoever is signed in; if not, its fault stands in it.

    Wrong ones are counted with those at the sign-in. Raises TooManyTries.
    """
    try:
        sign_in.check_password(current_actor().person, field.data or "", request.remote_addr or "")
    except WrongCredentials:
        field.errors = [NOT_YOURS]
        return False
    return True


def status_of(form: OwnPasswordForm) -> int:
    """400 for a form that was sent and not taken."""
    return 400 if form.errors else 200
