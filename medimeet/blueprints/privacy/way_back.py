"""Where the pages about one person's data lead back to."""

from flask import url_for

from medimeet.models import Patient


def way_back(patient: Patient | None) -> tuple[str, str]:
    """The address and its name: a patient's page, which who has left has no longer; without one, one's own data."""
    if patient is None:
        return url_for("privacy.my_data"), "My data"
    if patient.is_registered:
        return url_for("clinic_admin.view_patient", patient_id=patient.id), patient.name
    return url_for("clinic_admin.list_patients", left=1), "Left or removed"
