"""While a version that knows no keys runs on the same database, nothing is sealed that it shows to people."""

import pytest
from flask import Flask
from sqlalchemy import text

from medimeet.db import db
from medimeet.models import Clinic, Notification, SecondFactor
from tests import factories


def kept(table: str, column: str) -> str:
    """The text as it stands in the only row."""
    return str(db.session.execute(text(f"SELECT {column} FROM {table}")).scalar_one())


def write_message(clinic: Clinic, body: str) -> None:
    row = {"clinic_id": clinic.id, "channel": "email", "kind": "test", "recipient": "ana@x.example"}
    db.session.add(Notification(**row, body=body, dedupe_key=body, message_id=body))
    db.session.commit()


@pytest.mark.parametrize(("seals", "is_plain"), [(False, True), (True, False)])
def test_a_message_is_plain_only_while_the_version_before_may_send_it(
    app: Flask, clinic: Clinic, seals: bool, is_plain: bool
) -> None:
    app.config["SEAL"] = seals
    write_message(clinic, "Your visit is at 9")
    assert (kept("notification", "body") == "Your visit is at 9") is is_plain
    app.config["SEAL"] = True
    assert db.session.query(Notification).one().body == "Your visit is at 9"


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_only_this_version_reads_is_sealed_meanwhile(app: Flask, clinic: Clinic) -> None:
    app.config["SEAL"] = False
    account = factories.make_patient(clinic).account
    db.session.add(SecondFactor(account_id=account.id, secret="JBSWY3DPEHPK3PXP"))
    db.session.commit()
    assert kept("second_factor", "secret").startswith("sealed:")


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_what_looks_sealed_and_is_a_persons_words_is_sealed_in_any_case(app: Flask, clinic: Clinic) -> None:
    app.config["SEAL"] = False
    write_message(clinic, "sealed:k1:AAAA")
    db.session.expire_all()
    assert db.session.query(Notification).one().body == "sealed:k1:AAAA"
