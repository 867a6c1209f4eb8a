"""Who is signed in, in which clinic: the browser's session cookie, or a program's token, turned into an Actor."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, redirect, request, session, url_for
from flask_login import UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.errors import NeedsSecondFactor, NotSignedIn
from medimeet.extensions import login_manager
from medimeet.models import Account, Clinic
from medimeet.services import access, clinics, second_factor, sessions, tokens
from medimeet.services.access import Actor
from medimeet.services.assistant import prompts
from medimeet.services.tokens import Asking
from medimeet.web import known_browsers
from medimeet.web.bearer import account_of_header, token_of_header
from medimeet.web.contract import Contract, contract_of_request
from medimeet.web.fragments import is_htmx

View = TypeVar("View", bound=Callable[..., Any])
ONE_TIME_CODE = "X-One-Time-Code"
ONE_TIME_CODE_PARAMETER = {
    "in": "header",
    "name": ONE_TIME_CODE,
    "required": False,
    "schema": {"type": "string", "maxLength": 100},
    "description": "What the authenticator app shows, or a recovery code, where the account has a second factor.",
}
BY_ITSELF = "X-By-Itself"


class Browser(UserMixin):
    """What Flask-Login keeps of a signed-in browser: the session row's token, and the account it belongs to."""

    def __init__(self, token: str, account: Account) -> None:
        self.token = token
        self.account = account

    def get_id(self) -> str:
        return self.token


def start(app: Flask) -> None:
    """Binds Flask-Login; a browser counts as signed in while its session row is good."""
    login_manager.session_protection = None  # the row on the server decides, see services.sessions
    login_manager.init_app(app, add_context_processor=False)  # templates know people by `actor`
    # No cookie remembers people past their session, so no answer has one to renew, or depends on the session for it.
    app.after_request_funcs[None].remove(login_manager._update_remember_cookie)


@login_manager.user_loader
def load_browser(token: str) -> Browser | None:
    """The browser that holds this token, or None when its session has ended.

    What a page asks by itself, without anybody touching it, does not draw the session out.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if BY_ITSELF in request.headers or hasattr(view, "does_not_count"):
        row = sessions.session_of(token)
        return Browser(token, row.account) if row is not None else None
    account = sessions.account_of_session(token)
    return Browser(token, account) if account is not None else None


def current_account() -> Account | None:
    """The person behind this request, or None for a visitor, without asking which clinic it means.

    Raises NotSignedIn for a token that is not good.
    """
    if "actor" in g:
        account: Account | None = g.actor.account
        return account
    if "account" not in g:
        g.account = _account_of_request()
    return g.account


def does_not_count(view: View) -> View:
    """Marks a view that pages ask by themselves: it does not keep anybody signed in. Goes right above `allow`."""
    view.does_not_count = True  # type: ignore[attr-defined]
    return view


def current_actor() -> Actor:
    """The person behind this request (account None: a visitor) and the clinic it means.

    A JSON contract knows people by the token in the header alone, unless it is one that takes sessions; a page by the
    session alone. Raises NotSignedIn for a token that is not good.
    """
    if "actor" not in g:
        account = current_account()
        g.actor = Actor(account, clinics.of_request(account, request.host))
    return g.actor


def act_in(clinic: Clinic, token: str | None = None) -> Actor:
    """The person behind this request in the clinic that its path names, from now on; `token` is one that its body held.

    Raises NotSignedIn where the token is of another clinic, or not good.
    """
    account = current_actor().account if token is None else tokens.account_of_access(token)
    if token is not None and account is not None and second_factor.is_missing(account):
        raise NeedsSecondFactor
    if account is not None and account.clinic_id not in {clinic.id, None}:
        raise NotSignedIn("This token is of another clinic. Sign in at this one.")
    g.actor = Actor(account, clinic)
    return g.actor


def comes_by_session(contract: Contract) -> bool:
    """Whether this request to the contract is one of our own pages', which send no token."""
    return contract.takes_session and contract.token_header not in request.headers


def token_of_request() -> str:
    """The token with which this JSON request was sent. Raises NotSignedIn where there is none."""
    contract = contract_of_request()
    token = token_of_header(contract) if contract is not None else None
    if token is None:
        raise NotSignedIn
    return token


def asking_program() -> Asking:
    """The program behind this JSON request, as it asks for tokens."""
    return Asking(
        address=request.remote_addr or "",
        program=request.headers.get("User-Agent", ""),
        code=request.headers.get(ONE_TIME_CODE, "")[:100],
        clinic=current_actor().clinic,
    )


def sign_in_browser(account: Account, *, has_code: bool = True) -> None:
    """Starts a session row for `account` and puts its token into a fresh cookie.

    Whoever was signed in here before no longer is. Where the account may have a second factor, it was asked for before;
    `has_code` false where there was none to ask for. Raises as `sessions.start_session`.
    """
    if current_user.is_authenticated:
        _end_session()
    token = sessions.start_session(
        account,
        request.remote_addr or "",
        request.headers.get("User-Agent", ""),
        clinics.of_request(account, request.host),
        is_known=known_browsers.has_seen(account),
        has_code=has_code,
    )
    known_browsers.remember(account)
    session.clear()
    login_user(Browser(token, account))
    _forget_who_asks()


def sign_out_browser() -> None:
    """Ends this browser's session row and empties its cookie; the assistant forgets who this is."""
    if current_user.is_authenticated:
        _end_session()
        prompts.forget(current_user.account.id)
    logout_user()
    session.clear()
    _forget_who_asks()


def _end_session() -> None:
    account = current_user.account
    sessions.end_session(current_user.token, Actor(account, clinics.of_request(account, request.host)))


def ask_to_sign_in() -> WerkzeugResponse:
    """Sends a visitor to the sign-in page and back afterwards; tells htmx to load that page whole."""
    sign_in_page = url_for("auth.login", next=_page_to_come_back_to())
    if is_htmx():
        answer: Response = make_response("", 401)
        answer.headers["HX-Redirect"] = sign_in_page
        return answer
    return redirect(sign_in_page, 302)


def _forget_who_asks() -> None:
    for name in ("actor", "account"):
        g.pop(name, None)


def _account_of_request() -> Account | None:
    view = current_app.view_functions.get(request.endpoint or "")
    rule = getattr(view, "access_rule", None)
    if rule is access.newcomer:
        return None
    account = _account_of_credential()
    if account is not None and rule is not access.signed_in_so_far and second_factor.is_missing(account):
        raise NeedsSecondFactor
    return account


def _account_of_credential() -> Account | None:
    contract = contract_of_request()
    if contract is not None and not comes_by_session(contract):
        return account_of_header(contract)
    return current_user.account if current_user.is_authenticated else None


def _page_to_come_back_to() -> str | None:
    """The page asked for; the page around a fragment; the page of a form that was sent too late."""
    if is_htmx():
        around = urlsplit(request.headers.get("HX-Current-URL", ""))
        return around._replace(scheme="", netloc="", fragment="").geturl() or None
    if request.method != "GET" and "GET" not in getattr(request.url_rule, "methods", ()):
        return None
    return request.path if "api_key" in request.args else request.full_path.rstrip("?")
