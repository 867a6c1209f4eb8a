"""From which sites a clinic's chatbot works, and which of them may read its answers."""

from collections.abc import Callable
from typing import Any

import jwt
import pytest
import time_machine
from werkzeug.test import TestResponse

from medimeet.services import chatbot, tokens
from tests import factories
from tests.contracts.chatbot.conftest import EMAIL, Chat
from tests.contracts.programs import Program

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # headers, not rows

LISTED = "https://www.clinic.example"
ORIGINS = {
    None: True,
    LISTED: True,
    "http://localhost": True,  # our own
    "null": False,
    "": False,
    "http://www.clinic.example": False,
    "https://www.clinic.example:8443": False,
    "https://www.clinic.example:443": False,
    "https://www.clinic.example.evil.example": False,
    "https://evil-www.clinic.example": False,
    "https://clinic.example": False,
    "https://sub.www.clinic.example": False,
    "HTTPS://WWW.CLINIC.EXAMPLE": False,
    "https://www.clinic.example.": False,
    "https://www.clinic.example/": False,
    "https://www.clinic.example/chat": False,
    "https://www.clinic.example@evil.example": False,
    f"{LISTED}, https://evil.example": False,
    "http://localhost.evil.example": False,
    "file://": False,
}


def asked(chat: Chat, origin: str | None) -> dict[str, TestResponse]:
    """The answer of every route to a page of this origin, with everything else right."""
    program = chat.acting_for(chat.patient)
    headers = {} if origin is None else {"Origin": origin}
    clinic, token = chat.clinic.id, chat.token
    requests: dict[str, tuple[str, str, Any]] = {
        "generate": ("POST", f"/generate-chatbot-token/{clinic}/", None),
        "verify": ("GET", f"/verify-token/{clinic}/{token}/", None),
        "login": ("POST", f"/chatbot/login/{clinic}/{token}/", {"email": EMAIL, "password": factories.PASSWORD}),
        "resume": ("POST", f"/chatbot/token/login/{token}/", None),
        "logout": ("POST", f"/chatbot/token/logout/{token}/", None),
        "treatments": ("GET", f"/{clinic}/treatments/", None),
        "doctors": ("GET", f"/{clinic}/treatments/{chat.treatment.id}/get-doctors/", None),
        "slots": ("POST", chat.slots, {"doctor_id": chat.doctor.id}),
        "book": ("POST", chat.book("10:00"), {}),
        "own": ("GET", f"/{clinic}/appointments/", None),
        "cancel": ("POST", f"/{clinic}/appointments/999/cancel/", None),
        "move": ("POST", f"/{clinic}/appointments/999/move/", {"slot_id": 1}),
        "confirm": ("POST", f"/{clinic}/appointments/999/confirm/", None),
    }
    return {
        name: program.ask(method, path, json=body, headers=headers) for name, (method, path, body) in requests.items()
    }


WELCOME = {
    **dict.fromkeys(("generate", "verify", "login", "treatments", "doctors", "slots", "own"), 200),
    **dict.fromkeys(("resume", "logout", "cancel", "move", "confirm"), 404),
    "book": 400,
}
UNWELCOME = dict.fromkeys(WELCOME, 401) | {"generate": 403, "verify": 200}


def test_only_pages_of_the_listed_sites_get_anything_and_may_read_it(chat: Chat, listing: Callable[..., None]) -> None:
    listing(LISTED, "https://other.example:8443")
    for origin, is_welcome in ORIGINS.items():
        answers = asked(chat, origin)
        statuses = {name: answer.status_code for name, answer in answers.items()}
        assert statuses == (WELCOME if is_welcome else UNWELCOME), origin
        assert answers["verify"].json == {"success": is_welcome}, origin
        for name, answer in answers.items():
            may_read = origin == LISTED and name not in {"resume", "logout"}
            assert answer.headers.get("Access-Control-Allow-Origin") == (origin if may_read else None), (origin, name)
            assert "Access-Control-Allow-Credentials" not in answer.headers
            assert "Origin" in answer.headers["Vary"]


