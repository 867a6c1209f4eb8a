"""Reading what people answer: what can't be seen is no answer, and nothing turns the writing around."""

import pytest

from medimeet.services.answers import Answers


@pytest.mark.parametrize("unseen", ["", "  ", "\u200b", "\u200d\ufeff ", "\u2060"])
def test_a_name_that_cannot_be_seen_is_asked_for(unseen: str) -> None:
    answers = Answers()
    answers.line("name", unseen, 100, "Enter the name.")
    assert answers.faults == {"name": "Enter the name."}


@pytest.mark.parametrize("sign", ["\u202e", "\u202a", "\u2066"])
def test_a_sign_that_turns_the_writing_around_is_refused_in_words(sign: str) -> None:
    answers = Answers()
    answers.line("name", f"Anna{sign}Moss", 100)
    assert "direction of writing" in answers.faults["name"]


@pytest.mark.parametrize("name", ["Ærøskøbing", "أحمد", "महेश्‍वर", "O’Brien", "👩\u200d⚕️", "名"])
def test_names_of_every_script_are_taken_as_they_are(name: str) -> None:
    answers = Answers()
    assert answers.line("name", name, 100, "Enter the name.") == name
    assert answers.faults == {}
