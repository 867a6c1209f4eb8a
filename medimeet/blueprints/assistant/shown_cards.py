"""A proposal as a card that can be confirmed, and as what became of it."""

from dataclasses import dataclass

from flask import url_for

from medimeet.errors import MediMeetError
from medimeet.models import Proposal
from medimeet.services.assistant import cards
from medimeet.services.assistant.cards import Card


@dataclass(frozen=True, slots=True)
class ShownCard:
    """The card; `done` are our own words once it was confirmed, `refused` says why it can't be; and the way on."""

    card: Card
    done: str
    refused: str
    way_on: str
    way_on_label: str

    @classmethod
    def of(cls, proposal: Proposal, refusal: MediMeetError | None = None) -> "ShownCard":
        """The card of a proposal as it stands now, after it was refused just now."""
        card = cards.card(proposal)
        done = cards.deed_in_words(proposal) if card.state == "confirmed" else ""
        url, label = _way_on(proposal)
        return cls(card, done, refusal.words if refusal is not None else "", url, label)


def _way_on(proposal: Proposal) -> tuple[str, str]:
    """Where to go from here: the visit that it was about or that came of it, or the pages that book."""
    visit_id = proposal.result_id or proposal.appointment_id
    if visit_id is not None:
        return url_for("patient_booking.appointment_details", appointment_id=visit_id), "Show the visit"
    if proposal.treatment_id is not None:
        doctors = url_for("patient_booking.get_doctors_for_treatment", treatment_id=proposal.treatment_id)
        return doctors, "Choose another time"
    return url_for("patient_booking.treatment_list_for_new_appointment_booking"), "Choose another time"
