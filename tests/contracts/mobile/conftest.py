"""Fixtures of the phone app's tests."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from medimeet.db import db
from medimeet.models import Notification
from tests.contracts.programs import Program


@pytest.fixture
def sms_code(app: Flask) -> Callable[[], str]:
    """Reads the code in the newest SMS."""

    def read() -> str:
        body = db.session.scalar(select(Notification.body).order_by(Notification.id.desc()).limit(1))
        found = re.search(r"\b\d{6}\b", body or "")
        assert found is not None
        return found[0]

    return read


@pytest.fixture
def signed_in(app: Flask, stranger: Program, sms_code: Callable[[], str]) -> Callable[[str], Program]:
    """Makes a program that has signed in by a number, as the phone app does."""

    def sign_in(number: str) -> Program:
        sent = stranger.post("/send-otp/", data={"mobile_number": number}).json["data"]
        code = {"mobile_number": number, "otp": sms_code(), "verification_id": sent["verification_id"]}
        return Program(app, stranger.post("/verify-otp/", data=code).json["data"]["token"])

    return sign_in
