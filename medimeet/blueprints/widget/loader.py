"""The script that a clinic's site loads."""

from flask import Response, current_app, request

from medimeet.blueprints.widget.blueprint import bp
from medimeet.services import access
from medimeet.web.guard import allow

_FRESH_SECONDS = 300


@bp.get("/widget.js")
@allow(access.anyone)
def loader() -> Response:
    """GET /widget.js: draws the chat's button on any site; the frame behind it decides whether the site may show it."""
    with current_app.open_resource("static/widget/loader.js") as script:
        answer = Response(script.read(), mimetype="text/javascript")
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Access-Control-Allow-Origin"] = "*"  # for tags that are modules, or have `crossorigin`
    answer.cache_control.public = True
    answer.cache_control.max_age = _FRESH_SECONDS
    answer.add_etag()
    answer.make_conditional(request)
    return answer
