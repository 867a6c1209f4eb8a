"""Accounts, signing in, tokens."""

from typing import Any

from marshmallow import fields, missing, validate

from medimeet.web.json_fields import Answer, Body, RowId, Text

_NOT_BLANK = validate.Regexp(r"\s*\S", error="This field is needed.")


class NeededText(Text):
    """Text that is needed. The service says so where it is missing, together with all else that is wrong."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=True, **options)

    def deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        return super().deserialize("" if value is missing else value, *args, **options)


class Account(Answer):
    """An account: a person who can sign in."""

    id = RowId()
    username = Text()
    email = Text(allow_none=True)
    first_name = Text()
    last_name = Text()


class Registration(Body):
    """What somebody tells who registers as a patient."""

    username = NeededText()
    email = NeededText()
    password = NeededText(metadata={"description": "8 to 128 characters, and not a common password."})
    first_name = Text(load_default="")
    last_name = Text(load_default="")


class Credentials(Body):
    """A name and a password."""

    username = Text(required=True, metadata={"description": "The username, or the e-mail."})
    password = Text(required=True)


class AccountDetails(Body):
    """New values for one's own account."""

    username = Text(required=True, validate=_NOT_BLANK)
    email = Text(
        required=True,
        validate=_NOT_BLANK,
        metadata={"description": "A new one is verified by a link that is mailed to it."},
    )
    first_name = Text()
    last_name = Text()


class NewPassword(Body):
    """The password that holds, and the one to come."""

    old_password = Text(required=True)
    new_password = Text(required=True)


class SignedIn(Answer):
    """Who has signed in, and the token to send from now on."""

    user = fields.Nested(Account)
    token = Text()


class NewToken(Answer):
    """The token to send from now on."""

    token = Text()


class Told(Answer):
    """What was done, in words."""

    detail = Text()
