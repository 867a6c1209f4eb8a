"""The page where the first admin of a new installation is made, reached by the link that `flask init --link` prints."""

from flask import Blueprint, Response
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from medimeet.errors import InvalidInput
from medimeet.services import access, installation
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import sign_in_browser

bp = Blueprint("setup", __name__)


def _countries() -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in installation.countries().items()]


def _time_zones() -> list[SelectChoice]:
    return [SelectChoice(zone, zone) for zone in installation.time_zones()]


class SetupForm(FlaskForm):
    """The clinic, and who runs it."""

    clinic_name = StringField("The clinic’s name", [InputRequired("Enter the clinic's name.")])
    country = SelectField("Country", choices=_countries, default="GB")
    time_zone = SelectField("Time zone", choices=_time_zones, default="Europe/London")
    first_name = StringField("Your first name", [InputRequired("Enter your first name.")])
    last_name = StringField("Your last name", [InputRequired("Enter your last name.")])
    email = EmailField("Your e-mail", [InputRequired("Enter your e-mail address.")])
    password = PasswordField("Choose a password", [InputRequired("Choose a password.")])


@bp.route("/setup/<token>/", methods=["GET", "POST"])
@allow(access.anyone)
def first_admin(token: str) -> Response | WerkzeugResponse:
    """GET, POST /setup/<token>/: makes the clinic and its first admin, who is then signed in. GET changes nothing."""
    installation.look_at_link(token)
    form = SetupForm()
    if not form.validate_on_submit():
        return page("setup/first_admin.html", form=form, status=400 if form.is_submitted() else 200)
    answers = {field.name: field.data for field in form if field.name != "csrf_token"}
    try:
        account = installation.use_link(token, **answers)
    except InvalidInput as error:
        for name, words in error.faults.items():
            form[name].errors = words
        return page("setup/first_admin.html", form=form, status=400)
    sign_in_browser(account)
    return go_to("/home/")
