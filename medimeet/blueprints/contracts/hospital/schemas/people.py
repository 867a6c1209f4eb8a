"""Accounts, tokens, profiles and patients, both ways."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from medimeet.web.json_fields import Answer, Body, Day, Digits, Flag, RowId, Text, UtcInstant
from medimeet.web.paging import PageQuery, page_schema
from medimeet.web.pictures import PictureAddress, PictureFile

EMAIL = {"format": "email"}


class Registration(Body):
    """What somebody tells who registers."""

    username = Text(required=True)
    first_name = Text(load_default="")
    last_name = Text(load_default="")
    email = Text(required=True, metadata=EMAIL)
    password = Text(required=True, metadata={"description": "8 to 128 characters, none of the common ones."})
    confirm_password = Text(required=True, metadata={"description": "The same password again."})


class Credentials(Body):
    """A name, which may be the e-mail, and a password."""

    username = Text(required=True)
    password = Text(required=True)


class Refresh(Body):
    """The refresh token of a sign-in."""

    refresh = Text(required=True)


class TokenPair(Answer):
    """A refresh token, and the access token that goes with every request."""

    refresh = Text()
    access = Text()


class Access(Answer):
    """A new access token."""

    access = Text()


class Message(Answer):
    """What was done, in a sentence."""

    message = Text()


class User(Answer):
    """An account."""

    id = RowId()
    username = Text()
    email = Text(allow_none=True, metadata=EMAIL)
    first_name = Text()
    last_name = Text()
    is_staff = Flag(metadata={"description": "Whether this is a clinic's admin or a superuser."})
    is_active = Flag()
    date_joined = UtcInstant(attribute="created_at")


class Registered(Answer):
    """A new account, signed in."""

    message = Text()
    tokens = fields.Nested(TokenPair)
    user = fields.Nested(User)


class Profile(Answer):
    """An account with what its owner tells of themselves."""

    id = RowId(metadata={"description": "The account's own id."})
    user = fields.Nested(User)
    bio = Text()
    address = Text()
    date_of_birth = Day(allow_none=True)
    profile_picture = PictureAddress(attribute="picture")
    created_at = UtcInstant()
    updated_at = UtcInstant()

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The value of a field; the user is the account itself."""
        return obj if attr == "user" else super().get_attribute(obj, attr, default)


class ProfileQuery(PageQuery):
    """Which profiles to list."""

    search = Text(load_default="", metadata={"description": "Any part of a username, e-mail, first or last name."})


class OptionalDay(Day):
    """A day, or none: null, or empty in a form."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_none=True, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        return None if value == "" else super()._deserialize(value, attr, data, **options)


class ProfileBody(Body):
    """What a profile is made of."""

    username = Text(required=True)
    email = Text(required=True, allow_none=True, metadata=EMAIL)
    first_name = Text()
    last_name = Text()
    bio = Text()
    address = Text()
    date_of_birth = OptionalDay()
    profile_picture = PictureFile(attribute="picture")


class PatientItem(Answer):
    """A patient."""

    id = RowId()
    user = Text(attribute="account.username", metadata={"description": "The username."})
    profile = PictureAddress(attribute="account.picture")
    phone = fields.Function(
        lambda patient: patient.phone or patient.account.mobile or "",
        metadata={"type": "string", "description": "The phone number, else the mobile number to sign in with."},
    )


class PatientQuery(PageQuery):
    """Which patients to list."""

    search = Text(load_default="", metadata={"description": "An id, or any part of a name, e-mail or phone number."})
    phone = Digits(load_default="", metadata={"description": "A whole phone number, however it is spelled."})


class PatientBody(Body):
    """What a patient's profile is made of."""

    profile = PictureFile(attribute="picture")
    phone = Digits()


class PatientReplacement(PatientBody):
    """The whole of it."""

    phone = Digits(required=True)


ProfilePage = page_schema(Profile)
PatientPage = page_schema(PatientItem)
