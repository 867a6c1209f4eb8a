"""The day's grid: the times of day that declarations may name."""

from sqlalchemy import select

from medimeet.db import command, db
from medimeet.errors import NotFound
from medimeet.models import Clinic, DayGridTime

FIRST_MINUTE, LAST_MINUTE, STEP = 9 * 60, 21 * 60, 30


@command
def populate(clinic_id: int | None = None) -> int:
    """Gives one clinic (None: every clinic) the half hours from 09:00 to 21:00 that it lacks; returns how many.

    Raises NotFound for an unknown clinic.
    """
    wanted = select(Clinic.id) if clinic_id is None else select(Clinic.id).where(Clinic.id == clinic_id)
    clinics = db.session.scalars(wanted).all()
    if clinic_id is not None and not clinics:
        raise NotFound(f"There is no clinic {clinic_id}.")
    return sum(add_missing(each) for each in clinics)


def add_missing(clinic_id: int) -> int:
    """Adds the missing half hours of one clinic within the running command; returns how many."""
    rows = select(DayGridTime.start_minute, DayGridTime.end_minute).where(DayGridTime.clinic_id == clinic_id)
    there = {(start, end) for start, end in db.session.execute(rows)}
    missing = [start for start in range(FIRST_MINUTE, LAST_MINUTE, STEP) if (start, start + STEP) not in there]
    db.session.add_all(
        DayGridTime(clinic_id=clinic_id, start_minute=start, end_minute=start + STEP) for start in missing
    )
    return len(missing)
