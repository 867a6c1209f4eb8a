"""Every example in every document works: sent to the demo by somebody who may, it gets the answer that is declared."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy import select
from werkzeug.test import TestResponse

from medimeet.db import db
from medimeet.models import Notification
from medimeet.web.examples import upcoming_day, upcoming_slot
from tests.contracts.demo import PEOPLE, Demo, demo_of

# What must have been done before, by the same person: the operation whose example does it; by label or by path.
FIRST = {
    "/api/patient/medical-history/{entry_id}/": "POST /api/patient/medical-history/",
    "/contacts/{message_id}/": "POST /contacts/",
    "POST /api/patient/profile/": "DELETE /api/patient/profile/",
    "POST /clinic-management/appointments/cancel/": "POST /clinic-management/appointments/book/{slot_id}/",
    "POST /chatbot/token/login/{chatbot_token}/": "POST /chatbot/login/{clinic_id}/{chatbot_token}/",
    "POST /chatbot/token/logout/{chatbot_token}/": "POST /chatbot/login/{clinic_id}/{chatbot_token}/",
}


@dataclass(frozen=True)
class Operation:
    """One operation of a document."""

    contract: str
    document: dict[str, Any]
    method: str
    path: str

    @property
    def label(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def described(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document["paths"][self.path][self.method.lower()]
        return found

    def address(self, current: Mapping[str, Any]) -> str:
        """The path with its examples, and the query parameters that have one; what is `current` in place of them."""
        parameters = [*self.document["paths"][self.path].get("parameters", []), *self.described.get("parameters", [])]
        known = {each["name"]: each["example"] for each in parameters if "example" in each} | current
        asked = {
            each["name"]: known[each["name"]] for each in parameters if each["in"] == "query" and each["name"] in known
        }
        address = re.sub(r"{(\w+)}", lambda part: str(known[part[1]]), self.path)
        return f"{address}?{urlencode(asked)}" if asked else address

    @property
    def body(self) -> Any:
        """The example of the body; None where it takes none."""
        content = self.described.get("requestBody", {}).get("content", {})
        return content["application/json"].get("example", "no example") if content else None

    @property
    def successes(self) -> dict[str, Any]:
        """The declared successes, by status."""
        return {status: answer for status, answer in self.described["responses"].items() if status < "300"}

    @property
    def people(self) -> list[str]:
        """Who might do it, most likely first."""
        needs_token = self.described.get("security") == [{"token": []}]
        return ["patient", "admin", "doctor", "superuser"] if needs_token else ["anonymous"]


@pytest.fixture
def demo(installed: Callable[[str], Flask]) -> Iterator[Demo]:
    """The demo on a Monday morning."""
    with demo_of(installed("sqlite")) as made:
        yield made


def operations_of(demo: Demo) -> dict[str, Operation]:
    """Every operation of every document, by its label."""
    found = [
        Operation(contract, document, method.upper(), path)
        for contract, document in demo.documents().items()
        for path, parts in document["paths"].items()
        for method in parts
        if method != "parameters"
    ]
    return {operation.label: operation for operation in found}


def test_every_body_and_every_answer_has_an_example(demo: Demo) -> None:
    bare = [each.label for each in operations_of(demo).values() if each.body == "no example"]
    assert bare == [], "give these an `example=` in @bp.arguments"
    unanswered = [
        each.label
        for each in operations_of(demo).values()
        for answer in each.successes.values()
        if any("example" not in content for content in answer.get("content", {}).values())
    ]
    assert unanswered == [], "give these an `example=` in @bp.response"


def test_every_example_of_an_answer_is_as_declared(demo: Demo) -> None:
    faults = []
    for operation in operations_of(demo).values():
        for answer in operation.successes.values():
            for content in answer.get("content", {}).values():
                faults += [
                    f"{operation.label}: {fault}" for fault in faults_of(operation, content, content.get("example"))
                ]
    assert faults == []


def test_every_example_of_a_request_works_and_is_answered_as_declared(demo: Demo) -> None:
    operations = operations_of(demo)
    faults = [fault for operation in operations.values() for fault in tried(demo, operations, operation)]
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize("days", range(1, 7))
def test_an_example_that_names_a_day_works_on_every_day_of_the_week(
    installed: Callable[[str], Flask], days: int
) -> None:
    with demo_of(installed("sqlite"), days) as demo:
        operations = operations_of(demo)
        dated = [each for each in operations.values() if re.search("slot|date|time", f"{each.label} {each.body}")]
        assert [fault for operation in dated for fault in tried(demo, operations, operation)] == []


def test_the_days_of_examples_lie_ahead_and_are_working_days(frozen_clock: time_machine.Traveller) -> None:
    assert upcoming_day(4).value() == "2026-11-27"
    assert upcoming_day(5).value() == "2026-11-30"
    frozen_clock.shift(60 * 60 * 24 * 365)
    assert upcoming_day(1).value() == "2027-11-24"


def tried(demo: Demo, operations: dict[str, Operation], operation: Operation) -> list[str]:
    """What is wrong with the answer to the operation's example: nothing, where somebody gets what is declared."""
    refused = []
    for person in operation.people:
        demo.put_back()
        client = demo.app.test_client()
        first = FIRST.get(operation.label) or FIRST.get(operation.path)
        if first:
            ask(demo, client, operations[first], person)
        answer = ask(demo, client, operation, person)
        declared = operation.successes.get(str(answer.status_code))
        if declared is not None:
            content = declared.get("content", {}).get("application/json")
            wrong = (
                faults_of(operation, content, answer.get_json()) if content else [answer.text] if answer.data else []
            )
            return [f"{operation.label}: {fault}" for fault in wrong]
        refused.append(f"{operation.label} as {person}: {answer.status} {answer.text}")
    return refused


