"""Talking and typing to the assistant, in a real browser with a microphone, over real sockets: to Deepgram's double,
to a model's double, and to the clinic's own server in between."""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, JSHandle, Locator, Page, WebSocketRoute, expect

from tests.cli.commands import Server, running
from tests.e2e import spoken
from tests.e2e.conftest import sign_in_as, watch
from tests.e2e.looking import DESK, PHONE, faults_in
from tests.peers.deepgram import SENTENCE, DeepgramPeer
from tests.peers.language_model import LanguageModelPeer, Said

PATIENT, OTHER_PATIENT, DOCTOR = "riverside-patient", "riverside-patient2", "riverside-doctor"
WORDS = "I would like to book an appointment tomorrow."
PHONE_WITH_ITS_BARS = PHONE | {"height": 740}  # what is left between those of the browser
WILL_DO = "Please look at the visit below, and press Confirm if it is right."


class BookingModel(LanguageModelPeer):
    """A model that looks for a treatment and a free time, and proposes the last it finds, when "book" is said."""

    def next_answer(self, call: dict[str, Any], headers: dict[str, str]) -> Said:
        super().next_answer(call, headers)
        said = [message["role"] for message in call["messages"]]
        asked = len(said) - 1 - said[::-1].index("user")
        results = [json.loads(message["content"]) for message in call["messages"] if message["role"] == "tool"]
        question = str(call["messages"][asked]["content"])
        if "book" not in question:
            return f"You asked: {question}"
        match len(said) - 1 - asked:
            case 0:
                return {"name": "list_treatments", "arguments": "{}"}
            case 2:
                return {
                    "name": "list_free_times",
                    "arguments": json.dumps({"treatment_id": first(results, "treatment_id")}),
                }
            case 4:
                slot = {"slot_id": first(results[::-1], "slot_id"), "treatment_id": first(results, "treatment_id")}
                return {"name": "propose_booking", "arguments": json.dumps(slot)}
        return WILL_DO


def first(results: list[Any], name: str) -> Any:
    """The first value of that name in what tools gave."""
    found = re.search(rf'"{name}": (\d+)', json.dumps(results))
    assert found is not None, results
    return int(found[1])


@pytest.fixture(scope="module")
def listener() -> Iterator[DeepgramPeer]:
    with DeepgramPeer("speaks") as peer:
        yield peer


@pytest.fixture
def deepgram(listener: DeepgramPeer) -> DeepgramPeer:
    """Deepgram's double, which hears WORDS once in each test."""
    listener.script[:] = SENTENCE
    return listener


@pytest.fixture(scope="module")
def model() -> Iterator[LanguageModelPeer]:
    with BookingModel() as peer:
        yield peer


