"""Whose key came with a request: `X-Api-Key`, or where a client can't send headers `api_key` in the body."""

from typing import Any

from flask import request

from medimeet.errors import NotSignedIn
from medimeet.models import Clinic
from medimeet.services.access import Actor
from medimeet.web.signed_in import act_in

HEADER = "X-Api-Key"
API_KEY: dict[str, Any] = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string"},
    "description": "The person's own key, as signing in gives it.",
}
NEEDED_API_KEY = API_KEY | {"required": True}
_TWO_KEYS = f"There is one key in `{HEADER}` and another in `api_key`. Send one of them."


def actor_of(clinic: Clinic, key_in_body: str | None) -> Actor:
    """Who acts, by the key of the header or of the body; nobody without one.

    Raises NotSignedIn for a key that is not good, or of another clinic, and for two that differ.
    """
    in_header = request.headers.get(HEADER, "").strip()
    if in_header and key_in_body and in_header != key_in_body.strip():
        raise NotSignedIn(_TWO_KEYS)
    return act_in(clinic, None if in_header else key_in_body)
