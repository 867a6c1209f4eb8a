"""Programs that call the JSON interfaces: each with its own token, none with a cookie."""

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from medimeet.models import Account, Doctor, Patient
from medimeet.services import tokens


class Program:
    """A client of the JSON interfaces; `token` goes with every request."""

    def __init__(self, app: Flask, token: str | None = None, scheme: str = "Bearer") -> None:
        self.app = app
        self.headers = {"Authorization": f"{scheme} {token}"} if token else {}

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.ask("POST", path, **options)

    def put(self, path: str, **options: Any) -> TestResponse:
        return self.ask("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> TestResponse:
        return self.ask("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.ask("DELETE", path, **options)

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any) -> TestResponse:
        return self.app.test_client().open(path, method=method, headers=self.headers | (headers or {}), **options)


def program_of(app: Flask, person: Account | Patient | Doctor) -> Program:
    """A program that acts for the person, with a fresh access token."""
    account = person if isinstance(person, Account) else person.account
    return Program(app, tokens.issue_access(account))
