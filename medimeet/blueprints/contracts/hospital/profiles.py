"""Profiles: one's own, and to the clinic's admin everybody's. A profile's id is its account's."""

from typing import Any

from medimeet.blueprints.contracts.hospital.blueprint import bp
from medimeet.blueprints.contracts.hospital.schemas import people as schemas
from medimeet.models import Account
from medimeet.services import access, profiles
from medimeet.services.people import PersonDetails
from medimeet.web.guard import allow
from medimeet.web.paging import page_example, page_of
from medimeet.web.pictures import picture_of
from medimeet.web.refusals import renamed
from medimeet.web.signed_in import current_actor

_SENT: dict[str, Any] = {
    "username": "riverside-patient",
    "email": "riverside-patient@clinic.example",
    "first_name": "Grace",
    "last_name": "Whitfield",
    "bio": "Walks to work.",
    "address": "3 Orchard Road, Richmond, London TW9 2HE",
    "date_of_birth": "1984-05-17",
}
_SHOWN: dict[str, Any] = {
    "id": 5,
    "user": {
        "id": 5,
        "username": "riverside-patient",
        "email": "riverside-patient@clinic.example",
        "first_name": "Grace",
        "last_name": "Whitfield",
        "is_staff": False,
        "is_active": True,
        "date_joined": "2026-01-01T00:00:00Z",
    },
    "bio": "Walks to work.",
    "address": "3 Orchard Road, Richmond, London TW9 2HE",
    "date_of_birth": "1984-05-17",
    "profile_picture": None,
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
}
_NEW = _SENT | {"username": "anna.lee", "email": "anna.lee@example.com", "first_name": "Anna", "last_name": "Lee"}


@bp.get("/api/user/profiles/")
@allow(access.signed_in)
@bp.arguments(schemas.ProfileQuery, location="query")
@bp.response(200, schemas.ProfilePage, example=page_example(_SHOWN))
def profile_list(asked: dict[str, Any]) -> dict[str, Any]:
    """GET /api/user/profiles/: one's own profile; to the clinic's admin those of everybody there."""
    return page_of(profiles.listed(current_actor(), **asked))


@bp.post("/api/user/profiles/")
@allow(access.signed_in)
@bp.arguments(schemas.ProfileBody, location="body", example=_NEW)
@bp.response(201, schemas.Profile, example=_SHOWN)
def add_profile(sent: dict[str, Any]) -> Account:
    """POST /api/user/profiles/: an account that the clinic's admin makes; a link to set a password is mailed.

    Everybody else has a profile already, and gets a 400.
    """
    with renamed(picture="profile_picture"), picture_of(sent) as picture:
        return profiles.add(current_actor(), PersonDetails(**{"first_name": ""} | sent), picture)


@bp.get("/api/user/profiles/me/")
@allow(access.signed_in)
@bp.response(200, schemas.Profile, example=_SHOWN)
def own_profile() -> Account:
    """GET /api/user/profiles/me/: one's own profile."""
    return current_actor().person


@bp.get("/api/user/profiles/<int:profile_id>/")
@allow(access.signed_in)
@bp.response(200, schemas.Profile, example=_SHOWN)
def one_profile(profile_id: int) -> Account:
    """GET /api/user/profiles/{id}/: a profile; somebody else's for the clinic's admin alone."""
    return profiles.read(current_actor(), profile_id)


@bp.put("/api/user/profiles/<int:profile_id>/")
@allow(access.signed_in)
@bp.arguments(schemas.ProfileBody, location="body", example=_SENT)
@bp.response(200, schemas.Profile, example=_SHOWN)
def replace_profile(sent: dict[str, Any], profile_id: int) -> Account:
    """PUT /api/user/profiles/{id}/: changes a profile; what is not sent stays as it is."""
    return _changed(profile_id, sent)


@bp.patch("/api/user/profiles/<int:profile_id>/")
@allow(access.signed_in)
@bp.arguments(schemas.ProfileBody(partial=True), location="body", example={"bio": "Walks to work."})
@bp.response(200, schemas.Profile, example=_SHOWN)
def change_profile(sent: dict[str, Any], profile_id: int) -> Account:
    """PATCH /api/user/profiles/{id}/: changes parts of a profile."""
    return _changed(profile_id, sent)


@bp.delete("/api/user/profiles/<int:profile_id>/")
@allow(access.signed_in)
@bp.response(204)
def remove_profile(profile_id: int) -> None:
    """DELETE /api/user/profiles/{id}/: ends the account, its tokens and its visits to come."""
    profiles.remove(current_actor(), profile_id)


def _changed(profile_id: int, sent: dict[str, Any]) -> Account:
    with renamed(picture="profile_picture"), picture_of(sent) as picture:
        return profiles.change(current_actor(), profile_id, sent, picture)
