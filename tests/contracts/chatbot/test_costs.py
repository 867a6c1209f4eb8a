"""What the chatbot's lists cost: the same few statements, however much a clinic offers."""

import pytest

from tests import factories
from tests.contracts.chatbot.conftest import TUESDAY, Chat
from tests.statements import statements

MOST = {"treatments": 5, "doctors": 9, "days": 8, "slots": 11}


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_lists_cost_the_same_few_statements_in_a_small_clinic_and_a_large_one(chat: Chat) -> None:
    def costs(treatment_id: int) -> dict[str, int]:
        program, question = chat.visitor, {"doctor_id": chat.doctor.id}
        treatments, slots = f"/{chat.clinic.id}/treatments/", chat.slots_for(treatment_id)
        asked = {
            "treatments": lambda: program.get(treatments),
            "doctors": lambda: program.get(f"{treatments}{treatment_id}/get-doctors/"),
            "days": lambda: program.post(slots, json=question),
            "slots": lambda: program.post(slots, json=question | {"date": TUESDAY.isoformat()}),
        }
        found = {}
        for name, ask in asked.items():
            with statements() as run:
                assert ask().status_code == 200
            found[name] = len(run)
        return found

    before = costs(chat.treatment.id)
    others = [factories.make_doctor(chat.clinic) for _ in range(8)]
    popular = factories.make_treatment(chat.clinic, chat.doctor, *others, name="Popular")
    for hour in range(9, 17):
        factories.make_treatment(chat.clinic, chat.doctor, name=f"At {hour}")
        patient = factories.make_patient(chat.clinic)
        factories.make_appointment(chat.doctor, patient, factories.at(chat.clinic, TUESDAY, f"{hour:02}:00"))
    assert costs(popular.id) == before
    assert {name: most for name, most in MOST.items() if before[name] > most} == {}
