"""A browser's cookie is opened once, and is still asked each time whether it is good."""

import time

import pytest
from flask import Flask
from itsdangerous import BadSignature, SignatureExpired

from medimeet.web.application import Sessions


@pytest.fixture
def signed() -> Flask:
    app = Flask("clinic")
    app.secret_key = "the clinic's own key"
    app.session_interface = Sessions()
    return app


def test_a_cookie_that_was_good_before_ends_when_its_time_is_over(
    signed: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = Sessions().get_signing_serializer(signed)
    assert signer is not None
    cookie = signer.dumps({"who": "Ann"})
    assert signer.loads(cookie, max_age=60) == {"who": "Ann"}
    later = time.time() + 62
    monkeypatch.setattr(time, "time", lambda: later)  # as itsdangerous reads it
    with pytest.raises(SignatureExpired):
        signer.loads(cookie, max_age=60)


def test_a_cookie_that_somebody_changed_is_refused_each_time(signed: Flask) -> None:
    signer = Sessions().get_signing_serializer(signed)
    assert signer is not None
    cookie = signer.dumps({"who": "Ann"})
    assert signer.loads(cookie) == {"who": "Ann"}
    for _ in range(2):
        with pytest.raises(BadSignature):
            signer.loads(cookie[:-1] + ("A" if cookie[-1] != "A" else "B"))


def test_what_one_request_adds_to_its_session_is_not_in_the_next_one_of_the_same_cookie(signed: Flask) -> None:
    signer = Sessions().get_signing_serializer(signed)
    assert signer is not None
    cookie = signer.dumps({"told": ["saved"]})
    signer.loads(cookie)["told"].append("for this request alone")
    assert signer.loads(cookie) == {"told": ["saved"]}


def test_a_new_key_opens_no_cookie_of_the_old_one(signed: Flask) -> None:
    sessions = Sessions()
    before = sessions.get_signing_serializer(signed)
    assert before is not None
    cookie = before.dumps({"who": "Ann"})
    signed.secret_key = "another key"
    after = sessions.get_signing_serializer(signed)
    assert after is not None
    with pytest.raises(BadSignature):
        after.loads(cookie)
