"""A language model is asked as OpenAI's is, whatever serves it, and leaves nobody waiting. The models are real."""

import json
import socket
import time
from collections.abc import Iterator

import pytest

from medimeet.gateways import language_model, model_endpoint
from medimeet.gateways.language_model import LanguageModel, ModelTrouble, ToolCall, Usage, Words
from medimeet.gateways.model_stream import LONGEST_SAYING, read_pieces
from tests.peers.language_model import LanguageModelPeer

QUESTION = [{"role": "user", "content": "Wann ist geöffnet? 🙂"}]
TOOLS = [{"type": "function", "function": {"name": "clinic_facts", "parameters": {"type": "object"}}}]
GERMAN = "Montags bis freitags, 9–17 Uhr. Schöne Grüße – 日本語 🙂 "


def never() -> bool:
    return False


def model_at(peer: LanguageModelPeer, seconds: float = 5) -> LanguageModel:
    model = language_model.gateway(peer.url, "sk-our-own-secret", "tiny-1", seconds)
    assert model is not None
    return model


def said(pieces: Iterator[object]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, Words))


def test_words_come_as_they_are_said_and_the_key_only_in_the_header() -> None:
    with LanguageModelPeer(answers=[GERMAN * 3]) as peer:
        pieces = list(model_at(peer).stream(QUESTION, TOOLS, never))
    assert said(iter(pieces)) == GERMAN * 3
    assert len([piece for piece in pieces if isinstance(piece, Words)]) > 10
    assert pieces[-1] == Usage(210, 17)
    [call] = peer.calls
    assert call == {"model": "tiny-1", "messages": QUESTION, "stream": True, "tools": TOOLS}
    assert peer.headers[0]["authorization"] == "Bearer sk-our-own-secret"


def test_the_first_words_are_there_before_the_last_ones_are_said() -> None:
    with LanguageModelPeer("slow", answers=[GERMAN * 40], seconds=0.1) as peer:
        pieces = model_at(peer).stream(QUESTION, (), never)
        began = time.monotonic()
        assert next(pieces) == Words(GERMAN[:12])
        assert time.monotonic() - began < 2
        pieces.close()  # type: ignore[attr-defined]
        assert peer.hung_up.wait(1)


@pytest.mark.parametrize("mode", ["unframed", "unstreamed", "no_tools"])
def test_servers_with_their_own_ways_are_understood(mode: str) -> None:
    with LanguageModelPeer(mode, answers=[GERMAN, GERMAN]) as peer:
        assert said(model_at(peer).stream(QUESTION, TOOLS, never)) == GERMAN


@pytest.mark.parametrize("mode", ["answers", "unstreamed", "unframed"])
def test_tool_calls_come_whole_however_they_were_sent(mode: str) -> None:
    calls = [
        {"name": "list_free_times", "arguments": json.dumps({"day": "2026-11-24", "doctor": "Müller"})},
        {"name": "my_appointments", "arguments": "{}"},
    ]
    with LanguageModelPeer(mode, answers=[calls]) as peer:
        pieces = list(model_at(peer).stream(QUESTION, TOOLS, never))
    assert [piece for piece in pieces if isinstance(piece, ToolCall)] == [
        ToolCall(f"call_{index}", call["name"], call["arguments"]) for index, call in enumerate(calls)
    ]


@pytest.mark.parametrize(
    ("mode", "calls", "words"),
    [
        ("refuses", 1, "answered 401"),
        ("elsewhere", 1, "answered 302"),
        ("error_500", 3, "answered 500"),
        ("busy", 3, "answered 429"),
        ("garbage", 1, "sent what is no JSON"),
        ("html", 1, "sent what is no JSON"),
        ("empty", 1, "said nothing"),
        ("silent", 1, "was silent for 0.3 s"),
    ],
)
def test_a_model_that_fails_says_why_without_anybodys_words(mode: str, calls: int, words: str) -> None:
    with LanguageModelPeer(mode, wait="0") as peer, pytest.raises(ModelTrouble) as trouble:
        list(model_at(peer, seconds=0.3).stream(QUESTION, (), never))
    assert str(trouble.value) == words
    assert len(peer.calls) == calls