def test_where_no_site_is_listed_any_page_may_ask_and_read(chat: Chat) -> None:
    for origin in ("https://anywhere.example", "null"):
        answers = asked(chat, origin)
        assert {name: answer.status_code for name, answer in answers.items()} == WELCOME
        assert answers["treatments"].headers["Access-Control-Allow-Origin"] == origin
        assert answers["treatments"].headers["Access-Control-Expose-Headers"] == "Retry-After"


def test_a_browser_that_asks_beforehand_hears_what_it_may_send(chat: Chat, listing: Callable[..., None]) -> None:
    listing(LISTED)
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
    allowed = Program(chat.app).ask("OPTIONS", chat.book("10:00"), headers=wanted | {"Origin": LISTED})
    assert allowed.status_code == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == LISTED
    assert allowed.headers["Access-Control-Allow-Methods"] == "GET, POST"
    sent = "Authorization, Content-Type, X-Api-Key, Idempotency-Key"
    assert allowed.headers["Access-Control-Allow-Headers"] == sent
    assert allowed.headers["Access-Control-Max-Age"] == "600"
    for path, origin in (
        (chat.book("10:00"), "https://evil.example"),
        ("/999/treatments/", LISTED),
        (f"/chatbot/token/login/{chat.token}/", LISTED),
    ):
        refused = Program(chat.app).ask("OPTIONS", path, headers=wanted | {"Origin": origin})
        assert not [name for name in dict(refused.headers) if name.startswith("Access-Control")], path


def test_refusals_can_be_read_by_the_sites_too(chat: Chat, listing: Callable[..., None]) -> None:
    listing(LISTED)
    refused = Program(chat.app, "x").get(f"/{chat.clinic.id}/treatments/", headers={"Origin": LISTED})
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, LISTED)


def test_other_contracts_can_be_read_by_no_other_site(chat: Chat) -> None:
    answer = Program(chat.app).get("/services/", headers={"Origin": LISTED})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_forged_an_old_and_a_foreign_token_open_nothing(
    chat: Chat, far_chat: Chat, frozen_clock: time_machine.Traveller
) -> None:
    claims = jwt.decode(chat.token, options={"verify_signature": False})
    admin = factories.actor_of(factories.make_admin(chat.clinic), chat.clinic)
    ended = chat.token
    chatbot.renew_token(admin)
    late = chat.token
    frozen_clock.shift(121 * 60)
    bad = [
        "",
        "x",
        ended,
        late,
        far_chat.token,
        jwt.encode(claims | {"exp": 2**33}, "guessed key" * 4, "HS256"),
        jwt.encode(claims | {"exp": 2**33}, "", "none"),
        tokens.issue_access(chat.patient.account),
        tokens.issue_pair(chat.patient.account).refresh,
        "\u00e9" * 10,
        chat.token + "x" * 5000,
    ]
    for token in bad:
        refused = Program(chat.app).get(
            f"/{chat.clinic.id}/treatments/", headers={"Authorization": f"Bearer {token}".encode().decode("latin-1")}
        )
        assert (refused.status_code, refused.json) == (401, {"detail": "Invalid or missing chatbot token."}), token
        if token:
            path_token = token[:60] if len(token) > 4000 else token
            verified = Program(chat.app).get(f"/verify-token/{chat.clinic.id}/{path_token}/")
            assert verified.json == {"success": False}
            assert Program(chat.app).post(f"/chatbot/token/login/{path_token}/").status_code in {401, 404}
    assert chat.visitor.get(f"/{chat.clinic.id}/treatments/").status_code == 200


def test_a_chat_that_is_switched_off_gives_no_token_and_takes_none(chat: Chat) -> None:
    token = chat.token
    admin = factories.actor_of(factories.make_admin(chat.clinic), chat.clinic)
    chatbot.switch(admin, enabled=False)
    refused = Program(chat.app).post(f"/generate-chatbot-token/{chat.clinic.id}/")
    assert (refused.status_code, set(refused.json)) == (403, {"detail"})
    assert Program(chat.app, token).get(f"/{chat.clinic.id}/treatments/").status_code == 401
    assert Program(chat.app).get(f"/verify-token/{chat.clinic.id}/{token}/").json == {"success": False}
