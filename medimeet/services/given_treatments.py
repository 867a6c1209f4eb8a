"""Which doctor gives which treatment: the rule, and the look that whoever books begins with."""

from sqlalchemy import Integer, and_, bindparam, exists

from medimeet.errors import NotFound
from medimeet.models import Account, Doctor, Treatment
from medimeet.models.doctor import doctor_treatment
from medimeet.prepared_models import PreparedModels, relate
from medimeet.services.access import Actor

_DOCTOR_ID = bindparam("doctor_id", type_=Integer())
# Conditions on Treatment by the parameters treatment_id, clinic_id and doctor_id.
IS_OFFERED = and_(
    Treatment.id == bindparam("treatment_id", type_=Integer()),
    Treatment.clinic_id == bindparam("clinic_id", type_=Integer()),
    Treatment.is_active,
)
IS_GIVEN = exists().where(doctor_treatment.c.doctor_id == _DOCTOR_ID, doctor_treatment.c.treatment_id == Treatment.id)
_GIVEN = PreparedModels(
    (Treatment, Doctor, Account),
    lambda asked: (
        asked.select_from(Treatment)
        .outerjoin(
            Doctor,
            and_(Doctor.id == _DOCTOR_ID, Doctor.clinic_id == Treatment.clinic_id, Doctor.takes_patients, IS_GIVEN),
        )
        .outerjoin(Account, Account.id == Doctor.account_id)
        .where(IS_OFFERED)
    ),
)


def find(actor: Actor, treatment_id: int, doctor_id: int) -> tuple[Treatment, Doctor]:
    """A treatment that the actor's clinic offers, and the doctor, if they give it at present. Raises NotFound."""
    found = _GIVEN.first(treatment_id=treatment_id, clinic_id=actor.clinic.id, doctor_id=doctor_id)
    if found is None:
        raise NotFound("We can't find this treatment.")
    treatment, doctor, account = found
    if doctor is None:
        raise NotFound("We can't find this doctor for this treatment. Choose one of those who give it.")
    relate(doctor, "account", account)
    relate(doctor, "clinic", actor.clinic)
    return treatment, doctor
