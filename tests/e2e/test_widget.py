"""The chat on a clinic's own site, in a real browser: another origin, a strict policy, a real server behind it."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Frame, Locator, Page, Route, expect

from medimeet.errors import NeedsOneTimeCode
from tests.domain.danger_sentences import DANGEROUS, HARMLESS, sentences
from tests.e2e.clinic_site import open_chat, open_frame, press_bubble, running_clinic_site, wait_until_told
from tests.e2e.demo_site import PASSWORD
from tests.e2e.looking import EVERYTHING, PHONE, VIOLATIONS

NewContext = Callable[..., BrowserContext]
SignIn = Callable[[Page, str], None]
GUEST = "riverside-patient2@clinic.example"


@pytest.fixture(scope="module")
def clinic_site(site: str) -> Iterator[str]:
    """The address of the clinic's own site."""
    with running_clinic_site(site) as url:
        yield url


def test_a_visitor_books_by_keyboard_and_the_mail_confirms_it(new_context: NewContext, clinic_site: str) -> None:
    page = new_context().new_page()
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    page.goto(f"{clinic_site}/1")
    page.locator("medimeet-chat").wait_for(state="attached")
    wait_until_told(page, expanded=False)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    frame = open_chat(page, lambda page: page.keyboard.press("Enter"))
    wait_until_told(page, expanded=True)
    for name in ("Book a visit", "General consultation", "Dr Samuel Nowak", "Later days"):
        press_by_keyboard(page, frame, name)
    press_by_keyboard(page, frame, re.compile(r"\d free"))
    press_by_keyboard(page, frame, "11:30")
    expect(last_turn(frame)).to_contain_text("Europe/London, G")
    press_by_keyboard(page, frame, "Book by e-mail")
    page.keyboard.press("Tab")
    page.keyboard.type(GUEST)
    page.keyboard.press("Enter")
    expect(last_turn(frame)).to_contain_text(f"We have sent a mail to {GUEST}.")
    expect(last_turn(frame)).to_contain_text("within 30 minutes. Until then nothing is booked")
    assert [url for url in refused if "favicon" not in url] == []
    page.keyboard.press("Escape")
    expect(page.locator("medimeet-chat")).to_be_focused()
    wait_until_told(page, expanded=False)
    confirm_by_mail(new_context().new_page())
    page.evaluate("document.querySelector('medimeet-chat').remove()")
    open_chat(page, lambda page: page.evaluate("MediMeet('open')"))
    page.evaluate("MediMeet('shutdown')")
    assert page.evaluate("!window.MediMeet && !document.querySelector('medimeet-chat')")


def test_a_patient_signs_in_on_a_phone_books_comes_back_moves_and_cancels(
    new_context: NewContext, clinic_site: str
) -> None:
    context = new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(f"{clinic_site}/1")
    page.evaluate("Object.assign(document.body.style, { transform: 'scale(1)', height: '3000px' })")
    frame = open_chat(page)
    assert frame.evaluate("[innerWidth, innerHeight]") == [PHONE["width"], PHONE["height"]]
    for _ in range(2):
        page.keyboard.press("Shift+Tab")
        expect(page.locator("medimeet-chat")).to_be_focused()
    type_words(frame, "I would like to see Dr Hart")
    for name in ("General consultation", "Later days", re.compile(r"\d free"), "15:30", "Sign in and book"):
        press(frame, name)
    sign_in_within(frame, "a wrong password")
    expect(last_turn(frame)).to_contain_text("do not belong together")
    expect(frame.get_by_label("E-mail address")).to_have_value("riverside-patient@clinic.example")
    assert_clean(frame)
    sign_in_within(frame, PASSWORD)
    expect(last_turn(frame)).to_contain_text("Shall I book this visit?")
    press(frame, "Yes, book this visit")
    expect(last_turn(frame)).to_contain_text("Your visit is booked.")
    kept = {cookie["name"]: (cookie["httpOnly"], cookie["secure"]) for cookie in context.cookies()}
    assert kept == {"refresh_token": (True, True), "chat_signed_in": (False, True)}
    page.reload()
    frame = open_chat(page)
    expect(last_turn(frame)).to_contain_text("You are signed in.")
    page.route("**/appointments/", send_with_an_old_key, times=1)
    type_words(frame, "my appointments")
    expect(last_turn(frame)).to_contain_text("appointments to come. The next is")
    assert_clean(frame)
    frame.get_by_role("group", name=re.compile("15:30")).get_by_role("button", name="Move").click()
    press(frame, re.compile(r"\d free"))
    press(frame, "16:00")
    expect(last_turn(frame)).to_contain_text("15:30 to 16:00")
    press(frame, "Yes, move it")
    expect(last_turn(frame)).to_contain_text("16:00 to 16:30")
    press(frame, "My appointments")
    frame.get_by_role("group", name=re.compile("16:00")).get_by_role("button", name="Cancel").click()
    press(frame, "Yes, cancel it")
    expect(last_turn(frame)).to_contain_text("The visit is canceled.")
    page.emulate_media(color_scheme="dark")
    assert_clean(frame)
    type_words(frame, "log me out")
    expect(last_turn(frame)).to_contain_text("You are signed out")
    expect(frame.get_by_text("Dr Amelia Hart")).to_have_count(0)
    assert context.cookies() == []
    press(frame, "Start again")
    frame.get_by_role("button", name="Close").click()
    expect(page.locator("medimeet-chat")).to_be_focused()


