import pytest

from medimeet.domain.references import ALPHABET, is_reference, new_reference, reference_of


def test_a_reference_is_eight_characters_in_two_groups() -> None:
    reference = new_reference()
    assert [len(group) for group in reference.split("-")] == [4, 4]
    assert is_reference(reference)


def test_no_character_of_a_reference_is_mistaken_for_another() -> None:
    assert not set("0O1ILZS8UV") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET)


def test_ten_thousand_references_are_all_different() -> None:
    assert len({new_reference() for _ in range(10_000)}) == 10_000


@pytest.mark.parametrize("text", ["", "ABCD2345", "abcd-2345", "ABCD-234", "ABCD-23455", "ABCO-2345", "ABCD-2345\n"])
def test_anything_else_is_no_reference(text: str) -> None:
    assert not is_reference(text)


@pytest.mark.parametrize("text", ["ABCD-2345", "abcd2345", " abcd 2345 ", "ab-cd-23-45"])
def test_a_reference_is_found_however_a_person_types_it(text: str) -> None:
    assert reference_of(text) == "ABCD-2345"


def test_a_name_typed_for_a_reference_is_none() -> None:
    assert reference_of("Smith") is None
