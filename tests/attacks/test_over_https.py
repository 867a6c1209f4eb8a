"""What is said only where people come by https."""

from http.cookies import SimpleCookie
from pathlib import Path

from medimeet.app import create_app
from tests import databases, factories
from tests.portal.browsing import sign_in


def test_behind_https_every_answer_and_cookie_says_so(tmp_path: Path) -> None:
    """W11, W4: a cookie over plain http, or for a neighbour's host; an answer that a browser may ask for unsealed."""
    app = create_app(
        {
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": f"sqlite:///{tmp_path}/medimeet.sqlite",
            "SECRET_KEY": "a secret key for tests, long enough",
            "BASE_URL": "https://portal.clinic.example",
            "RATELIMIT_ENABLED": False,
            "WTF_CSRF_ENABLED": False,
        }
    )
    databases.migrate(app)
    with app.app_context():
        patient = factories.make_patient(factories.make_clinic())
        name = patient.account.username
    client = app.test_client()
    answers = [client.get("/login/"), client.get("/healthz"), client.get("/static/site.css"), client.get("/nothing/")]
    signed_in = sign_in(client, name)
    assert signed_in.status_code == 303
    for answer in [*answers, signed_in]:
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        answer.close()
    cookies = [SimpleCookie(header) for header in signed_in.headers.getlist("Set-Cookie")]
    assert "__Host-medimeet" in {name for cookie in cookies for name in cookie}
    for name, cookie in [pair for each in cookies for pair in each.items()]:
        assert name.startswith("__Host-")
        assert (bool(cookie["secure"]), bool(cookie["httponly"])) == (True, True)
        assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")
