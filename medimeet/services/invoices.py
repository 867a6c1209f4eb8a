"""Invoices: a month of a plan or a bundle of credits is ordered, paid at the desk, and marked as paid by a superuser.

Prices and credits are copied when it is ordered: what a clinic owes never changes with the price list.
"""

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import joinedload

from medimeet import clock
from medimeet.db import db
from medimeet.errors import Conflict, NotFound
from medimeet.models import CreditBundle, Invoice, Plan
from medimeet.services import audit, credits, notifications, people, subscriptions
from medimeet.services.access import Actor, superuser
from medimeet.writing import command, lock

_UNPAID = (Invoice.paid_at.is_(None), Invoice.withdrawn_at.is_(None))
_ALL_CLINICS = 0


def listed(actor: Actor, *, page: int = 1, per_page: int = 25) -> Pagination:
    """One page of the clinic's invoices, newest first. Raises NotAllowed."""
    people.refuse_non_admin(actor)
    query = select(Invoice).where(Invoice.clinic_id == actor.clinic.id).order_by(Invoice.id.desc())
    return db.paginate(query, page=page, per_page=per_page, error_out=False)


def unpaid(actor: Actor, *, page: int = 1, per_page: int = 25) -> Pagination:
    """One page of what all clinics of the installation still owe, the oldest first. Raises NotAllowed."""
    subscriptions.refuse_others(actor)
    query = select(Invoice).where(*_UNPAID).order_by(Invoice.id).options(joinedload(Invoice.clinic))
    return db.paginate(query, page=page, per_page=per_page, error_out=False)


def find(actor: Actor, invoice_id: int) -> Invoice:
    """An invoice of the actor's clinic; a superuser finds any. Raises NotFound, NotAllowed."""
    people.refuse_non_admin(actor)
    invoice = db.session.scalar(_visible(actor).where(Invoice.id == invoice_id))
    if invoice is None:
        raise NotFound("We can't find this invoice.")
    return invoice


@command
def order_plan(actor: Actor, plan_id: int) -> Invoice:
    """The unpaid invoice for a month of a plan; one that waits already is given again. Raises NotFound, NotAllowed."""
    people.refuse_non_admin(actor)
    lock("clinic", _ALL_CLINICS)
    plan = db.session.get(Plan, plan_id)
    if plan is None or not plan.is_active:
        raise NotFound("This plan is not offered any more. Choose one of those on the page of plans.")
    return _waiting(actor, Invoice.plan_id == plan.id) or _issue(
        actor,
        description=f"{plan.name}, one month",
        amount=plan.monthly_price,
        credits=plan.monthly_credits,
        plan_id=plan.id,
    )


@command
def order_bundle(actor: Actor, bundle_id: int) -> Invoice:
    """The unpaid invoice for a bundle of credits; one that waits already is given again.

    Raises NotFound, NotAllowed, and Conflict where the clinic never had a plan.
    """
    people.refuse_non_admin(actor)
    lock("clinic", _ALL_CLINICS)
    bundle = db.session.get(CreditBundle, bundle_id)
    if bundle is None or not bundle.is_active:
        raise NotFound("This bundle is not offered any more. Choose one of those on the page of plans.")
    if subscriptions.of_clinic(actor.clinic) is None:
        raise Conflict("Your clinic has no plan yet. Order a month of a plan first; bundles add credits to it.")
    return _waiting(actor, Invoice.bundle_id == bundle.id) or _issue(
        actor, description=bundle.name, amount=bundle.price, credits=bundle.credits, bundle_id=bundle.id
    )


@command
def withdraw(actor: Actor, invoice_id: int) -> Invoice:
    """The invoice is owed no more; twice answers as the first time. Raises NotFound, Conflict once it is paid."""
    invoice = find(actor, invoice_id)
    if _moved_on(invoice, withdrawn_at=clock.now()):
        audit.note(Actor(actor.account, invoice.clinic), "withdrew", "invoice", invoice.id)
    elif invoice.withdrawn_at is None:
        raise Conflict(f"Invoice {invoice.number} is paid already, so it can't be withdrawn.")
    return invoice


@command
def mark_paid(actor: Actor, invoice_id: int) -> Invoice:
    """The invoice is paid: its credits are added, its plan gets a month, the clinic is told. Twice does it once.

    Raises NotFound, NotAllowed, Conflict for one that was withdrawn.
    """
    subscriptions.refuse_others(actor)
    invoice = find(actor, invoice_id)
    lock("clinic", invoice.clinic_id)
    if not _moved_on(invoice, paid_at=clock.now(), marked_paid_by_id=actor.person.id):
        if invoice.paid_at is None:
            raise Conflict(f"Invoice {invoice.number} was withdrawn, so nothing is owed for it.")
        return invoice
    if invoice.plan is not None:
        subscriptions.add_month(invoice.clinic, invoice.plan)
    if invoice.credits:
        reason = f"Invoice {invoice.number}: {invoice.description}"
        credits.add(invoice.clinic_id, invoice.credits, reason, actor.person.id)
    audit.note(Actor(actor.account, invoice.clinic), "marked paid", "invoice", invoice.id, number=invoice.number)
    notifications.tell_invoice_paid(invoice)
    return invoice


def _visible(actor: Actor) -> Select[Invoice]:
    query = select(Invoice).options(joinedload(Invoice.clinic))
    return query if superuser(actor.account) else query.where(Invoice.clinic_id == actor.clinic.id)


def _waiting(actor: Actor, offer: ColumnElement[bool]) -> Invoice | None:
    """The clinic's invoice for the same offer that is not paid yet: a second click orders nothing twice."""
    return db.session.scalar(select(Invoice).where(Invoice.clinic_id == actor.clinic.id, offer, *_UNPAID).limit(1))


def _issue(actor: Actor, **values: object) -> Invoice:
    invoice = Invoice(clinic_id=actor.clinic.id, number=_next_number(clock.today(actor.clinic.zone).year), **values)
    db.session.add(invoice)
    db.session.flush()
    audit.note(actor, "ordered", "invoice", invoice.id, number=invoice.number)
    return invoice


def _next_number(year: int) -> str:
    """'2026-0001', then on; whoever asks holds the lock of all clinics."""
    taken = db.session.scalars(select(Invoice.number).where(Invoice.number.startswith(f"{year}-")))
    counts = [number.removeprefix(f"{year}-") for number in taken]
    last = max((int(count) for count in counts if count.isdecimal() and count.isascii()), default=0)
    return f"{year}-{last + 1:04d}"


def _moved_on(invoice: Invoice, **values: object) -> bool:
    """Sets the values where the invoice is still unpaid, and says whether it was; then it is read anew."""
    is_mine = db.session.scalar(
        update(Invoice).where(Invoice.id == invoice.id, *_UNPAID).values(**values).returning(Invoice.id)
    )
    db.session.refresh(invoice)
    return is_mine is not None
