"""Pages and the fragments of them that htmx swaps."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse


def is_partial() -> bool:
    """Whether htmx asks for a part of the page only."""
    return request.headers.get("HX-Request-Type") == "partial"


def is_htmx() -> bool:
    """Whether htmx asks, for a part of the page or for a whole one that it takes a part from (`hx-select`)."""
    return request.headers.get("HX-Request") == "true" or is_partial()


def page(template: str, fragment: str | None = None, status: int = 200, **values: Any) -> Response:
    """The page `template`; only its `fragment` (the file that the page itself includes) where htmx asks for a part."""
    chosen = fragment if fragment is not None and is_partial() else template
    answer = make_response(render_template(chosen, **values), status)
    answer.vary.add("HX-Request-Type")
    return answer


def go_to(url: str) -> WerkzeugResponse:
    """Sends the browser on after a form was taken: 303, or an HX-Redirect for htmx."""
    if is_partial():
        answer = make_response("", 204)
        answer.headers["HX-Redirect"] = url
        return answer
    return redirect(url, 303)
