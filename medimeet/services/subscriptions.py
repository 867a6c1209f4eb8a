"""A clinic's plan and the ledger of its credits: what is offered, what it has, how a month is added."""

from datetime import date

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from medimeet import clock
from medimeet.db import db
from medimeet.domain.credits import month_later
from medimeet.errors import NotAllowed, NotFound
from medimeet.models import Clinic, CreditBundle, CreditEntry, Plan, Subscription
from medimeet.services import audit, credits, people
from medimeet.services.access import Actor, superuser
from medimeet.services.answers import Answers
from medimeet.writing import command

_MOST_AT_ONCE = 1_000_000


def of_clinic(clinic: Clinic) -> Subscription | None:
    """The clinic's subscription, or None where it never had a plan."""
    return db.session.scalar(select(Subscription).where(Subscription.clinic_id == clinic.id))


def has_ended(subscription: Subscription, today: date) -> bool:
    """Whether the last day of the plan is over on the clinic's day `today`; its credits stay good."""
    return subscription.ends_on is not None and subscription.ends_on < today


def plans() -> list[Plan]:
    """The plans that can be ordered, the cheapest first."""
    return list(db.session.scalars(select(Plan).where(Plan.is_active).order_by(Plan.monthly_price, Plan.id)))


def bundles() -> list[CreditBundle]:
    """The bundles of credits that can be ordered, the cheapest first."""
    offered = select(CreditBundle).where(CreditBundle.is_active)
    return list(db.session.scalars(offered.order_by(CreditBundle.price, CreditBundle.id)))


def of_every_clinic(actor: Actor, *, page: int = 1, per_page: int = 25) -> Pagination:
    """One page of the subscriptions of all clinics of the installation, by the clinic's name. Raises NotAllowed."""
    refuse_others(actor)
    query = select(Subscription).join(Subscription.clinic).order_by(Clinic.name, Clinic.id)
    query = query.options(contains_eager(Subscription.clinic), joinedload(Subscription.plan))
    return db.paginate(query, page=page, per_page=per_page, error_out=False)


def find_clinic(actor: Actor, clinic_id: int) -> Clinic:
    """Any clinic of the installation, for a superuser. Raises NotFound, NotAllowed."""
    refuse_others(actor)
    clinic = db.session.get(Clinic, clinic_id)
    if clinic is None:
        raise NotFound("We can't find this clinic.")
    return clinic


def ledger(actor: Actor, *, page: int = 1, per_page: int = 25) -> Pagination:
    """One page of what was added to the clinic's credits and taken from them, newest first. Raises NotAllowed."""
    people.refuse_non_admin(actor)
    query = select(CreditEntry).where(CreditEntry.clinic_id == actor.clinic.id).order_by(CreditEntry.id.desc())
    query = query.options(joinedload(CreditEntry.account))
    return db.paginate(query, page=page, per_page=per_page, error_out=False)


@command
def correct(actor: Actor, clinic_id: int, *, change: int | None, reason: str | None) -> int:
    """Adds credits to a clinic by hand, or takes them away below zero; gives what is left.

    Raises InvalidInput, NotFound, NotAllowed, and Conflict where the clinic has no plan or not as many.
    """
    clinic = find_clinic(actor, clinic_id)
    answers = Answers()
    change = answers.number("change", change, -_MOST_AT_ONCE, _MOST_AT_ONCE, "Write a number up to 1,000,000.")
    if not change:
        answers.fault("change", "Write how many credits to add, such as 50, or to take away, such as -50.")
    reason = answers.line("reason", reason, 200, "Write why, for the clinic's ledger.")
    answers.check()
    assert change is not None
    left = credits.add(clinic.id, change, reason, actor.person.id)
    audit.note(Actor(actor.account, clinic), "corrected", "credits", None, change=change, left=left)
    return left


def add_month(clinic: Clinic, plan: Plan) -> Subscription:
    """The clinic's subscription with this plan and a month more, in the running command; one without an end has none.

    A plan that still runs is extended, so that no paid day is lost; one that has ended begins again today.
    """
    today = clock.today(clinic.zone)
    subscription = of_clinic(clinic)
    if subscription is None:
        subscription = Subscription(clinic_id=clinic.id, plan_id=plan.id, started_on=today, ends_on=month_later(today))
        db.session.add(subscription)
    elif has_ended(subscription, today):
        subscription.started_on, subscription.ends_on = today, month_later(today)
    elif subscription.ends_on is not None:
        subscription.ends_on = month_later(subscription.ends_on, subscription.started_on)
    subscription.plan = plan
    db.session.flush()
    return subscription


def refuse_others(actor: Actor) -> None:
    """Raises NotAllowed for everybody but superusers."""
    if not superuser(actor.account):
        raise NotAllowed("Only a superuser can do this.")
