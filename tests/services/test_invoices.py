"""A month of a plan or a bundle: ordered once, paid once, withdrawn while unpaid; credits come with the money."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from threading import Thread

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from medimeet import clock
from medimeet.db import db
from medimeet.domain.credits import month_later
from medimeet.errors import Conflict, MediMeetError, NotAllowed, NotFound
from medimeet.models import Account, AuditEntry, Clinic, CreditEntry, Invoice, Notification, Plan
from medimeet.services import credits, invariants, invoices, subscriptions
from medimeet.services.access import Actor
from medimeet.writing import command
from tests import factories


@pytest.fixture
def admin(clinic: Clinic) -> Actor:
    return factories.actor_of(factories.make_admin(clinic, email="desk@people.example"), clinic)


@pytest.fixture
def superuser(clinic: Clinic) -> Actor:
    return factories.actor_of(factories.make_superuser(), clinic)


@pytest.fixture
def plan(app: Flask) -> Plan:
    return factories.make_plan(name="Practice", monthly_price=Decimal("49.50"), monthly_credits=200)


def at_once(app: Flask, deed: Callable[[Actor], object], actors: list[Actor]) -> list[object]:
    """What each of them got who did the deed at the same moment: an answer, or the words of a refusal."""
    answers: list[object] = []
    people = [(actor.person.id, actor.clinic.id) for actor in actors]
    db.session.rollback()

    def do(account_id: int, clinic_id: int) -> None:
        with app.app_context():
            actor = Actor(db.session.get(Account, account_id), db.session.get_one(Clinic, clinic_id))
            try:
                answers.append(deed(actor))
            except MediMeetError as error:
                answers.append(error.words)

    threads = [Thread(target=do, args=ids) for ids in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


class TestOrdering:
    def test_price_and_credits_are_those_of_the_day_of_the_order(
        self, admin: Actor, superuser: Actor, plan: Plan
    ) -> None:
        invoice = invoices.order_plan(admin, plan.id)
        _reprice(plan)
        assert (invoice.amount, invoice.credits, invoice.description) == (Decimal("49.50"), 200, "Practice, one month")
        assert invoices.mark_paid(superuser, invoice.id).amount == Decimal("49.50")
        assert credits.meter(admin.clinic).left == 200

    def test_numbers_count_up_by_the_year_of_the_clinic(self, admin: Actor, plan: Plan) -> None:
        with time_machine.travel("2026-12-31 20:00 +0000", tick=False):
            far = factories.make_clinic(name="Hillside Dental", time_zone="Asia/Kolkata")
            in_london = invoices.order_plan(admin, plan.id)
            in_kolkata = invoices.order_plan(factories.actor_of(factories.make_admin(far), far), plan.id)
            after_it = invoices.order_plan(admin, factories.make_plan().id)
        assert [in_london.number, in_kolkata.number, after_it.number] == ["2026-0001", "2027-0001", "2026-0002"]

    def test_ten_clinics_that_order_at_once_get_ten_numbers(self, app: Flask, plan: Plan) -> None:
        clinics = [factories.make_clinic(name=f"Clinic {number}") for number in range(10)]
        admins = [factories.actor_of(factories.make_admin(clinic), clinic) for clinic in clinics]
        plan_id = plan.id
        at_once(app, lambda actor: invoices.order_plan(actor, plan_id), admins)
        numbers = db.session.scalars(select(Invoice.number).order_by(Invoice.number)).all()
        assert [number[4:] for number in numbers] == [f"-{count:04d}" for count in range(1, 11)]

    def test_an_order_that_waits_is_not_ordered_again_but_a_paid_one_is(
        self, app: Flask, admin: Actor, superuser: Actor, plan: Plan
    ) -> None:
        plan_id = plan.id
        at_once(app, lambda actor: invoices.order_plan(actor, plan_id), [admin] * 5)
        (invoice,) = db.session.scalars(select(Invoice)).all()
        invoices.mark_paid(superuser, invoice.id)
        assert invoices.order_plan(admin, plan.id).id != invoice.id

    def test_a_bundle_adds_to_a_plan(self, admin: Actor, superuser: Actor) -> None:
        bundle = factories.make_bundle(name="100 credits", credits=100)
        with pytest.raises(Conflict, match="Order a month of a plan first"):
            invoices.order_bundle(admin, bundle.id)
        subscription = factories.make_subscription(admin.clinic, credits=10)
        ends_on = subscription.ends_on
        invoices.mark_paid(superuser, invoices.order_bundle(admin, bundle.id).id)
        assert credits.meter(admin.clinic) == credits.Meter(110, is_low=False, had=110)
        assert subscription.ends_on == ends_on

    def test_what_is_not_offered_any_more_is_not_ordered(self, admin: Actor) -> None:
        for order in (
            lambda: invoices.order_plan(admin, factories.make_plan(is_active=False).id),
            lambda: invoices.order_bundle(admin, factories.make_bundle(is_active=False).id),
            lambda: invoices.order_plan(admin, 999),
        ):
            with pytest.raises(NotFound, match="not offered any more"):
                order()

    def test_only_an_admin_orders(self, clinic: Clinic, plan: Plan) -> None:
        with pytest.raises(NotAllowed):
            invoices.order_plan(factories.actor_of(factories.make_doctor(clinic, works=False), clinic), plan.id)


class TestPaying:
    def test_twenty_clicks_add_the_credits_once_and_tell_the_clinic_once(
        self, app: Flask, admin: Actor, superuser: Actor, plan: Plan
    ) -> None:
        invoice_id = invoices.order_plan(admin, plan.id).id
        answers = at_once(app, lambda actor: invoices.mark_paid(actor, invoice_id).number, [superuser] * 20)
        assert len(set(answers)) == 1
        assert credits.meter(admin.clinic).left == 200
        (line,) = db.session.scalars(select(CreditEntry)).all()
        assert (line.change, line.left, line.account_id) == (200, 200, superuser.person.id)
        assert "Practice, one month" in line.reason
        (mail,) = db.session.scalars(select(Notification)).all()
        assert (mail.kind, mail.recipient) == ("invoice_paid", "desk@people.example")
        assert "49.50 GBP" in mail.body
        assert "200 more credits" in mail.body
        deeds = select(AuditEntry.deed).where(AuditEntry.subject == "invoice").order_by(AuditEntry.id)
        assert db.session.scalars(deeds).all() == ["ordered", "marked paid"]
        assert [check for check in invariants.of_data(db.session.connection()) if not check.is_good] == []

    def test_two_months_paid_at_once_for_a_new_clinic_make_one_subscription_of_two_months(
        self, app: Flask, admin: Actor, superuser: Actor, plan: Plan
    ) -> None:
        ids = [invoices.order_plan(admin, plan.id).id, invoices.order_plan(admin, factories.make_plan().id).id]
        at_once(app, lambda actor: invoices.mark_paid(actor, ids.pop()), [superuser, superuser])
        subscription = subscriptions.of_clinic(admin.clinic)
        assert subscription is not None
        today = clock.today(admin.clinic.zone)
        assert subscription.ends_on == month_later(month_later(today), today)
        assert credits.meter(admin.clinic).left == 400

    def test_a_month_begins_on_the_clinics_own_day(self, superuser: Actor, plan: Plan) -> None:
        far = factories.make_clinic(name="Hillside Dental", time_zone="Asia/Kolkata")
        with time_machine.travel("2027-01-30 20:00 +0000", tick=False):
            invoice = invoices.order_plan(factories.actor_of(factories.make_admin(far), far), plan.id)
            invoices.mark_paid(superuser, invoice.id)
        subscription = subscriptions.of_clinic(far)
        assert subscription is not None
        assert (subscription.started_on, subscription.ends_on) == (date(2027, 1, 31), date(2027, 2, 28))

    @pytest.mark.parametrize(
        ("ends_on", "then"),
        [
            (date(2026, 11, 30), (date(2026, 1, 31), date(2026, 12, 31))),
            (date(2026, 11, 23), (date(2026, 1, 31), date(2026, 12, 23))),
            (date(2026, 11, 22), (date(2026, 11, 23), date(2026, 12, 23))),
            (None, (date(2026, 1, 31), None)),
        ],
        ids=["still runs", "ends today", "ended yesterday", "has no end"],
    )
    def test_a_plan_that_runs_is_extended_and_one_that_ended_begins_again_with_its_credits(
        self,
        frozen_clock: time_machine.Traveller,
        admin: Actor,
        superuser: Actor,
        plan: Plan,
        ends_on: date | None,
        then: tuple[date, date | None],
    ) -> None:
        factories.make_subscription(admin.clinic, credits=7, started_on=date(2026, 1, 31), ends_on=ends_on)
        invoices.mark_paid(superuser, invoices.order_plan(admin, plan.id).id)
        subscription = subscriptions.of_clinic(admin.clinic)
        assert subscription is not None
        assert (subscription.started_on, subscription.ends_on) == then
        assert (subscription.plan.name, subscription.credits_left) == ("Practice", 207)

    def test_only_a_superuser_marks(self, admin: Actor, plan: Plan) -> None:
        with pytest.raises(NotAllowed):
            invoices.mark_paid(admin, invoices.order_plan(admin, plan.id).id)


class TestWithdrawing:
    def test_what_was_withdrawn_is_never_paid_and_can_be_ordered_again(
        self, admin: Actor, superuser: Actor, plan: Plan
    ) -> None:
        invoice = invoices.order_plan(admin, plan.id)
        for _click in range(2):
            assert invoices.withdraw(admin, invoice.id).withdrawn_at is not None
        with pytest.raises(Conflict, match="was withdrawn"):
            invoices.mark_paid(superuser, invoice.id)
        assert credits.meter(admin.clinic).left == 0
        assert invoices.order_plan(admin, plan.id).id != invoice.id

    def test_of_a_withdrawal_and_a_payment_at_the_same_moment_one_holds(
        self, app: Flask, admin: Actor, superuser: Actor, plan: Plan
    ) -> None:
        invoice_id = invoices.order_plan(admin, plan.id).id
        deeds = [invoices.withdraw, invoices.mark_paid] * 5
        at_once(app, lambda actor: deeds.pop()(actor, invoice_id), [superuser] * len(deeds))
        invoice = invoices.find(admin, invoice_id)
        assert (invoice.paid_at is None) != (invoice.withdrawn_at is None)
        assert credits.meter(admin.clinic).left == (200 if invoice.paid_at else 0)

    def test_what_is_paid_stays(self, admin: Actor, superuser: Actor, plan: Plan) -> None:
        invoice = invoices.mark_paid(superuser, invoices.order_plan(admin, plan.id).id)
        with pytest.raises(Conflict, match="paid already"):
            invoices.withdraw(admin, invoice.id)

    def test_another_clinics_invoice_is_not_there(self, admin: Actor, plan: Plan) -> None:
        far = factories.make_clinic(name="Hillside Dental")
        invoice = invoices.order_plan(factories.actor_of(factories.make_admin(far), far), plan.id)
        with pytest.raises(NotFound):
            invoices.withdraw(admin, invoice.id)


@command
def _reprice(plan: Plan) -> None:
    plan = db.session.get_one(Plan, plan.id)
    plan.monthly_price, plan.monthly_credits, plan.name = Decimal(99), 1, "Luxury"
