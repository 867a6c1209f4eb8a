"""A token for the calls that somebody makes from a page of the documentation."""

from flask import Response, jsonify

from medimeet.blueprints.api_docs.blueprint import bp
from medimeet.services import access, tokens
from medimeet.web.guard import allow
from medimeet.web.signed_in import asking_program, current_actor


@bp.post("/token/")
@allow(access.signed_in)
def token() -> Response:
    """POST /docs/token/: an access token of the account that is signed in in this browser."""
    return jsonify(access=tokens.issue_access(current_actor().person, asking_program()))
