"""Danger is heard in many words, and not in those that only sound like it."""

import pytest

from medimeet.domain import dangers
from tests.domain.danger_sentences import DANGEROUS, HARMLESS, sentences


@pytest.mark.parametrize("sentence", sentences(DANGEROUS))
def test_danger_is_heard(sentence: str) -> None:
    assert dangers.is_danger(sentence)


@pytest.mark.parametrize("sentence", sentences(HARMLESS))
def test_ordinary_words_raise_no_alarm(sentence: str) -> None:
    assert not dangers.is_danger(sentence)


def test_the_words_name_the_number_first_and_tell_that_nobody_is_alone() -> None:
    words = dangers.words("999")
    assert words.startswith("If somebody may be in danger, call 999 now.")
    assert "you are not alone" in words and "can't help in an emergency" in words
    assert len(words.split()) < 80


def test_a_very_long_text_is_read_at_once() -> None:
    assert not dangers.is_danger("after a bad day at work " * 2_500)
    assert dangers.is_danger("well " * 10_000 + "I can't breathe")


def test_there_are_many_sentences() -> None:
    assert len(sentences(DANGEROUS)) >= 80 and len(sentences(HARMLESS)) >= 60
