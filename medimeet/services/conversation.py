"""The conversation log: what people and the assistant said to each other."""

import uuid

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select

from medimeet.db import command, db
from medimeet.models import ConversationMessage
from medimeet.services.access import Actor


def event_id_of(actor: Actor, given: str) -> str:
    """The id of an event that a client named `given`: the same for the same person and name, never another person's."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{actor.person.id}:{given}"))


@command
def append(
    actor: Actor,
    text: str,
    *,
    role: str,
    source: str,
    event_id: str,
    kind: str = "message",
    appointment_id: int | None = None,
) -> bool:
    """Keeps one message of the actor's conversation; False where this event is kept already: a retry is harmless.

    `role` is `person` or `assistant`; `kind` is `message`, `emergency`, `proposal`, `confirmed` or `notice`; `source`
    is `typed` or `voice` of a person, of the assistant `built-in`, `model` or `clinic`.
    """
    known = select(ConversationMessage.id).where(ConversationMessage.event_id == event_id)
    if db.session.scalar(known) is not None:
        return False
    db.session.add(
        ConversationMessage(
            event_id=event_id,
            clinic_id=actor.clinic.id,
            account_id=actor.person.id,
            appointment_id=appointment_id,
            role=role,
            kind=kind,
            source=source,
            text=text,
        )
    )
    return True


def page(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 25) -> Pagination:
    """One page of the actor's own conversation, newest first."""
    own = select(ConversationMessage).where(ConversationMessage.account_id == actor.person.id)
    newest_first = own.order_by(ConversationMessage.at.desc(), ConversationMessage.id.desc())
    return db.paginate(newest_first, page=page, per_page=per_page, error_out=False)