def ask(demo: Demo, client: FlaskClient, operation: Operation, person: str) -> TestResponse:
    """Sends the operation's example, with what only an earlier answer tells in its place."""
    body = operation.body
    if operation.label in FROM_EARLIER:
        body = body | FROM_EARLIER[operation.label](demo)
    in_path = IN_PATH_FROM_EARLIER.get(operation.label, lambda _demo: {})(demo)
    address = operation.address({"chatbot_token": demo.chatbot_token} | in_path)
    headers = demo.headers(operation.contract, person)
    return client.open(address, method=operation.method, json=body, headers=headers)


def faults_of(operation: Operation, content: dict[str, Any], answer: Any) -> list[str]:
    """What of the answer is not as its schema declares."""
    schema = content["schema"] | {"components": operation.document["components"]}
    return [f"{fault.json_path}: {fault.message}" for fault in Draft202012Validator(schema).iter_errors(answer)]


def obtained(demo: Demo) -> dict[str, str]:
    """The tokens of a sign-in."""
    sent = {"username": PEOPLE["patient"], "password": "medimeet-demo"}
    found: dict[str, str] = demo.app.test_client().post("/api/api/token_obtain/", json=sent).get_json()
    return found


def sent_code(demo: Demo) -> dict[str, str]:
    """The code that is on its way, and what it was sent for."""
    sent = demo.app.test_client().post("/send-otp/", json={"mobile_number": "07400 123456"}).get_json()
    with demo.app.app_context():
        text = db.session.scalars(select(Notification.body).order_by(Notification.id.desc())).first() or ""
    code = re.search(r"\b\d{6}\b", text)
    assert code is not None, text
    return {"otp": code[0], "verification_id": sent["data"]["verification_id"]}


def held(demo: Demo) -> dict[str, int]:
    """A visit that the patient was asked by mail to confirm."""
    path = f"/1/treatments/1/get-doctors/slots/{upcoming_slot(6, '11:00').value()}/book/"
    sent = {"patient_email": f"{PEOPLE['patient']}@clinic.example", "doctor_id": 1}
    answer = demo.app.test_client().post(
        path,
        json=sent | {"appointment_date": upcoming_day(6).value()},
        headers=demo.headers("chatbot", "anonymous"),
    )
    return {"appointment_id": answer.get_json()["appointment_id"]}


FROM_EARLIER: dict[str, Callable[[Demo], dict[str, Any]]] = {
    "POST /api/api/token_verify/": lambda demo: {"token": obtained(demo)["access"]},
    "POST /api/api/token_refresh/": lambda demo: {"refresh": obtained(demo)["refresh"]},
    "POST /api/user/logout/": lambda demo: {"refresh": obtained(demo)["refresh"]},
    "POST /api/user/token/refresh/": lambda demo: {"refresh": obtained(demo)["refresh"]},
    "POST /verify-otp/": sent_code,
}
IN_PATH_FROM_EARLIER: dict[str, Callable[[Demo], dict[str, Any]]] = {
    "POST /{clinic_id}/appointments/{appointment_id}/confirm/": held,
}
