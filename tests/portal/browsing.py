"""What tests of signing in do again and again, in a browser's words."""

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from medimeet.db import db
from medimeet.models import Account, Notification
from tests.factories import PASSWORD


def sign_in(
    client: FlaskClient, name: str, password: str = PASSWORD, *, address: str = "192.0.2.1", **more: str
) -> TestResponse:
    """Fills in and sends the sign-in form, from one network address."""
    return client.post(
        "/login/", data={"username": name, "password": password, **more}, environ_overrides={"REMOTE_ADDR": address}
    )


def is_signed_in(client: FlaskClient) -> bool:
    """Whether a page that needs a sign-in shows."""
    return client.get("/sessions/").status_code == 200


def mails_to(account: Account, kind: str) -> list[Notification]:
    """The messages of one kind to a person, in order."""
    query = select(Notification).where(Notification.account_id == account.id, Notification.kind == kind)
    return list(db.session.scalars(query.order_by(Notification.id)))


def link_in(mail: Notification) -> str:
    """The path of the link in a mail."""
    address = next(line for line in mail.body.splitlines() if line.startswith("http://localhost/"))
    return address.removeprefix("http://localhost")
