"""The script that a clinic's site loads."""

from flask import Response, current_app

from medimeet.blueprints.widget.blueprint import bp
from medimeet.services import access
from medimeet.web.guard import allow

_FRESH_SECONDS = 300


@bp.get("/widget.js")
@allow(access.anyone)
def loader() -> Response:
    """GET /widget.js: draws the chat's button on any site; the frame behind it decides whether the site may show it."""
    answer = current_app.send_static_file("widget/loader.js")
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Cache-Control"] = f"public, max-age={_FRESH_SECONDS}"
    return answer
