"""One's own second factor: setting it up, switching it off, new recovery codes."""

from collections.abc import Callable

import segno
from flask import Response, flash, session, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.auth.blueprint import bp
from medimeet.blueprints.auth.forms import BothFactorsForm, OneTimeCodeForm, SetUpForm
from medimeet.errors import TooManyTries, WrongCode
from medimeet.services import access, second_factor, second_factor_changes
from medimeet.web import own_password
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.next_page import wanted_page
from medimeet.web.signed_in import current_actor

_KEPT = "second_factor"


@bp.route("/security/second-factor/", methods=["GET", "POST"])
@allow(access.signed_in_so_far)
def set_up_second_factor() -> Response | WerkzeugResponse:
    """GET, POST /security/second-factor/: what a second factor is; asks for the password before one is set up."""
    account = current_actor().person
    if second_factor.is_on(account):
        return go_to(url_for("auth.security"))
    form = SetUpForm(next=wanted_page() or "")
    if not own_password.is_confirmed(form):
        return page(
            "auth/second_factor.html",
            status=own_password.status_of(form),
            form=form,
            must=second_factor.is_missing(account),
        )
    session[_KEPT] = second_factor_changes.begin(current_actor())
    return go_to(url_for("auth.first_code", next=wanted_page()))


@bp.route("/security/second-factor/first-code/", methods=["GET", "POST"])
@allow(access.signed_in_so_far)
def first_code() -> Response | WerkzeugResponse:
    """GET, POST /security/second-factor/first-code/: the secret as QR code and text; its first code switches it on."""
    token = session.get(_KEPT, "")
    try:
        secret = second_factor_changes.waiting_secret(current_actor(), token)
    except WrongCode:
        return go_to(url_for("auth.set_up_second_factor", next=wanted_page()))
    form = OneTimeCodeForm(next=wanted_page() or "")
    status = 400 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            codes = second_factor_changes.confirm(current_actor(), token, form.code.data or "", current_user.token)
        except (WrongCode, TooManyTries) as error:
            form.code.errors, status = [error.words], error.status
        else:
            session.pop(_KEPT, None)
            return _codes_page(codes, "Your second factor is on", wanted_page())
    groups = [secret.text[start : start + 4] for start in range(0, len(secret.text), 4)]
    picture = Markup(segno.make(secret.address).svg_inline(omitsize=True, light="white", title="QR code"))
    return page(
        "auth/first_code.html", status=status, form=form, groups=groups, picture=picture, has_errors=status != 200
    )


@bp.route("/security/second-factor/off/", methods=["GET", "POST"])
@allow(access.signed_in)
def switch_off_second_factor() -> Response | WerkzeugResponse:
    """GET, POST /security/second-factor/off/: takes a password and a code, and then no more codes at signing in."""

    def switch_off() -> WerkzeugResponse:
        second_factor_changes.switch_off(current_actor())
        flash("Your second factor is off. From now on your password alone signs you in.", "success")
        return go_to(url_for("auth.security"))

    return _with_both_factors("auth/second_factor_off.html", switch_off)


@bp.route("/security/recovery-codes/", methods=["GET", "POST"])
@allow(access.signed_in)
def new_recovery_codes() -> Response | WerkzeugResponse:
    """GET, POST /security/recovery-codes/: takes a password and a code, and shows ten new recovery codes once."""

    def renew() -> Response:
        codes = second_factor_changes.replace_recovery_codes(current_actor())
        return _codes_page(codes, "Your new recovery codes")

    return _with_both_factors("auth/new_recovery_codes.html", renew)


def _with_both_factors(template: str, then: Callable[[], Response | WerkzeugResponse]) -> Response | WerkzeugResponse:
    """Shows and takes a form of password and code; does what it is for where both are right."""
    account = current_actor().person
    if not second_factor.is_on(account):
        return go_to(url_for("auth.security"))
    form = BothFactorsForm()
    if own_password.is_confirmed(form):
        try:
            second_factor.prove(account, form.code.data or "")
        except WrongCode as error:
            form.code.errors = [error.words]
        else:
            return then()
    return page(template, status=own_password.status_of(form), form=form)


def _codes_page(codes: list[str], title: str, next_page: str | None = None) -> Response:
    answer = page("auth/recovery_codes.html", codes=codes, title=title, next_page=next_page)
    answer.headers["Cache-Control"] = "no-store"
    return answer
