"""One's own password, asked for once more before what can't be taken back, or what opens a door to others."""

from flask import request
from wtforms import PasswordField

from medimeet.errors import WrongCredentials
from medimeet.services import sign_in
from medimeet.web.signed_in import current_actor

NOT_YOURS = "That is not your password. Try again."


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
