"""The second page of signing in: the code of the authenticator app, for accounts that ask for one."""

from contextlib import suppress

from flask import Response, flash, session, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.auth.blueprint import bp
from medimeet.blueprints.auth.forms import OneTimeCodeForm
from medimeet.errors import NeedsOneTimeCode, TooManyTries, WrongCode
from medimeet.models import Account
from medimeet.services import access, second_factor, second_step
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.next_page import wanted_page
from medimeet.web.signed_in import sign_in_browser

_KEPT = "second_step"


def sign_in_or_ask(account: Account, home: str) -> WerkzeugResponse:
    """Signs the browser in whose password was right, or first asks for the code; leads on to the page asked for.

    Raises WrongCredentials where the password was replaced meanwhile.
    """
    if not second_factor.is_on(account):
        with suppress(NeedsOneTimeCode):  # it was set up this very moment
            sign_in_browser(account, has_code=False)
            return go_to(wanted_page() or home)
    session[_KEPT] = second_step.begin(account)
    return go_to(url_for("auth.one_time_code", next=wanted_page() or home))


@bp.route("/login/code/", methods=["GET", "POST"])
@allow(access.anyone)
def one_time_code() -> Response | WerkzeugResponse:
    """GET, POST /login/code/: takes the one-time code of somebody whose password was right in this browser."""
    token = session.get(_KEPT, "")
    try:
        second_step.find(token)
        form = OneTimeCodeForm(next=wanted_page() or "")
        if not form.validate_on_submit():
            return page("auth/one_time_code.html", status=400 if form.is_submitted() else 200, form=form)
        done = second_step.finish(token, form.code.data or "")
    except second_step.TooLate:
        flash("That took a while. Please start again with your password.", "warning")
        return go_to(url_for("auth.login", next=wanted_page()))
    except (WrongCode, TooManyTries) as error:
        return _refused_page(form, error)
    sign_in_browser(done.account)
    if done.recovery_codes_left is not None:
        flash(_left_words(done.recovery_codes_left), "warning")
    return go_to(wanted_page() or url_for("auth.admin_home"))


def _refused_page(form: OneTimeCodeForm, error: WrongCode | TooManyTries) -> Response:
    form.code.errors = [error.words]
    answer = page("auth/one_time_code.html", status=error.status, form=form, has_errors=True)
    if isinstance(error, TooManyTries):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _left_words(left: int) -> str:
    if not left:
        return "That was your last recovery code. Make new ones now, under Sign-ins and security."
    codes = "1 recovery code is" if left == 1 else f"{left} recovery codes are"
    return f"You used a recovery code. {codes} left; each works once."
