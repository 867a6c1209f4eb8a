"""What was chosen so far, in view on every step."""

from __future__ import annotations

from dataclasses import dataclass

from medimeet.models import Doctor, Patient, Treatment
from medimeet.services import bookable, treatments
from medimeet.services.access import Actor


@dataclass(frozen=True, slots=True)
class Chosen:
    """Patient, treatment, doctor (None with `any_doctor`: whoever is free), and whether there was a choice at all."""

    patient: Patient
    treatment: Treatment
    doctor: Doctor | None
    any_doctor: bool
    is_only_treatment: bool
    is_only_doctor: bool

    @classmethod
    def of(
        cls,
        actor: Actor,
        patient: Patient,
        treatment: Treatment,
        doctor: Doctor | None = None,
        any_doctor: bool = False,
    ) -> Chosen:
        """What the steps behind have settled; steps with one option can't be changed, so they get no link."""
        return cls(
            patient=patient,
            treatment=treatment,
            doctor=doctor,
            any_doctor=any_doctor,
            is_only_treatment=bookable.treatments(actor, per_page=1).total == 1,
            is_only_doctor=len(treatments.bookable_doctors(treatment)) == 1,
        )
