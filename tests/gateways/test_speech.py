"""People are heard: through a real Deepgram-speaking server, and through every fault of one."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from medimeet.gateways import speech
from medimeet.gateways.speech import Heard, SpeechSession, SpeechTrouble, deepgram, results, session, troubles
from tests.peers.deepgram import END, FRAME, DeepgramPeer, words

KEY = "the-clinics-own-key"
TONE = bytes(range(0, 200, 2)) * (FRAME // 100)  # loud enough for speech
SECOND = TONE * 10


class Ears:
    """Who listens: everything that was told, in order."""

    def __init__(self) -> None:
        self.told: list[Heard | SpeechTrouble] = []
        self._changed = threading.Condition()

    def __call__(self, event: Heard | SpeechTrouble) -> None:
        with self._changed:
            self.told.append(event)
            self._changed.notify_all()

    @property
    def sentences(self) -> list[str]:
        return [event.text for event in self.told if isinstance(event, Heard) and event.is_final]

    @property
    def interim(self) -> list[str]:
        return [event.text for event in self.told if isinstance(event, Heard) and not event.is_final]

    @property
    def codes(self) -> list[str]:
        return [event.code for event in self.told if isinstance(event, SpeechTrouble)]

    def wait_until(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, seconds), self.told


@contextmanager
def listening(peer: DeepgramPeer, ears: Callable[[Heard | SpeechTrouble], None]) -> Iterator[SpeechSession]:
    """A session with the peer, ended at the end."""
    service = speech.gateway(peer.url, KEY, "nova-2", "en")
    assert service
    running = service.listen(ears)
    try:
        yield running
    finally:
        running.finish()


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("speech")]


def keep_ticking(running: SpeechSession, until: Callable[[], bool]) -> None:
    """What the socket does while nobody speaks, only faster."""
    deadline = time.monotonic() + 10
    while not until():
        assert time.monotonic() < deadline
        running.tick()
        time.sleep(0.02)


def test_a_sentence_is_told_as_it_grows_and_once_when_it_has_ended() -> None:
    with DeepgramPeer() as peer, listening(peer, ears := Ears()) as running:
        running.feed(SECOND * 3)
        ears.wait_until(lambda: bool(ears.sentences))
        running.feed(SECOND)
        running.finish()
        assert ears.interim == ["I would like", "I would like to book", "I would like to book an"]
        assert ears.sentences == ["I would like to book an appointment tomorrow."]
        assert ears.codes == []


def test_a_sentence_whose_end_nobody_tells_ends_when_no_more_words_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "QUIET_SECONDS", 0.5)
    untyped = {name: value for name, value in words("to come.", is_final=True).items() if name != "type"}
    script = [[words("I would like", is_final=True), untyped]]
    with DeepgramPeer(script=script) as peer, listening(peer, ears := Ears()) as running:
        running.feed(SECOND)
        ears.wait_until(lambda: ears.sentences == ["I would like to come."], 5)


def test_deepgram_is_asked_for_what_is_printed_and_told_the_key_in_a_header_alone() -> None:
    with DeepgramPeer() as peer, listening(peer, Ears()):
        peer.wait_until(lambda: bool(peer.calls))
        [call] = peer.calls
        assert call.headers["authorization"] == f"Token {KEY}"
        assert {name: value for name, [value] in call.query.items()} == {
            **speech.OPTIONS,
            "model": "nova-2",
            "language": "en",
        }
        assert "mip_opt_out" in call.query and KEY not in str(call.query)


def test_what_the_address_asks_for_wins() -> None:
    service = speech.gateway(
        "wss://api.eu.deepgram.com/v1/listen?model=nova-3-medical&keyterm=a b&keyterm=c", KEY, "x", ""
    )
    assert isinstance(service, deepgram.DeepgramSpeech)
    assert service.address.startswith("wss://api.eu.deepgram.com/v1/listen?")
    assert service.address.endswith("&model=nova-3-medical&keyterm=a+b&keyterm=c")
    assert service.address.count("model=") == 1
    assert "language" not in service.address


def test_without_a_key_nobody_listens() -> None:
    assert speech.gateway("wss://api.deepgram.com/v1/listen", "", "nova-2", "en") is None


@pytest.mark.parametrize(
    "url", ["", "api.deepgram.com", "https://api.deepgram.com", "wss://", "wss://a:b@host/", "ws://x:y/"]
)
def test_an_address_that_can_not_be_read_is_said_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="MEDIMEET_DEEPGRAM_URL"):
        speech.gateway(url, KEY, "nova-2", "en")


def test_a_key_that_is_none_is_said_at_once() -> None:
    with pytest.raises(ValueError, match="MEDIMEET_DEEPGRAM_API_KEY"):
        speech.gateway("wss://api.deepgram.com/v1/listen", "key\r\nX: y", "nova-2", "en")


@pytest.mark.parametrize(
    ("said", "sentences"),
    [
        ([words("Hello", is_final=True), END, END], ["Hello"]),
        ([words("Hello", is_final=True, is_end=True), END], ["Hello"]),
        ([END, words("", is_final=True, is_end=True), END], []),
        ([words("Hel"), END, words("Hello", is_final=True)], ["Hello"]),
        ([words("One,", is_final=True), words("tw"), END, words("two.", is_final=True), END], ["One, two."]),
        ([words("Hello"), words("", is_final=True, is_end=True)], []),
        ([words("la" * 1500, is_final=True)] * 2, [" ".join(["la" * 1500] * 2)]),
    ],
)
def test_each_sentence_is_said_once_however_it_ends(said: list[dict[str, object]], sentences: list[str]) -> None:
    script = [[*said, words("Over.", is_final=True, is_end=True)]]
    with DeepgramPeer(script=script) as peer, listening(peer, ears := Ears()) as running:
        running.feed(SECOND)
        ears.wait_until(lambda: bool(ears.sentences) and ears.sentences[-1].endswith("Over."))
        assert ears.sentences == [*sentences, "Over."]


def test_what_was_said_before_a_pause_is_a_sentence_and_the_pause_is_not_heard() -> None:
    script = [[words("Good", is_final=True)]]
    with DeepgramPeer(script=script) as peer, listening(peer, ears := Ears()) as running:
        running.feed(SECOND)
        running.pause()
        running.pause()
        ears.wait_until(lambda: ears.sentences == ["Good"])
        running.feed(SECOND)
        running.resume()
        running.feed(TONE)
        peer.wait_until(lambda: len(peer.audio(0)) == len(SECOND) + len(TONE))
        assert peer.orders() == ["Finalize"]


def test_words_at_a_pause_are_a_sentence_also_where_the_service_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "PAUSE_WORDS_SECONDS", 0.1)
    monkeypatch.setattr(DeepgramPeer, "finalizes", False)
    with DeepgramPeer(script=[[words("Good", is_final=True)]]) as peer, listening(peer, ears := Ears()) as running:
        running.feed(SECOND)
        ears.wait_until(lambda: bool(ears.interim))
        running.pause()
        ears.wait_until(lambda: ears.sentences == ["Good"])


def test_the_last_words_come_before_the_end_and_nothing_after_it() -> None:
    script = [[words("Bye", is_final=True), words("for now")]]
    with DeepgramPeer(script=script) as peer, listening(peer, ears := Ears()) as running:
        running.feed(SECOND)
        running.feed(b"")
        running.finish()
        assert ears.sentences == ["Bye for now"]
        assert peer.orders() == ["CloseStream"]
        assert all(frame for _, frame in peer.frames)
        running.feed(SECOND)
        running.resume()
        running.finish()
        assert ears.codes == []
        assert threads() == []


def test_a_line_is_kept_open_while_nobody_speaks_and_closed_in_a_long_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "KEEP_ALIVE_SECONDS", 0.1)
    monkeypatch.setattr(session, "LONG_PAUSE_SECONDS", 0.5)
    with DeepgramPeer("echo_bytes") as peer, listening(peer, ears := Ears()) as running:
        keep_ticking(running, lambda: peer.orders()[:2] == ["KeepAlive"] * 2)
        running.pause()
        keep_ticking(running, lambda: peer.orders()[-1] == "KeepAlive" and "Finalize" in peer.orders())
        peer.wait_until(lambda: peer.closed == [0])
        running.resume()
        running.feed(TONE)
        peer.wait_until(lambda: peer.audio(1) == TONE)
        assert ears.told == []


def test_a_line_that_breaks_is_opened_again_and_every_byte_comes_in_its_order() -> None:
    sound = [random.Random(number).randbytes(FRAME) for number in range(60)]
    with DeepgramPeer("drops", good_frames=25) as peer, listening(peer, ears := Ears()) as running:
        for number, frame in enumerate(sound):
            running.feed(frame)
            if number < 25:
                peer.wait_until(lambda: len(peer.frames) > number)  # noqa: B023
        ears.wait_until(lambda: ears.codes == ["speech_reconnecting", "speech_back"])
        peer.wait_until(lambda: len(peer.settled) == 60 * FRAME)
        assert peer.settled == b"".join(sound)
        assert peer.audio(1) == b"".join(sound[20:])
        assert ears.sentences == []


def test_words_that_were_final_before_a_line_broke_are_a_sentence() -> None:
    script = [[words("Dear", is_final=True)], [words("doctor")]]
    with DeepgramPeer("drops", script, good_frames=20) as peer, listening(peer, ears := Ears()) as running:
        for _ in range(20):
            running.feed(TONE)
        ears.wait_until(lambda: ears.codes == ["speech_reconnecting", "speech_back"])
        assert ears.sentences == ["Dear"]


def test_a_line_that_breaks_again_and_again_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "WAITS", (0.01, 0.01, 0.01))
    with DeepgramPeer("drops", good_frames=1, bad_lines=9) as peer, listening(peer, ears := Ears()) as running:
        running.feed(TONE)
        ears.wait_until(lambda: ears.codes[-1:] == ["speech_unavailable"])
        running.feed(SECOND)
        assert len(peer.calls) == 4
        assert ears.codes == ["speech_reconnecting", "speech_back"] * 3 + ["speech_unavailable"]
        assert [event.is_over for event in ears.told if isinstance(event, SpeechTrouble)] == [False] * 6 + [True]


@pytest.mark.parametrize(
    ("mode", "said"), [("refuses_key", "401 INVALID_AUTH"), ("no_credit", "402 ASR_PAYMENT_REQUIRED")]
)
def test_who_is_refused_is_told_at_once_and_the_log_says_why(
    mode: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    caplog.set_level("WARNING", "websockets.server")  # the peer's own
    with DeepgramPeer(mode) as peer, listening(peer, ears := Ears()) as running:
        running.feed(SECOND)
        ears.wait_until(lambda: ears.codes == ["speech_refused"], 5)
        assert len(peer.calls) == 1
        assert said in caplog.text and "b6d2c4f0" in caplog.text
        assert KEY not in caplog.text


def test_a_server_that_is_gone_is_told_within_five_seconds() -> None:
    with DeepgramPeer() as peer:
        url = peer.url
    service = speech.gateway(url, KEY, "nova-2", "en")
    assert service
    running = service.listen(ears := Ears())
    ears.wait_until(lambda: ears.codes == ["speech_reconnecting", "speech_unavailable"], 5)
    running.finish()


def test_a_sound_that_is_none_is_told_and_not_sent_again() -> None:
    with DeepgramPeer("bad_audio") as peer, listening(peer, ears := Ears()) as running:
        running.feed(TONE)
        ears.wait_until(lambda: ears.codes == ["speech_bad_audio"], 5)
        assert len(peer.calls) == 1


@pytest.mark.parametrize("mode", ["error_frame", "huge"])
def test_a_line_that_says_what_it_should_not_is_given_up(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "WAITS", (0.01, 0.01, 0.01))
    with DeepgramPeer(mode, script=[]) as peer, listening(peer, ears := Ears()) as running:
        running.feed(TONE)
        ears.wait_until(lambda: ears.codes[-1:] == ["speech_unavailable"])
        assert ears.codes.count("speech_reconnecting") == ears.codes.count("speech_back") == 3
        assert len(peer.calls) == 4


def test_garbage_is_passed_over() -> None:
    with DeepgramPeer("garbage") as peer, listening(peer, ears := Ears()) as running:
        running.feed(SECOND * 3)
        ears.wait_until(lambda: bool(ears.sentences))
        assert ears.sentences == ["I would like to book an appointment tomorrow."]
        assert ears.codes == []


def test_a_service_that_gives_no_words_is_told_of_while_people_speak_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "SILENT_SECONDS", 0.1)
    with DeepgramPeer("silent") as peer, listening(peer, ears := Ears()) as running:
        running.feed(bytes(FRAME))
        peer.wait_until(lambda: bool(peer.frames))
        keep_ticking(running, lambda: running._pong is not None)  # type: ignore[attr-defined]
        assert ears.codes == []
        running.feed(TONE)
        ears.wait_until(lambda: ears.codes == ["speech_unavailable"])
        peer.mode = "echo_bytes"
        running.feed(SECOND)
        ears.wait_until(lambda: ears.codes == ["speech_unavailable", "speech_back"])


@pytest.mark.parametrize("mode", ["half_dead", "slow_accept"])
def test_who_waits_for_a_dead_service_is_told_within_five_seconds(mode: str) -> None:
    with DeepgramPeer(mode) as peer:
        running = (speech.gateway(peer.url, KEY, "nova-2", "en") or pytest.fail()).listen(ears := Ears())
        before = time.monotonic()
        while not ears.told and time.monotonic() - before < 5:
            running.feed(TONE)
            running.tick()
            time.sleep(0.1)
        assert ears.codes == ["speech_reconnecting"]
        before = time.monotonic()
        running.finish()
        assert time.monotonic() - before < 2.5


def test_who_speaks_into_a_line_that_stays_away_hears_that_words_were_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "WAITS", (1, 1, 1))
    with DeepgramPeer("drops", good_frames=1) as peer, listening(peer, ears := Ears()) as running:
        running.feed(TONE)
        ears.wait_until(lambda: ears.codes == ["speech_reconnecting"])
        for _ in range(40):
            running.feed(SECOND)
        ears.wait_until(lambda: ears.codes == ["speech_reconnecting", "speech_back", "speech_lost"])
        peer.wait_until(lambda: len(peer.audio(1)) == 30 * len(SECOND))


def test_a_hundred_sessions_leave_no_thread_and_no_descriptor() -> None:
    with DeepgramPeer("echo_bytes") as peer:
        for _ in range(100):
            with listening(peer, Ears()) as running:
                running.feed(TONE)
        assert threads() == []
        assert len(peer.settled) == 0 and len(peer.calls) == 100


def test_twenty_people_speak_at_once_and_each_is_heard() -> None:
    with DeepgramPeer("echo_bytes") as peer:
        service = speech.gateway(peer.url, KEY, "nova-2", "en")
        assert service
        running = [service.listen(Ears()) for _ in range(20)]
        sounds = [random.Random(number).randbytes(FRAME) * 30 for number in range(20)]
        for start in range(0, 30 * FRAME, FRAME):
            for one, sound in zip(running, sounds, strict=True):
                one.feed(sound[start : start + FRAME])
        peer.wait_until(lambda: sorted(peer.audio(number) for number in range(20)) == sorted(sounds))
        for one in running:
            one.finish()
        assert threads() == []


def test_a_listener_that_fails_does_not_end_the_listening() -> None:
    ears = Ears()

    def failing(event: Heard | SpeechTrouble) -> None:
        ears(event)
        raise RuntimeError("the page is gone")

    with DeepgramPeer() as peer, listening(peer, failing) as running:
        running.feed(SECOND * 3)
        ears.wait_until(lambda: bool(ears.sentences))


def test_who_hears_that_it_is_over_may_end_the_session_at_once() -> None:
    sessions: list[SpeechSession] = []
    ended = threading.Event()
    is_there = threading.Event()

    def ending(_: Heard | SpeechTrouble) -> None:
        is_there.wait()
        sessions[0].finish()
        ended.set()

    with DeepgramPeer("refuses_key") as peer, listening(peer, ending) as running:
        sessions.append(running)
        is_there.set()
        assert ended.wait(5)


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        (f'{{"err_code":"INVALID_AUTH","err_msg":"Your key {KEY} is wrong."}}', "INVALID_AUTH"),
        (f"received 1011 (internal error) NET-0001 {KEY}", "1011"),
        (f"NET-0001 for {KEY}", "NET-0001"),
        (f"Ada Lovelace said {KEY}", "without a code"),
    ],
)
def test_of_what_the_service_says_of_a_fault_only_its_code_is_logged(said: str, logged: str) -> None:
    assert troubles.code_in(said) == logged
