"""Which pages may send something with a browser's session: those of this site, never another's.

The token in each form says the same. This is a second lock on the door, with another key: a form token that leaked, or
was planted, opens nothing from a foreign page.
"""

from flask import Flask, request

from medimeet.errors import ForeignPage
from medimeet.services import chatbot
from medimeet.web.contract import contract_of_request
from medimeet.web.signed_in import comes_by_session

_READING = {"GET", "HEAD", "OPTIONS", "TRACE"}
# `none`: nobody's page, but the person themselves, by the address bar or by sending the form again.
_OWN_SITES = {"same-origin", "none"}


def start(app: Flask) -> None:
    """Looks at every request of `app` before its route does."""
    app.before_request(refuse_other_sites)


def refuse_other_sites() -> None:
    """Raises ForeignPage for what a page of another site sends, but to a JSON interface that takes no session.

    A program, or an old browser, says nothing of its page: that is for the form's token alone to judge.
    """
    if request.method in _READING or not _may_go_by_session():
        return
    if not _is_of_own_page(request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")):
        raise ForeignPage


def _may_go_by_session() -> bool:
    contract = contract_of_request()
    return contract is None or comes_by_session(contract)


def _is_of_own_page(site: str | None, origin: str | None) -> bool:
    if site is not None and site not in _OWN_SITES:
        return False
    if origin == "null":  # a browser that tells nobody where it comes from
        return site == "same-origin"
    return origin is None or origin.lower() in _own_origins()


def _own_origins() -> set[str]:
    """As BASE_URL says, and as the request was addressed: no page can make a browser lie about its host.

    A proxy that tells us nothing speaks http to us and https to people.
    """
    published, host = chatbot.own_origin(), request.host.lower()
    is_secure = request.is_secure or published.startswith("https://")
    return {published, f"https://{host}"} | (set() if is_secure else {f"http://{host}"})
