"""The clinic's lists of words are its admin's to write."""

from collections.abc import Callable

import pytest

from medimeet.errors import NotAllowed
from medimeet.models import Clinic, Specialty
from medimeet.services import word_lists
from medimeet.services.access import Actor
from tests import factories
from tests.factories import actor_of

DEEDS: dict[str, Callable[[Actor, Specialty], object]] = {
    "add": lambda actor, _word: word_lists.add(actor, Specialty, "Dermatology"),
    "rename": lambda actor, word: word_lists.rename(actor, Specialty, word.id, "Hearts"),
    "remove": lambda actor, word: word_lists.remove(actor, Specialty, word.id),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_a_doctor_leaves_the_lists_as_they_are(clinic: Clinic, deed: str) -> None:
    word = word_lists.add(actor_of(factories.make_admin(clinic), clinic), Specialty, "Cardiology")
    doctor = actor_of(factories.make_doctor(clinic).account, clinic)
    with pytest.raises(NotAllowed):
        DEEDS[deed](doctor, word)
    assert [each.name for each in word_lists.of_clinic(doctor, Specialty)] == ["Cardiology"]
