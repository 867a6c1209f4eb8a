"""The JSON of this contract, both ways."""

from medimeet.web.json_fields import Answer, Body, Text


class Credentials(Body):
    """A name, which may be the e-mail, and a password."""

    username = Text(required=True)
    password = Text(required=True)


class TokenPair(Answer):
    """An access token, and the refresh token that gives another one."""

    access = Text()
    refresh = Text()


class Refresh(Body):
    """The refresh token of a sign-in."""

    refresh = Text(required=True)


class Access(Answer):
    """A new access token."""

    access = Text()


class Token(Body):
    """A token to look at."""

    token = Text(required=True)


class Nothing(Answer):
    """An empty object."""