def test_a_model_that_is_busy_for_long_is_not_waited_for() -> None:
    with LanguageModelPeer("busy", wait="30") as peer, pytest.raises(ModelTrouble, match="answered 429"):
        list(model_at(peer).stream(QUESTION, (), never))
    assert len(peer.calls) == 1


def test_a_model_that_breaks_off_is_not_asked_again_once_it_has_spoken() -> None:
    with LanguageModelPeer("breaks", answers=[GERMAN * 9] * 3) as peer:
        pieces = model_at(peer).stream(QUESTION, (), never)
        assert isinstance(next(pieces), Words)
        with pytest.raises(ModelTrouble, match="broke off"):
            list(pieces)
    assert len(peer.calls) == 1


def test_a_model_that_can_not_be_reached_fails_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    model = language_model.gateway(f"http://127.0.0.1:{port}/v1", "sk-secret", "tiny-1", 5)
    assert model is not None
    with pytest.raises(ModelTrouble, match="can't be reached: ConnectionError"):
        list(model.stream(QUESTION, (), never))


@pytest.mark.parametrize("mode", ["silent", "slow"])
def test_who_stops_is_left_alone_at_once_and_the_model_learns_of_it(mode: str) -> None:
    with LanguageModelPeer(mode, answers=[GERMAN * 200]) as peer:
        began = time.monotonic()
        list(model_at(peer).stream(QUESTION, (), lambda: time.monotonic() - began > 0.3))
        assert peer.hung_up.wait(1)
        assert time.monotonic() - began < 1.3


def test_a_model_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_endpoint, "WHOLE_SECONDS", 0.4)
    with LanguageModelPeer("slow", answers=[GERMAN * 200]) as peer:
        with pytest.raises(ModelTrouble, match="took too long"):
            list(model_at(peer).stream(QUESTION, (), never))
        assert peer.hung_up.wait(1)


def test_an_endless_answer_is_bounded() -> None:
    with (
        LanguageModelPeer(answers=["x" * (LONGEST_SAYING + 20)]) as peer,
        pytest.raises(ModelTrouble, match="too much"),
    ):
        list(model_at(peer).stream(QUESTION, (), never))


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ([b"data: " + b"x" * 1_100_000], "too much"),
        ([b"[" * 900_000], "no JSON"),
        ([b"data: [1]\n\n"], "no message"),
        ([b'data: {"error": {"message": "no such model"}}\n\n'], "told of an error"),
        ([b'data: {"choices": [{"delta": {"content": "Half of wh"}}]}\n\n'], "broke off"),
        ([b'data: {"choices": [{"delta": {"content": 7, "tool_calls": [3, {"function": 4}]}}]}\n'] * 9, "broke off"),
        ([b'data: {"choices": {"delta": []}, "usage": [], "id": null}\n\n', b"data: [DONE]\n\n"], "said nothing"),
    ],
)
def test_what_is_no_message_is_refused(sent: list[bytes], reason: str) -> None:
    with pytest.raises(ModelTrouble, match=reason):
        list(read_pieces(sent, 5, is_framed=False))


def test_signs_of_life_are_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 900, 3))
    monkeypatch.setattr("medimeet.gateways.model_stream.time.monotonic", lambda: next(clock))
    with pytest.raises(ModelTrouble, match="said nothing for 20 s"):
        list(read_pieces([b": processing\n\n"] * 20, 20, is_framed=True))


@pytest.mark.parametrize(
    "url", ["model.example/v1", "ftp://model.example/v1", "https:///v1", "https://key@model.example"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="MEDIMEET_LLM_BASE_URL must look like"):
        language_model.gateway(url, "", "", 20)


def test_without_an_address_there_is_no_model_and_without_a_key_no_header() -> None:
    assert language_model.gateway("", "key", "model", 20) is None
    with LanguageModelPeer(answers=["Yes."]) as peer:
        model = language_model.gateway(peer.url + "/", "", "", 5)
        assert model is not None
        assert said(model.stream(QUESTION, (), never)) == "Yes."
    assert "authorization" not in peer.headers[0]
    assert "model" not in peer.calls[0]
    assert (model.name, model.host) == ("the service's own model", "127.0.0.1")
