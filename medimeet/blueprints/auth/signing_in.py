"""Signing in and out."""

from flask import Response, current_app, flash, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.auth.blueprint import bp
from medimeet.blueprints.auth.forms import SignInForm
from medimeet.blueprints.auth.second_step import sign_in_or_ask
from medimeet.errors import TooManyTries, WrongCredentials
from medimeet.extensions import csrf
from medimeet.models import Account
from medimeet.services import access, sign_in
from medimeet.web import known_browsers
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.next_page import wanted_page
from medimeet.web.signed_in import current_actor, sign_out_browser

# Clinic 1 of the demo data, see demo_data.py.
DEMO_PEOPLE = (("patient", "riverside-patient"), ("doctor", "riverside-doctor"), ("clinic admin", "riverside-admin"))
DEMO_PASSWORD = "medimeet-demo"


def sign_in_page(template: str, home: str = "/home/") -> Response | WerkzeugResponse:
    """Shows and takes the sign-in form; leads to the page that was asked for, else to `home`."""
    if current_actor().account is not None and request.method == "GET":
        return redirect(wanted_page() or home)
    form = SignInForm(next=wanted_page() or "")
    if not form.validate_on_submit():
        return _form_page(template, form, 400 if form.is_submitted() else 200)
    try:
        return sign_in_or_ask(_checked(form.username.data or "", form.password.data or ""), home)
    except (WrongCredentials, TooManyTries) as error:
        return _refused_page(template, form, error)


@bp.route("/login/", methods=["GET", "POST"])
@allow(access.anyone)
def login() -> Response | WerkzeugResponse:
    """GET, POST /login/: signs anyone in, by username or e-mail and password."""
    return sign_in_page("auth/login.html")


@bp.route("/patient/login/", methods=["GET", "POST"])
@allow(access.anyone)
def patient_login() -> Response | WerkzeugResponse:
    """GET, POST /patient/login/: the same sign-in in words for patients."""
    return sign_in_page("auth/patient_login.html")


@bp.post("/logout/")
@csrf.exempt
@allow(access.anyone)
def logout() -> WerkzeugResponse:
    """POST /logout/: signs this browser out; a browser that already is signed out is told the same."""
    answer = go_to(url_for("auth.login"))
    if current_user.is_authenticated:
        if current_app.config["WTF_CSRF_ENABLED"]:
            csrf.protect()  # here and not before, so that an old page can still sign out
        sign_out_browser()
    flash("You are signed out.", "success")
    return answer


def _checked(name: str, password: str) -> Account:
    return sign_in.check(current_actor(), name, password, request.remote_addr or "", known_browsers.has_seen)


def _refused_page(template: str, form: SignInForm, error: WrongCredentials | TooManyTries) -> Response:
    answer = _form_page(template, form, error.status, refusal=error.words)
    if isinstance(error, TooManyTries):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _form_page(template: str, form: SignInForm, status: int, refusal: str | None = None) -> Response:
    demo_people = DEMO_PEOPLE if current_app.config["DEMO"] else ()
    return page(
        template,
        status=status,
        form=form,
        refusal=refusal,
        has_errors=refusal is not None,
        demo_people=demo_people,
        demo_password=DEMO_PASSWORD,
        wanted=wanted_page(),
        was_signed_out="_user_id" in session,
    )
