"""The messages that were written and what became of them, for the clinic's admins; in the demo for everybody."""

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, func, select, update

from medimeet import clock
from medimeet.config import setting, shared_path
from medimeet.db import db
from medimeet.errors import Conflict, NotFound
from medimeet.gateways.outbox import OutboxFolder
from medimeet.models import Account, Notification, Patient
from medimeet.services import audit
from medimeet.services.access import Actor
from medimeet.services.search import any_part
from medimeet.writing import command

NOT_SENT = ("failed", "unknown")


def listed(actor: Actor, *, search: str = "", not_sent: bool = False, page: int = 1, per_page: int = 25) -> Pagination:
    """One page of messages, newest first. `search` is any part of address, number, subject or kind."""
    query = _visible(actor).where(
        any_part(
            search, Notification.recipient, Notification.subject, Notification.kind, numbers=(Notification.recipient,)
        )
    )
    if not_sent:
        query = query.where(Notification.state.in_(NOT_SENT))
    return db.paginate(query.order_by(Notification.id.desc()), page=page, per_page=per_page, error_out=False)


def count_not_sent(actor: Actor) -> int:
    """How many messages could not be sent, or may not have been."""
    query = _visible(actor).where(Notification.state.in_(NOT_SENT)).order_by(None)
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def find(actor: Actor, notification_id: int) -> Notification:
    """One message. Raises NotFound."""
    row = db.session.scalars(_visible(actor).where(Notification.id == notification_id)).first()
    if row is None:
        raise NotFound("We can't find this message.")
    return row


def read(actor: Actor, notification_id: int) -> tuple[Notification, str | None]:
    """One message and its text, and a line in the audit log where it was to a patient.

    The text is None where it held a code or a link: those are for their reader only. The demo, which sends nothing to
    anybody, shows them from the outbox folder. Raises NotFound.
    """
    row = find(actor, notification_id)
    _note_look(actor, row)
    return row, _text_of(row)


def calendar_of(actor: Actor, notification_id: int) -> str:
    """The calendar file that came with a message, and a line as for `read`. Raises NotFound where there is none."""
    row = find(actor, notification_id)
    if row.calendar is None:
        raise NotFound("This message has no calendar file.")
    _note_look(actor, row)
    return row.calendar


@command
def send_again(actor: Actor, notification_id: int) -> Notification:
    """A message of the actor's clinic that was not sent, put back in the queue. Raises NotFound, Conflict."""
    mine = (Notification.id == notification_id, Notification.clinic_id == actor.clinic.id)
    row = db.session.scalar(select(Notification).where(*mine))
    if row is None:
        raise NotFound("We can't find this message.")
    again = update(Notification).where(*mine, Notification.state.in_(NOT_SENT), Notification.holds_secret.is_(False))
    values = {"state": "queued", "tries": 0, "last_error": "", "due_at": clock.now(), "lease_until": None}
    if db.session.scalar(again.values(**values).returning(Notification.id)) is None:
        raise Conflict(
            "This message can't be sent again: it was sent, is waiting already, or held a link. "
            "Ask for a new link instead."
        )
    audit.note(actor, "sent_again", "notification", notification_id)
    return row


def _note_look(actor: Actor, row: Notification) -> None:
    patient_id = db.session.scalar(select(Patient.id).where(Patient.account_id == row.account_id))
    if patient_id is not None and not setting("DEMO"):
        audit.note_reading(actor, "notification", row.id, patient_id)


def _visible(actor: Actor) -> Select[Notification]:
    query = select(Notification)
    return query if setting("DEMO") else query.where(Notification.clinic_id == actor.clinic.id)


def _text_of(row: Notification) -> str | None:
    if not row.holds_secret:
        return row.body
    if not setting("DEMO"):
        return None
    return row.body or OutboxFolder(shared_path("outbox")).body_of(row.message_id, row.created_at)


def receiver_of(row: Notification) -> str:
    """The name of the person a message is to, or nothing."""
    account = db.session.get(Account, row.account_id) if row.account_id is not None else None
    return account.full_name if account is not None else ""
