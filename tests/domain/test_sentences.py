"""A model's words reach people sentence by sentence, as plain text, and without what it may not say."""

import time

import pytest

from medimeet.domain.sentences import LONGEST, NO_ADVICE, NOTHING_IS_DONE, Sentences


def said(text: str, length: int = 3) -> str:
    sentences = Sentences({"portal.example"})
    pieces = [sentences.add(text[start : start + length]) for start in range(0, len(text), length)]
    return "".join([*pieces, sentences.end()])


@pytest.mark.parametrize("length", [1, 7, 10_000])
def test_harmless_words_arrive_as_they_are_however_they_are_torn(length: int) -> None:
    text = "Dr. Hart is free at 9.30 a.m. on Tuesday.\n\n- 09:30\n- 10:00\n\nWhich? Schön! 日本語。 [patient 31]"
    assert said(text, length) == text


@pytest.mark.parametrize("length", [1, 9, 10_000])
def test_what_a_model_thinks_aloud_stays_unsaid(length: int) -> None:
    assert said("<think>\nShe asks. I must not say it. </think>\n\nWe are open.", length).strip() == "We are open."
    assert said("<think>It never ends. Ever.", length) == ""


def test_a_sentence_is_there_as_soon_as_it_has_ended() -> None:
    sentences = Sentences()
    assert sentences.add("The clinic is open") == ""
    assert sentences.add(" today. Until") == "The clinic is open today. "
    assert sentences.end() == "Until"


@pytest.mark.parametrize("length", [1, 5, 10_000])
def test_a_claim_is_replaced_by_our_own_words_once(length: int) -> None:
    text = "I looked. I have booked it for you. See you on Tuesday! You have the flu. Take 500 mg. Is that all?"
    assert said(text, length) == f"I looked. {NOTHING_IS_DONE} {NO_ADVICE} Is that all?"


def test_a_claim_hides_neither_in_markup_nor_in_length() -> None:
    long = "and so on " * 40
    for hidden in [
        "I have **bo**oked it.",
        "<b>Boo</b>ked!",
        "It is boo\u200bked.",
        long + "it is booked for you " + long,
    ]:
        assert "ked" not in said(hidden), hidden
    assert NOTHING_IS_DONE in said("x " * (LONGEST // 2 - 12) + "your visit has been moved now for you")


def test_words_without_a_full_stop_are_not_waited_for_for_ever() -> None:
    sentences = Sentences()
    ready = sentences.add("word " * 100)
    assert LONGEST - 10 < len(ready) <= LONGEST
    kept = said("word " * 58 + "so here is [patient 31] and more " * 9)
    assert kept.count("[patient 31]") == 9


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**Hours**: see `below`", "Hours: see below"),
        ("# Hours\n* Monday\n* _Tuesday_", "Hours\n- Monday\n- Tuesday"),
        ("Pay [here](https://evil.example/pay)", "Pay here"),
        ("![x](https://evil.example/?q=secret)", "x"),
        ("Go to https://evil.example/a?b=c now", "Go to (a link was left out) now"),
        ("Go to www.evil.example now", "Go to (a link was left out) now"),
        ("Go to //evil.example/x now", "Go to (a link was left out) now"),
        ("Go to https://portal.example/my/ now", "Go to https://portal.example/my/ now"),
        ("Go to https://portal.example@evil.example now", "Go to (a link was left out) now"),
        (
            "Open bit.ly/3abc or evil.com, then evil.co.uk/login",
            "Open {0} or {0}, then {0}".format("(a link was left out)"),
        ),
        (
            "At 9.30/10.30 or a.m. by Dr.Hart/Dr.Bell on portal.example",
            "At 9.30/10.30 or a.m. by Dr.Hart/Dr.Bell on portal.example",
        ),
        ("javascript:alert(1)", "(a link was left out)"),
        ("a<script>alert(1)</script>b<img src=x onerror=alert(1)>c", "abc"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("left\u202eright\u2066\u0000\u200b\ufeff\ud800.", "leftright."),
        ("✅ Tuesday, 5 * 3, snake_case", "Tuesday, 5 * 3, snake_case"),
        ("क्‍ष 👩‍⚕️", "क्‍ष 👩‍⚕️"),
        ("desk@riverside.example, +44 20 7946 0000", "desk@riverside.example, +44 20 7946 0000"),
    ],
)
def test_markup_links_and_hidden_signs_are_made_plain(text: str, shown: str) -> None:
    assert said(text, 10_000) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Please call 911 now.", "Please call 999 now."),
        ("The emergency number is 112.", "The emergency number is 999."),
        ("Call 999 at once.", "Call 999 at once."),
        (
            "The clinic is at 112 Mill Lane, call +44 20 7946 0112.",
            "The clinic is at 112 Mill Lane, call +44 20 7946 0112.",
        ),
    ],
)
def test_in_danger_a_model_names_no_other_number_than_the_clinics(text: str, shown: str) -> None:
    sentences = Sentences(number_in_danger="999")
    assert sentences.add(text) + sentences.end() == shown


@pytest.mark.parametrize("piece", ["dr. ", "you ", "not ", "<a ", "[a](", "*", "b o ", "visit it ", "____", "\n", ". "])
def test_no_text_takes_long_to_judge(piece: str) -> None:
    began = time.process_time()
    said(piece * (20_000 // len(piece)), 7)
    assert time.process_time() - began < 2
