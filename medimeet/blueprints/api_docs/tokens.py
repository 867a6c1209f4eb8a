"""A token for the calls that somebody makes from a page of the documentation."""

from flask import Response, jsonify
from flask_wtf import FlaskForm
from wtforms import PasswordField

from medimeet.blueprints.api_docs.blueprint import bp
from medimeet.services import access, tokens
from medimeet.web import own_password
from medimeet.web.guard import allow
from medimeet.web.signed_in import asking_program, current_actor


class AccountForm(FlaskForm):
    """One's own password: with a token one changes what the portal asks for the password for."""

    password = PasswordField()


@bp.post("/token/")
@allow(access.signed_in)
def token() -> Response:
    """POST /docs/token/: an access token of the account that is signed in in this browser, for its password.

    Without it, whoever finds a browser signed in would change the e-mail by an interface, and stay past every time-out.
    """
    person, form = current_actor().person, AccountForm()
    if person.credential is not None and not own_password.is_right(form.password):
        answer = jsonify(detail=own_password.NOT_YOURS)
        answer.status_code = 400
        return answer
    return jsonify(access=tokens.issue_access(person, asking_program()))
