"""How an event becomes a line: one line, in one form, without what people said."""

import logging

import pytest
from sqlalchemy.exc import IntegrityError

from medimeet import logs
from tests.operation.written import CANARY, written

ours, library = logging.getLogger("medimeet.services.booking"), logging.getLogger("urllib3.connectionpool")


def test_a_line_says_when_how_grave_who_and_what() -> None:
    with written() as log:
        ours.warning("notification %s was not sent", 7)
    (line,) = log.lines
    assert line["event"] == "notification 7 was not sent"
    assert (line["level"], line["logger"], line["request_id"]) == ("warning", "medimeet.services.booking", "")
    assert line["time"].endswith("+00:00") and isinstance(line["worker"], int)


def test_the_text_of_an_exception_is_never_written_and_its_way_through_the_code_is() -> None:
    def books() -> None:
        try:
            raise KeyError(CANARY)
        except KeyError as error:
            values = {"reason": CANARY}
            raise IntegrityError(f"INSERT {CANARY}", values, ValueError(CANARY)) from error

    with written() as log:
        try:
            books()
        except IntegrityError:
            ours.exception("fault")
    (line,) = log.lines
    assert CANARY not in log.text
    assert [each["type"] for each in line["exception"]] == ["sqlalchemy.exc.IntegrityError", "KeyError"]
    assert line["exception"][0]["where"][-1].startswith("tests/operation/test_log_lines.py:")
    assert line["exception"][0]["where"][-1].endswith(" books")


def test_of_a_librarys_message_only_its_own_words_and_numbers_are_written() -> None:
    with written() as log:
        library.warning("Retrying (%r) after connection broken by '%s': %s", 3, ValueError(CANARY), f"/{CANARY}/token")
        library.warning("%(name)s failed", {"name": CANARY})
    assert CANARY not in log.text
    assert log.events()[:2] == ["Retrying (3) after connection broken by '…': …", "… failed"]


@pytest.mark.parametrize("form", ["json", "plain"])
@pytest.mark.parametrize(
    "name", [f"{CANARY}\r\nInjected", "a\nb", "a\u2028b", "a\x1b[2Kb", "a\x00b", "a\x85b", "a\x0bb"]
)
def test_nothing_that_is_logged_makes_a_line_of_its_own(form: str, name: str) -> None:
    with written(form) as log:
        ours.warning("a file could not be written: %s", name)
        ours.warning("request", extra={"fields": {"route": name}})
    assert log.stream.getvalue().count("\n") == 2
    if form == "plain":
        assert len(log.text.splitlines()) == 2
        assert "\x1b" not in log.text


def test_a_secret_of_the_installation_is_cut_out_wherever_it_is_repeated() -> None:
    secrets = logs.secrets_of(
        {
            "DEEPGRAM_API_KEY": "dg-" + CANARY,
            "DATA_KEYS": f"k1:{CANARY}aa=,k2:{CANARY}bb=",
            "SMTP_URL": f"smtp://anna:{CANARY}%21@mail.example:587",
            "ADMIN_PASSWORD": f"{CANARY} bottles",
            "METRICS_TOKEN": f"{CANARY}-token",
            "LOG_LEVEL": "info",
            "RESET_LINK_MINUTES": 60,
        }
    )
    with written(secrets=tuple(secrets)) as log:
        for secret in secrets:
            ours.error("refused with %s!", secret)
    assert len(log.lines) == len(secrets) >= 8
    assert CANARY not in log.text


def test_an_event_inside_a_request_carries_its_number() -> None:
    token = logs.request_id.set("0123456789abcdef" * 2)
    try:
        with written() as log:
            ours.warning("one")
    finally:
        logs.request_id.reset(token)
    assert log.lines[0]["request_id"] == "0123456789abcdef" * 2


def test_an_exception_that_is_its_own_cause_is_told_once() -> None:
    error = ValueError(CANARY)
    error.__cause__ = error
    assert [each["type"] for each in logs.described(error)] == ["ValueError"]
