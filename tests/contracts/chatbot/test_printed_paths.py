"""Every path and method that the chatbot's document prints is served, with and without the slash at its end."""

import pytest

from tests.contracts.chatbot.conftest import Chat
from tests.contracts.programs import Program

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # addresses and bodies are no matter of rows

PRINTED = [
    ("POST", "/generate-chatbot-token/{clinic}/"),
    ("GET", "/verify-token/{clinic}/{token}/"),
    ("POST", "/chatbot/login/{clinic}/{token}/"),
    ("POST", "/chatbot/token/login/{token}/"),
    ("POST", "/chatbot/token/logout/{token}/"),
    ("GET", "/{clinic}/treatments/"),
    ("GET", "/{clinic}/treatments/1/get-doctors/"),
    ("POST", "/{clinic}/treatments/1/get-doctors/slots/"),
    ("POST", "/{clinic}/treatments/1/get-doctors/slots/21/book/"),
]


def test_a_printed_path_answers_the_same_without_its_slash_and_no_other_method(chat: Chat) -> None:
    for method, printed in PRINTED:
        path = printed.format(clinic=chat.clinic.id, token=chat.token)
        answers = [chat.visitor.ask(method, each) for each in (path, path.rstrip("/"))]
        assert {answer.status_code for answer in answers} <= {200, 400, 404}, path
        if "generate" not in path:  # each token is another one
            assert answers[0].json == answers[1].json
        assert answers[0].json.get("error", "") != "There is nothing at this address, or it belongs to somebody else."
        refused = chat.visitor.ask("DELETE", path)
        assert (refused.status_code, set(refused.json)) == (405, {"error"})
        assert method in refused.headers["Allow"]


def test_an_unknown_path_below_a_root_is_told_in_the_contracts_shape(chat: Chat) -> None:
    for path in (
        "/chatbot/x/",
        "/verify-token/",
        "/1/treatments/1/",
        "/x/treatments/",
        "/1/appointments/1/x/",
    ):
        refused = chat.visitor.get(path)
        assert (refused.status_code, set(refused.json)) == (404, {"error"}), path


def test_a_body_that_is_none_is_refused_in_the_contracts_shape(chat: Chat) -> None:
    bodies = {
        b"{": 400,
        b"[]": 400,
        b'{"a": NaN}': 400,
        b'{"email": "a\\u0000"}': 400,
        b'{"a": ' + b"[" * 100 + b"]" * 100 + b"}": 400,
        b'{"a": "' + b"x" * 1_100_000 + b'"}': 413,
    }
    for path in (f"/chatbot/login/{chat.clinic.id}/{chat.token}/", chat.slots, chat.book("10:00")):
        for body, status in bodies.items():
            refused = chat.visitor.post(path, data=body, content_type="application/json")
            assert (refused.status_code, set(refused.json)) == (status, {"error"}), path
        refused = chat.visitor.post(path, data=b"<a/>", content_type="application/xml")
        assert (refused.status_code, set(refused.json)) == (415, {"error"}), path


def test_a_body_may_be_a_form(chat: Chat) -> None:
    sent = {"doctor_id": str(chat.doctor.id), "date": ""}
    for content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        answer = chat.visitor.post(chat.slots, data=sent, content_type=content_type)
        assert (answer.status_code, list(answer.json)) == (200, ["available_days"])


def test_whoever_looks_with_a_browser_gets_a_page(chat: Chat) -> None:
    refused = Program(chat.app).get("/1/treatments/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (refused.status_code, refused.mimetype) == (401, "text/html")