@pytest.fixture(scope="module")
def talking_demo(
    listener: DeepgramPeer, model: LanguageModelPeer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The demo with keys for speech and for a model."""
    settings = {
        "MEDIMEET_RATELIMIT_ENABLED": "0",
        "MEDIMEET_DEEPGRAM_URL": listener.url,
        "MEDIMEET_DEEPGRAM_API_KEY": "a-key-of-deepgram",
        "MEDIMEET_LLM_BASE_URL": model.url,
        "MEDIMEET_LLM_API_KEY": "a-key-of-the-model",
        "MEDIMEET_LLM_MODEL": "calm-1",
    }
    with running(tmp_path_factory.mktemp("talking"), "demo", **settings) as server:
        yield server


@pytest.fixture(scope="module")
def browser_with_microphone(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """Chromium whose microphone plays a file, once for each time that it is opened."""
    sound = tmp_path_factory.mktemp("sound") / "microphone.wav"
    spoken.write(Path(sound))
    arguments = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={sound}%noloop"]
    browser = browser_type.launch(**browser_type_launch_args | {"args": arguments})
    yield browser
    browser.close()


@pytest.fixture
def page_of(browser_with_microphone: Browser, talking_demo: Server, faults: list[str]) -> Iterator[Callable[..., Page]]:
    """A page of the person, signed in; they lend the microphone unless told otherwise."""
    contexts: list[BrowserContext] = []

    def opened(username: str, **settings: Any) -> Page:
        given = {"permissions": ["microphone"], "reduced_motion": "reduce", "locale": "en-GB"} | settings
        context = browser_with_microphone.new_context(base_url=talking_demo.url, **given)
        contexts.append(context)
        watch(context, faults)
        page = context.new_page()
        sign_in_as(page, username)
        return page

    yield opened
    for context in contexts:
        context.close()


PageOf = Callable[..., Page]


def test_a_patient_says_it_and_books_by_keyboard(
    page_of: PageOf, deepgram: DeepgramPeer, model: LanguageModelPeer
) -> None:
    page = page_of(PATIENT)
    page.goto("/transcription/")
    button = page.locator("#assistant-talk")
    button.focus()
    before = len(deepgram.calls)
    states = heard_of(state_of(page))
    page.keyboard.down("Space")
    expect(state_of(page)).to_contain_text("Listening")
    assert "Ready" not in states.json_value()
    expect(turns(page, "interim")).to_have_text(re.compile("I would like"))
    expect(turns(page, "you")).to_have_text(re.compile(re.escape(WORDS)))
    deepgram.wait_until(lambda: len(deepgram.audio(before)) > 32_000 * 4)
    page.keyboard.up("Space")
    deepgram.wait_until(lambda: "Finalize" in deepgram.orders())
    heard = deepgram.audio(before)
    assert spoken.tones_in(heard) == list(spoken.TONES)
    assert 4 < len(heard) / 32_000 < 8
    assert {len(frame) for line, frame in deepgram.frames if line == before and isinstance(frame, bytes)} >= {3200}

    card = page.locator(".mm-proposal")
    expect(card).to_contain_text("Book this visit?")
    expect(page.locator("#assistant-log")).to_contain_text(WILL_DO)
    expect(state_of(page)).to_have_text("Ready")
    assert faults_in(page, "/transcription/ with a card") == []
    for _ in range(60):
        if page.evaluate("document.activeElement.textContent.trim()") == "Confirm":
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(card).to_contain_text("Booked: ")
    expect(card.locator("[data-focus-after-swap]")).to_be_focused()
    card.get_by_role("link", name="Show the visit").click()
    reference = page.title()
    page.goto("/view_appointments/")
    expect(page.locator(".mm-visit").first).to_be_visible()
    assert reference.startswith("Visit ")
    for words in ("a-key-of-deepgram", "a-key-of-the-model"):
        assert words not in page.content()


def test_a_microphone_that_is_denied_or_not_there_is_named_and_typing_goes_on(
    page_of: PageOf, browser: Browser, talking_demo: Server
) -> None:
    denied = page_of(PATIENT, permissions=[])
    without = browser.new_context(base_url=talking_demo.url, permissions=["microphone"]).new_page()
    sign_in_as(without, OTHER_PATIENT)
    for page, words in ((denied, "choose Allow, then press the button again"), (without, "No microphone was found")):
        page.goto("/transcription/")
        page.locator("#assistant-talk").click()
        expect(turns(page, "trouble")).to_contain_text(words)
        expect(turns(page, "trouble")).to_contain_text("You can type instead")
        ask(page, "Where are you?")
        expect(turns(page, "answer").last).to_contain_text("You asked: Where are you?")
    without.context.close()


def test_a_line_that_breaks_in_the_middle_of_an_answer_loses_nothing(page_of: PageOf) -> None:
    page = page_of(PATIENT)
    lines = break_the_first_line(page, after='"reply"')
    page.goto("/transcription/")
    ask(page, "Do you have parking?")
    expect(turns(page, "answer")).to_have_count(2)
    expect(turns(page, "answer").last).to_contain_text("You asked: Do you have parking?")
    expect(state_of(page)).to_have_text("Ready")
    assert len(lines) == 2
    assert turns(page, "you").count() == 1


def test_a_line_that_is_dead_and_tells_nobody_is_opened_again(page_of: PageOf) -> None:
    page = page_of(PATIENT)
    lines: list[WebSocketRoute] = []

    def open_line(route: WebSocketRoute) -> None:
        lines.append(route)
        server, said = route.connect_to_server(), ""

        def pass_on(message: str | bytes) -> None:
            nonlocal said
            said += str(message)
            if len(lines) > 1 or '"text"' not in said:
                server.send(message)

        route.on_message(pass_on)

    page.route_web_socket(re.compile("/ws/transcription/"), open_line)
    page.goto("/transcription/")
    ask(page, "Do you have parking?")
    expect(turns(page, "answer").last).to_contain_text("You asked: Do you have parking?", timeout=15_000)
    assert len(lines) == 2


def test_a_line_that_breaks_while_somebody_speaks_is_opened_again_and_hears_it_all(
    page_of: PageOf, deepgram: DeepgramPeer
) -> None:
    page, before = page_of(OTHER_PATIENT, viewport=PHONE_WITH_ITS_BARS), len(deepgram.calls)
    lines = break_the_first_line(page, after='"transcript"')
    page.goto("/transcription/")
    page.get_by_label("Press once to talk").check()
    page.get_by_role("button", name="Press to talk").click()
    expect(turns(page, "you")).to_have_text(re.compile(re.escape(WORDS)))
    while len(deepgram.audio(before + 1)) < 32_000 * 4:
        page.wait_for_timeout(50)  # the routed line runs in this very thread
    page.get_by_role("button", name="Press to stop").click()
    expect(state_of(page)).to_have_text("Ready")
    assert spoken.tones_in(deepgram.audio(before + 1)) == list(spoken.TONES)
    assert len(lines) == 2
    for name in ("Confirm", "Press to talk"):
        expect(page.get_by_role("button", name=name).last).to_be_in_viewport(ratio=1)


def test_a_server_that_starts_anew_is_waited_for_by_whoever_speaks(page_of: PageOf, deepgram: DeepgramPeer) -> None:
    page = page_of(OTHER_PATIENT)
    lines = break_the_first_line(page, after='"transcript"', away_seconds=2.5)
    page.goto("/transcription/")
    page.get_by_label("Press once to talk").check()
    page.get_by_role("button", name="Press to talk").click()
    expect(state_of(page)).to_contain_text("Connecting again")
    expect(state_of(page)).to_contain_text("Listening")
    assert 2 < len(lines) < 7
    expect(turns(page, "trouble")).to_have_count(0)
    page.get_by_role("button", name="Press to stop").click()


def test_where_sockets_are_blocked_the_form_asks(page_of: PageOf) -> None:
    page = page_of(PATIENT)
    page.route_web_socket(re.compile("/ws/transcription/"), lambda route: route.close(code=1011))
    page.goto("/transcription/")
    ask(page, "Is there a lift?")
    expect(turns(page, "answer").last).to_contain_text("You asked: Is there a lift?")
    ask(page, "And a ramp?")
    expect(turns(page, "answer").last).to_contain_text("You asked: And a ramp?")
    expect(turns(page, "you")).to_have_count(2)
    expect(page.get_by_label("Type your question")).to_have_value("")


def test_without_any_key_a_patient_books_by_pressing_what_is_offered(
    new_context: Callable[..., BrowserContext], sign_in: Callable[[Page, str], None]
) -> None:
    page = new_context(viewport=PHONE).new_page()
    sign_in(page, PATIENT)
    page.goto("/transcription/")
    ask(page, "Book a visit")
    choices = page.get_by_role("group", name="You can choose").get_by_role("button")
    for step in range(2, 5):
        expect(choices.first).to_be_visible()
        expect(turns(page, "answer").nth(step - 1).locator(".mm-turn-words")).not_to_contain_text("1. ")
        if step == 2:
            assert faults_in(page, "/transcription/ with choices") == []
        choices.last.click()
        expect(turns(page, "you")).to_have_count(step)
        expect(turns(page, "answer").nth(step)).not_to_be_empty()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Booked:")).to_be_visible()


def test_without_javascript_a_phone_shows_the_newest_answer(page_of: PageOf) -> None:
    page = page_of(PATIENT, java_script_enabled=False, viewport=PHONE)
    page.goto("/transcription/")
    for words in ("Do you have parking?", "Is there a lift?", "Is there a bus?", "I have chest pain"):
        ask(page, words)
        expect(turns(page, "you").last).to_have_text(re.compile(re.escape(words)))
    expect(turns(page, "answer").last.get_by_text("call 999 now")).to_be_in_viewport()


def test_on_a_phone_a_long_answer_pushes_the_box_to_type_in_not_out_of_sight(page_of: PageOf) -> None:
    page = page_of(PATIENT, viewport=PHONE)
    page.goto("/transcription/")
    ask(page, "Do you have parking? " * 20)
    expect(turns(page, "answer").last).to_contain_text("You asked: Do you have parking?")
    expect(page.get_by_label("Type your question")).to_be_in_viewport(ratio=1)
    ask(page, "I have chest pain")
    expect(page.get_by_role("link", name="Call 999")).to_be_in_viewport(ratio=1)


def test_two_tabs_of_one_person_each_have_their_own_answers(page_of: PageOf) -> None:
    first_tab = page_of(PATIENT)
    second_tab = first_tab.context.new_page()
    for tab in (first_tab, second_tab):
        tab.goto("/transcription/")
    ask(first_tab, "Is it one?")
    ask(second_tab, "Is it two?")
    expect(turns(first_tab, "answer").last).to_contain_text("You asked: Is it one?")
    expect(turns(second_tab, "answer").last).to_contain_text("You asked: Is it two?")
    expect(first_tab.locator("#assistant-log")).not_to_contain_text("two")


def test_a_doctor_asks_beside_the_day_and_sees_the_credits_go_down(page_of: PageOf) -> None:
    page = page_of(DOCTOR, viewport=PHONE)
    page.goto("/doctor-day/")
    page.get_by_role("link", name="Ask the assistant").click()
    panel = page.get_by_role("dialog", name="Assistant")
    credits_left = int(re.findall(r"\d+", panel.locator("#assistant-credits").inner_text())[0])
    ask(page, "What is new?")
    expect(turns(page, "answer").last).to_contain_text("You asked: What is new?")
    expect(panel.locator("#assistant-credits")).to_contain_text(str(credits_left - 1))
    assert panel.evaluate("panel => panel.getBoundingClientRect().width") == PHONE["width"]
    assert faults_in(page, "/doctor-day/ with the panel") == []
    page.set_viewport_size(DESK)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.get_by_role("link", name="Ask the assistant")).to_be_focused()


def break_the_first_line(page: Page, after: str, away_seconds: float = 0) -> list[WebSocketRoute]:
    """The lines that the page opens; the first one breaks once a frame with `after` in it has come.

    Those of the next `away_seconds` are refused.
    """
    lines: list[WebSocketRoute] = []
    broken_at = float("-inf")

    def open_line(route: WebSocketRoute) -> None:
        nonlocal broken_at
        lines.append(route)
        if time.monotonic() - broken_at < away_seconds:
            route.close(code=1011)
            return
        server, is_sound = route.connect_to_server(), len(lines) > 1
        is_broken = False

        def pass_on(message: str | bytes) -> None:
            nonlocal is_broken, broken_at
            if is_broken:
                return
            route.send(message)
            is_broken = not is_sound and after in str(message)
            if is_broken:
                broken_at = time.monotonic()
                server.close()
                route.close(code=1011)

        server.on_message(pass_on)

    page.route_web_socket(re.compile("/ws/transcription/"), open_line)
    return lines


def ask(page: Page, words: str) -> None:
    """Types a question and presses Enter."""
    page.get_by_label("Type your question").fill(words)
    page.keyboard.press("Enter")


def turns(page: Page, kind: str) -> Locator:
    """What "you" said, what is "interim", what the "answer" was, what "trouble" there is."""
    return page.locator(f"#assistant-log .mm-turn-{kind}")


def heard_of(place: Locator) -> JSHandle:
    """A growing list of what a screen reader says of a place that is alive."""
    return place.evaluate_handle("""place => {
        const heard = [];
        new MutationObserver(() => heard.push(place.textContent)).observe(place, {childList: true});
        return heard;
    }""")


def state_of(page: Page) -> Locator:
    """What the assistant says it is doing."""
    return page.locator("#assistant-state [data-words]")