def test_who_uses_an_authenticator_app_is_led_to_the_pages_that_take_its_code(
    new_context: NewContext, clinic_site: str
) -> None:
    page = new_context().new_page()
    page.goto(f"{clinic_site}/1")
    frame = open_chat(page)
    type_words(frame, "sign in")
    expect(frame.get_by_role("link", name="Doctor or staff?")).to_have_attribute("href", "/login/")
    needs_code = {"error": NeedsOneTimeCode.default_words}
    page.route("**/chatbot/login/**", lambda route: route.fulfill(status=NeedsOneTimeCode.status, json=needs_code))
    sign_in_within(frame, PASSWORD)
    expect(last_turn(frame)).to_contain_text("asks for the code of your authenticator app")
    expect(last_turn(frame).get_by_role("link", name="Sign in on our pages")).to_have_attribute("href", "/login/")


def test_a_time_that_somebody_else_took_is_told_and_the_nearest_are_offered(
    new_context: NewContext, site: str, faults: list[str]
) -> None:
    """Two visitors with the chat as a page of its own look at the same time; what was typed is kept."""
    first, second = (new_context().new_page() for _ in range(2))
    for page in (first, second):
        page.goto(f"{site}/widget/1/")
        for name in ("Book a visit", "General consultation", "Dr Samuel Nowak", "Later days", re.compile(r"\d free")):
            press(page.main_frame, name)
        for name in ("13:30", "Book by e-mail"):
            press(page.main_frame, name)
        page.get_by_label("E-mail address").fill(GUEST)
    first.context.set_offline(True)
    first.get_by_role("button", name="Send me the mail").click()
    expect(last_turn(first.main_frame)).to_contain_text("You are not connected to the internet.")
    first.context.set_offline(False)
    press(first.main_frame, "Try again")
    expect(last_turn(first.main_frame)).to_contain_text("We have sent a mail")
    second.get_by_role("button", name="Send me the mail").click()
    expect(last_turn(second.main_frame)).to_contain_text("13:30 was taken a moment ago.")
    press(second.main_frame, "13:00")
    press(second.main_frame, "Book by e-mail")
    expect(second.get_by_label("E-mail address")).to_have_value(GUEST)
    second.get_by_role("button", name="Send me the mail").click()
    press(second.main_frame, "Start again")
    press(second.main_frame, "My appointments")
    sign_in_within(second.main_frame, PASSWORD, GUEST)
    second.get_by_role("group", name=re.compile("13:00")).get_by_role("button", name="Confirm").click()
    expect(last_turn(second.main_frame)).to_contain_text("Your visit is booked.")
    faults[:] = [fault for fault in faults if "ERR_INTERNET_DISCONNECTED" not in fault]  # as it was meant
    assert second.evaluate("localStorage.length + sessionStorage.length") == 0


def test_only_sites_that_the_clinic_lists_can_show_its_chat(
    new_context: NewContext, browser: Browser, sign_in: SignIn, site: str, clinic_site: str
) -> None:
    admin = new_context().new_page()
    sign_in(admin, "hillside-admin")
    admin.goto("/clinic/chatbot/")
    for listed, is_shown in (("https://elsewhere.example", False), (clinic_site, True)):
        admin.get_by_label("Sites that may show the chat").fill(listed)
        admin.get_by_role("button", name="Save the sites").click()
        page = browser.new_context().new_page()
        page.goto(f"{clinic_site}/2")
        if is_shown:
            frame = open_chat(page)
            expect(frame.locator("#heading")).to_contain_text("Hillside Dental")
            admin.get_by_role("link", name="Renew the token").click()
            admin.get_by_role("button", name="Renew").click()
            press(frame, "Treatments and prices")
            expect(last_turn(frame)).to_contain_text("These are our treatments.")
            admin.get_by_role("button", name="Switch the chat off").click()
            type_words(frame, "prices")
            expect(last_turn(frame)).to_contain_text("The clinic has switched this chat off. You can call the clinic")
            page.reload()
            expect(open_frame(page).get_by_role("heading", level=2)).to_have_text(re.compile("switched off"))
            page.keyboard.press("Escape")
            wait_until_told(page, expanded=False)
            admin.get_by_role("button", name="Switch the chat on").click()
        else:
            with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
                press_bubble(page)
            assert not any(site in frame.url for frame in page.frames)
        page.context.close()


def test_plain_words_are_understood_and_others_are_not_guessed_at(page: Page) -> None:
    page.goto("/widget/1/")
    understood = {words: asked_for(page, words) for words in WORDS}
    assert understood == WORDS


