"""What the clinic's admin sees first: today, the next days, how full they are, who did not come."""

from flask import Response

from medimeet.blueprints.clinic_admin.blueprint import bp
from medimeet.domain.statuses import AppointmentStatus
from medimeet.services import access, conversation_transfer, doctor_applications, enquiries, reports, sending_alarm
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/dashboard/")
@allow(access.clinic_admin)
def dashboard() -> Response:
    """GET /dashboard/: the figures of the clinic; each leads to the list that it counts."""
    actor = current_actor()
    today = reports.today(actor)
    missed, missed_before = reports.no_shows(actor)
    return page(
        "clinic_admin/dashboard.html",
        today=today,
        all_statuses=AppointmentStatus,
        by_day=reports.visits_by_day(actor),
        utilisation=reports.utilisation(actor),
        missed=missed,
        missed_before=missed_before,
        period_days=reports.PERIOD.days,
        missed_from=today.day - reports.PERIOD,
        applications=doctor_applications.listed(actor).total,
        messages=enquiries.recent(actor),
        log_waits=conversation_transfer.waits_too_long(actor),
        alarm=sending_alarm.of_clinic(actor),
    )
