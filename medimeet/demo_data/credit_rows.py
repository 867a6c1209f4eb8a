"""What the demo's clinics can buy, have bought and still owe. All within the running command."""

from datetime import datetime, timedelta
from decimal import Decimal

from medimeet import clock
from medimeet.db import db
from medimeet.domain.credits import month_later
from medimeet.domain.wall_clock import to_wall
from medimeet.models import Account, Clinic, CreditBundle, CreditEntry, Invoice, Plan, Subscription

_ORDERED, _PAID = timedelta(days=3), timedelta(days=1)


def add_plans() -> Plan:
    """What clinics can buy; returns the plan that the demo clinics are on."""
    plans = [
        Plan(
            name="Practice",
            description="Everything, for one clinic.",
            monthly_price=Decimal(49),
            monthly_credits=200,
        ),
        Plan(
            name="Group",
            description="For clinics whose assistant answers all day.",
            monthly_price=Decimal(129),
            monthly_credits=1000,
        ),
    ]
    bundles = [
        CreditBundle(name="100 credits", price=Decimal(10), credits=100),
        CreditBundle(name="500 credits", price=Decimal(45), credits=500),
    ]
    db.session.add_all([*plans, *bundles])
    db.session.flush()
    return plans[0]


def add_subscription(clinic: Clinic, plan: Plan, credits: int, superuser: Account) -> None:
    """The clinic on the plan: with the credits of a month that it has paid, or with a few while its invoice waits."""
    now = clock.now()
    is_paid = credits == plan.monthly_credits
    invoice = _invoice(clinic, plan, now - _ORDERED)
    if is_paid:
        invoice.paid_at, invoice.marked_paid_by_id = now - _PAID, superuser.id
    began_on = to_wall(now - _PAID, clinic.zone).date()
    db.session.add_all(
        [
            invoice,
            Subscription(
                clinic_id=clinic.id,
                plan_id=plan.id,
                credits_left=credits,
                started_on=began_on,
                ends_on=month_later(began_on),
            ),
            CreditEntry(
                clinic_id=clinic.id,
                account_id=superuser.id,
                change=credits,
                left=credits,
                reason=f"Invoice {invoice.number}: {invoice.description}" if is_paid else "Credits to begin with",
                created_at=now - _PAID,
            ),
        ]
    )
    db.session.flush()


def _invoice(clinic: Clinic, plan: Plan, issued_at: datetime) -> Invoice:
    return Invoice(
        number=f"{issued_at.year}-{clinic.id:04d}",
        clinic_id=clinic.id,
        description=f"{plan.name}, one month",
        plan_id=plan.id,
        amount=plan.monthly_price,
        credits=plan.monthly_credits,
        issued_at=issued_at,
    )
