"""The password, asked for once more before something that can't be taken back or goes out of the house."""

from flask import request
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import InputRequired

from medimeet.errors import WrongCredentials
from medimeet.services import sign_in
from medimeet.web.signed_in import current_actor

_NOT_YOURS = "That is not your password. Try again."


class PasswordForm(FlaskForm):
    """One's own password."""

    password = PasswordField("Your password", [InputRequired("Enter your password.")])


def is_confirmed(form: PasswordForm) -> bool:
    """Whether the form was sent with the right password; a fault stands in the form.

    Raises TooManyTries.
    """
    if not form.validate_on_submit():
        return False
    try:
        sign_in.check_password(current_actor().person, form.password.data or "", request.remote_addr or "")
    except WrongCredentials:
        form.password.errors = [_NOT_YOURS]
        return False
    return True


def status_of(form: PasswordForm) -> int:
    """400 for a form that was sent and not taken."""
    return 400 if form.errors else 200
