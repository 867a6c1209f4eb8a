"""The list of messages, one message, and its calendar file."""

from flask import Response, flash, make_response, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.outbox.blueprint import bp
from medimeet.services import access, outbox
from medimeet.web.asked import wanted_page, wanted_search
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/")
@allow(access.clinic_admin_or_demo)
def messages() -> Response:
    """GET /outbox/: the messages, newest first, with search and pages; `?show=not-sent` only those that failed."""
    actor, query, not_sent = current_actor(), wanted_search(), request.args.get("show") == "not-sent"
    return page(
        "outbox/list.html",
        "outbox/_list.html",
        found=outbox.listed(actor, search=query, not_sent=not_sent, page=wanted_page()),
        query=query,
        not_sent=not_sent,
        count_not_sent=outbox.count_not_sent(actor),
    )


@bp.get("/<int:notification_id>/")
@allow(access.clinic_admin_or_demo)
def message(notification_id: int) -> Response:
    """GET /outbox/<id>/: one message with its text, its calendar file, and what became of it."""
    row, text = outbox.read(current_actor(), notification_id)
    can_send_again = current_actor().is_admin and row.state in outbox.NOT_SENT and not row.holds_secret
    return page(
        "outbox/message.html",
        message=row,
        text=text,
        receiver=outbox.receiver_of(row),
        can_send_again=can_send_again and row.clinic_id == current_actor().clinic.id,
    )


@bp.get("/<int:notification_id>/visit.ics")
@allow(access.clinic_admin_or_demo)
def calendar(notification_id: int) -> Response:
    """GET /outbox/<id>/visit.ics: the calendar file that came with the message."""
    answer = make_response(outbox.calendar_of(current_actor(), notification_id))
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = "attachment; filename=visit.ics"
    return answer


@bp.post("/<int:notification_id>/send-again/")
@allow(access.clinic_admin)
def send_again(notification_id: int) -> WerkzeugResponse:
    """POST /outbox/<id>/send-again/: puts a message that was not sent back in the queue."""
    outbox.send_again(current_actor(), notification_id)
    flash("The message goes out again within a few seconds.", "success")
    return go_to(url_for("outbox.message", notification_id=notification_id))
