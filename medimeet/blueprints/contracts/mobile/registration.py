"""Registering as a patient by a mobile number."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import request

from medimeet.blueprints.contracts.mobile import examples, items, schemas
from medimeet.blueprints.contracts.mobile.blueprint import bp
from medimeet.blueprints.contracts.mobile.envelope import envelope, envelope_of
from medimeet.errors import InvalidInput
from medimeet.services import access, accounts, registration
from medimeet.services.registration import NewPerson
from medimeet.web.guard import allow
from medimeet.web.refusals import renamed
from medimeet.web.signed_in import current_actor

_REGISTERED = "User registered successfully"
_TAKEN = "user with this mobile number already exists."
_NEW = {"mobile_number": "07400 111222", "name": "Shivam jio", "age": 28, "gender": "male"}


@bp.post("/register-user/")
@allow(access.newcomer)
@bp.arguments(schemas.NewUser, location="body", example=_NEW)
@bp.response(
    201,
    envelope_of(schemas.User),
    example=envelope(201, _REGISTERED, examples.USER | _NEW | {"gender": "Male", "is_verified": False}),
)
def register_user(sent: dict[str, Any]) -> dict[str, Any]:
    """POST /register-user/: a new patient, who then signs in by a code.

    The number is verified by the first code.
    """
    first_name, _, last_name = sent["name"].strip().partition(" ")
    person = NewPerson(
        first_name=first_name,
        last_name=last_name,
        mobile=sent["mobile_number"],
        gender=sent["gender"] or "",
        age=sent["age"],
    )
    with _as_printed(), renamed(mobile="mobile_number", first_name="name", last_name="name"):
        account = registration.register_by_mobile(current_actor(), person, request.remote_addr or "")
    return envelope(201, _REGISTERED, items.user(account))


@contextmanager
def _as_printed() -> Iterator[None]:
    """Says that a number is taken in the document's words."""
    try:
        yield
    except InvalidInput as error:
        taken = accounts.TAKEN["mobile"]
        faults = {name: [_TAKEN if words == taken else words for words in said] for name, said in error.faults.items()}
        raise InvalidInput(faults) from None