def test_words_of_danger_are_heard_in_the_chat_as_they_are_on_the_server(page: Page) -> None:
    page.goto("/widget/1/")
    asked = [*sentences(DANGEROUS), *sentences(HARMLESS)]
    heard = page.evaluate(
        """async (asked) => {
            const { isEmergency } = await import("/static/widget/understand.js");
            return asked.filter(isEmergency);
        }""",
        asked,
    )
    assert heard == sentences(DANGEROUS)


WORDS = {
    "I have a terrible pain in my chest": "emergency",
    "my husband can’t breathe": "emergency",
    "My chest hurts": "emergency",
    "I don’t want to live any more": "emergency",
    "she is unconscious, book an ambulance": "emergency",
    "How much is a check-up?": "price Check-up",
    "what do you charge, any prices?": "treatments",
    "book a check up with doctor Hart": "book Check-up Dr Amelia Hart",
    "Is Dr Nowak free on Monday?": "book Dr Samuel Nowak",
    "I'd like an appointment": "book",
    "please cancel my appointment": "cancel",
    "can I change the date": "move",
    "when is my next visit?": "visits",
    "log in": "signIn",
    "sign me out": "signOut",
    "I forgot my password": "forgotten",
    "I am a new patient": "register",
    "when do you open?": "opening",
    "where are you?": "address",
    "can I talk to a real person": "phone",
    "which doctors do you have": "doctors",
    "Hello": "help",
    "thanks a lot": "thanks",
    "yes": "choice Yes, book it",
    "10:30": "choice 10:30",
    "at 11.30 am please": "choice 11:30",
    "Monday": "choice Mon 23 Nov",
    "tomorrow": "choice Sun 22 Nov",
    "Can I come in tomorrow?": "book",
    "sorry, I can not make it": "cancel",
    "it is an emergancy": "emergency",
    "doctor Novak": "book Dr Samuel Nowak",
    "Amelia": "book Dr Amelia Hart",
    "a long consultaton": "book Long consultation",
    "the colour of the moon": "unknown",
}


def asked_for(page: Page, words: str) -> str:
    """What the chat's reader makes of the words, in short."""
    return page.evaluate(
        """async (words) => {
            const { understand } = await import("/static/widget/understand.js");
            const found = understand(words, {
                choices: ["Yes, book it", "10:30", "11:30", "Sun 22 Nov", "Mon 23 Nov", "Mon 30 Nov"]
                    .map((label) => ({ label })),
                days: { tomorrow: "Sun 22 Nov" },
                treatments: [{ name: "Check-up" }, { name: "Long consultation" }],
                doctors: [{ name: "Dr Amelia Hart" }, { name: "Dr Samuel Nowak" }],
            });
            const names = [found.treatment?.name, found.doctor?.name, found.choice?.label];
            return [found.name, ...names].filter(Boolean).join(" ");
        }""",
        words,
    )


def press(frame: Frame, name: str | re.Pattern[str]) -> None:
    """Presses the first button with this name, once the answer before is there."""
    frame.get_by_role("button", name=name).first.click()


def press_by_keyboard(page: Page, frame: Frame, name: str | re.Pattern[str]) -> None:
    """Reaches the first button with this name by Tab, and presses Enter."""
    button = frame.get_by_role("button", name=name).first
    button.wait_for()
    for _ in range(60):
        if button.evaluate("button => button === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} can't be reached with the Tab key")


def type_words(frame: Frame, words: str) -> None:
    """Types into the box below the conversation, and sends it."""
    frame.get_by_label("Or type a few words").fill(words)
    frame.get_by_role("button", name="Send", exact=True).click()


def send_with_an_old_key(route: Route) -> None:
    """Sends a request as it goes out after the key's quarter of an hour."""
    route.continue_(headers=route.request.headers | {"x-api-key": "one that has ended"})


def sign_in_within(frame: Frame, password: str, email: str = "riverside-patient@clinic.example") -> None:
    """Fills in and sends the chat's sign-in form."""
    frame.get_by_label("E-mail address").fill(email)
    frame.get_by_label("Password").fill(password)
    frame.get_by_role("button", name="Sign in", exact=True).click()


def last_turn(frame: Frame) -> Locator:
    """What the clinic has said last."""
    return frame.get_by_role("article", name="The clinic").last


def assert_clean(frame: Frame) -> None:
    """Assistive technology finds nothing wrong, and nothing scrolls sideways."""
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    frame.evaluate(AXE_SCRIPT)
    assert frame.evaluate(VIOLATIONS, EVERYTHING) == []


def confirm_by_mail(page: Page) -> None:
    """Follows the link of the newest mail to the guest, and presses its button."""
    page.goto("/outbox/")
    page.get_by_role("link", name=re.compile("[Cc]onfirm")).first.click()
    link = re.search(r"https?://\S+/\S*confirm-booking\S*", page.locator("main").inner_text())
    assert link is not None
    page.goto(link[0])
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("booked", re.IGNORECASE))
