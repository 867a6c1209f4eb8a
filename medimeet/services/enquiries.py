"""Messages that people leave for the clinic on its contact page."""

from datetime import timedelta

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import func, or_, select

from medimeet import clock
from medimeet.db import db
from medimeet.errors import NotFound
from medimeet.models import ContactMessage
from medimeet.services import audit, people
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.search import any_part, words_of
from medimeet.writing import command

RECENT = timedelta(days=7)
_SEARCHED = 5_000
_FEWEST_DIGITS = 5  # house numbers within a town are that short


@command
def leave(actor: Actor, *, name: str, phone: str = "", message: str) -> ContactMessage:
    """A new message for the clinic, by anybody. Raises InvalidInput."""
    row = ContactMessage(clinic_id=actor.clinic.id)
    _fill(row, name, phone, message)
    db.session.add(row)
    db.session.flush()
    return row


def find(actor: Actor, message_id: int) -> ContactMessage:
    """A message to the actor's clinic. Raises NotFound."""
    row = db.session.scalar(
        select(ContactMessage).where(ContactMessage.id == message_id, ContactMessage.clinic_id == actor.clinic.id)
    )
    if row is None:
        raise NotFound("We can't find this message. Perhaps somebody else has removed it.")
    return row


def listed(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 25) -> Pagination:
    """One page of the clinic's messages, the newest first. `search` is any part of name, phone or words.

    The words are sealed: those of the newest few thousand messages are opened and looked through.
    """
    query = select(ContactMessage).where(ContactMessage.clinic_id == actor.clinic.id)
    if words_of(search):
        by_name = any_part(search, ContactMessage.name, numbers=(ContactMessage.phone,))
        query = query.where(or_(by_name, ContactMessage.id.in_(_ids_with(actor, words_of(search)))))
    newest = query.order_by(ContactMessage.created_at.desc(), ContactMessage.id.desc())
    return db.paginate(newest, page=page, per_page=per_page, error_out=False)


def _ids_with(actor: Actor, words: list[str]) -> list[int]:
    """The messages of which every word is a part of the name or of what was written."""
    newest = select(ContactMessage.id, ContactMessage.name, ContactMessage.message)
    newest = newest.where(ContactMessage.clinic_id == actor.clinic.id).order_by(ContactMessage.id.desc())
    return [
        row.id
        for row in db.session.execute(newest.limit(_SEARCHED))
        if all(word.casefold() in f"{row.name}\n{row.message}".casefold() for word in words)
    ]


def recent(actor: Actor) -> int:
    """How many messages came in the last seven days."""
    return (
        db.session.scalar(
            select(func.count(ContactMessage.id)).where(
                ContactMessage.clinic_id == actor.clinic.id, ContactMessage.created_at > clock.now() - RECENT
            )
        )
        or 0
    )


@command
def change(
    actor: Actor, message_id: int, *, name: str | None = None, phone: str | None = None, message: str | None = None
) -> ContactMessage:
    """The message with other words; what is None stays. Raises InvalidInput, NotFound, NotAllowed."""
    people.refuse_non_admin(actor)
    row = find(actor, message_id)
    _fill(
        row,
        row.name if name is None else name,
        row.phone if phone is None else phone,
        row.message if message is None else message,
    )
    audit.note(actor, "changed", "contact message", message_id)
    return row


@command
def remove(actor: Actor, message_id: int) -> None:
    """Deletes a message that has been dealt with. Raises NotFound."""
    db.session.delete(find(actor, message_id))
    audit.note(actor, "removed", "contact message", message_id)


def _fill(row: ContactMessage, name: str, phone: str, message: str) -> None:
    answers = Answers()
    row.name = answers.line("name", name, 120, "Write your name, so that we know who asks.")
    row.phone = answers.line("phone", phone, 40)
    row.message = answers.text("message", message, 3000, "Write what we can do for you.")
    if row.phone and sum(sign.isdecimal() for sign in row.phone) < _FEWEST_DIGITS:
        answers.fault("phone", "Write a phone number that we can call, for example 020 7946 0123, or leave it empty.")
    answers.check()
