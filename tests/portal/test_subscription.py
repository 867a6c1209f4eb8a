"""The pages of plans, credits and invoices, as admins and superusers use them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.models import Account, AuditEntry, Clinic, CreditEntry, Invoice, Plan
from medimeet.services import credits
from tests import factories
from tests.portal.people_pages import flashes_of, words_of, written

SignedIn = Callable[[Account], FlaskClient]
HOME = "/clinic/subscription/"


@pytest.fixture
def database_kind() -> str:
    """One is enough for pages; what is written is looked at on both in tests/services."""
    return "sqlite"


@pytest.fixture
def plan(app: Flask) -> Plan:
    return factories.make_plan(name="Practice", monthly_price=Decimal(49), monthly_credits=200)


@pytest.fixture
def admin(clinic: Clinic, as_: SignedIn) -> FlaskClient:
    return as_(factories.make_admin(clinic))


@pytest.fixture
def superuser(clinic: Clinic, as_: SignedIn) -> FlaskClient:
    return as_(factories.make_superuser())


def test_a_new_clinic_orders_a_month_pays_at_the_desk_and_has_its_credits(
    admin: FlaskClient, superuser: FlaskClient, clinic: Clinic, plan: Plan
) -> None:
    assert "Your clinic has no plan yet." in words_of(admin.get(HOME))
    ordered = admin.post(f"{HOME}plans/{plan.id}/order/")
    assert ordered.status_code == 303
    invoice = admin.get(ordered.location)
    assert "is waiting to be paid" in flashes_of(invoice)
    assert "Pay at the desk" in words_of(invoice)
    assert "£49.00" in words_of(invoice)
    assert "Mark as paid" not in words_of(invoice)
    waiting = superuser.get(f"{HOME}invoices/unpaid/")
    assert "Riverside Clinic" in words_of(waiting)
    paid = superuser.post(f"{ordered.location}paid/", follow_redirects=True)
    assert "is paid. Riverside Clinic has its credits." in flashes_of(paid)
    assert "Every invoice is paid or withdrawn." in words_of(superuser.get(f"{HOME}invoices/unpaid/"))
    home = words_of(admin.get(HOME))
    assert "200 credits left of 200" in home
    assert "Practice, one month" in home


def test_an_order_is_withdrawn_while_it_is_unpaid(admin: FlaskClient, clinic: Clinic, plan: Plan) -> None:
    invoice = factories.make_invoice(clinic, plan)
    answer = admin.post(f"{HOME}invoices/{invoice.id}/withdraw/", follow_redirects=True)
    assert "Nothing is owed for it." in flashes_of(answer)
    assert "Withdrawn" in words_of(answer)
    assert "Withdraw this order" not in words_of(answer)


def test_what_is_not_offered_any_more_is_told_in_words(admin: FlaskClient, clinic: Clinic) -> None:
    gone = factories.make_plan(name="Gone", is_active=False)
    bundle = factories.make_bundle(name="Plenty")
    assert "Gone" not in words_of(admin.get(HOME))
    assert admin.post(f"{HOME}plans/{gone.id}/order/").status_code == 404
    too_early = admin.post(f"{HOME}bundles/{bundle.id}/order/")
    assert too_early.status_code == 409
    assert "Order a month of a plan first" in words_of(too_early)


def test_an_ended_plan_says_that_its_credits_stay(admin: FlaskClient, clinic: Clinic, plan: Plan) -> None:
    subscription = factories.make_subscription(clinic, credits=7, plan=plan)
    assert "does not renew by itself" in words_of(admin.get(HOME))
    written(subscription, ends_on=date(2020, 2, 29))
    assert "The credits that are left stay good." in words_of(admin.get(HOME))


def test_without_a_model_nobody_is_led_to_pay(app: Flask, admin: FlaskClient, clinic: Clinic) -> None:
    advice = "You need not order anything."
    assert advice in words_of(admin.get(HOME))
    app.config["LLM_BASE_URL"] = "http://127.0.0.1:9/v1"
    assert advice not in words_of(admin.get(HOME))
    written(clinic, assistant_uses_model=False)
    assert advice in words_of(admin.get(HOME))


def test_the_numbers_of_no_row_are_no_fault_of_ours(admin: FlaskClient, superuser: FlaskClient) -> None:
    number = 10**30
    assert admin.post(f"{HOME}plans/{number}/order/").status_code == 404
    assert admin.post(f"{HOME}bundles/{number}/order/").status_code == 404
    assert admin.get(f"{HOME}invoices/{number}/").status_code == 404
    assert superuser.post(f"{HOME}invoices/{number}/paid/").status_code == 404
    assert superuser.get(f"{HOME}clinics/{number}/correct/").status_code == 404


def test_the_ledger_is_paged_and_swapped_in_part(admin: FlaskClient, clinic: Clinic, plan: Plan) -> None:
    factories.make_subscription(clinic, credits=40, plan=plan)
    doctor = factories.actor_of(factories.make_doctor(clinic, works=False, first_name="Asha"), clinic)
    for _question in range(26):
        credits.settle(credits.reserve(doctor))
    first = words_of(admin.get(f"{HOME}ledger/"))
    assert "27 lines" in first
    assert "Asha" in first
    second = admin.get(f"{HOME}ledger/?page=2", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert second.text.lstrip().startswith('<div id="ledger">')
    assert "Credits to begin with" in second.text
    assert admin.get(f"{HOME}ledger/?page=9").status_code == 200


class TestAnotherClinic:
    def test_an_admin_sees_and_orders_for_the_own_clinic_alone(
        self, admin: FlaskClient, clinic: Clinic, plan: Plan
    ) -> None:
        far = factories.make_clinic(name="Hillside Dental", currency="INR")
        foreign = factories.make_invoice(far, plan)
        assert foreign.number not in admin.get(f"{HOME}invoices/").text
        assert admin.get(f"{HOME}invoices/{foreign.id}/").status_code == 404
        assert admin.post(f"{HOME}invoices/{foreign.id}/withdraw/").status_code == 404

    def test_a_superuser_reads_its_prices_in_its_own_currency(
        self, superuser: FlaskClient, clinic: Clinic, plan: Plan
    ) -> None:
        foreign = factories.make_invoice(factories.make_clinic(name="Hillside Dental", currency="INR"), plan)
        assert "₹49.00" in words_of(superuser.get(f"{HOME}invoices/{foreign.id}/"))
        assert "₹49.00" in words_of(superuser.get(f"{HOME}invoices/unpaid/"))


class TestCorrecting:
    def test_credits_are_added_with_a_reason_to_any_clinic(self, superuser: FlaskClient, clinic: Clinic) -> None:
        far = factories.make_clinic(name="Hillside Dental")
        factories.make_subscription(far, credits=10)
        assert "Hillside Dental" in words_of(superuser.get(f"{HOME}clinics/"))
        page = f"{HOME}clinics/{far.id}/correct/"
        assert "10 credits left" in words_of(superuser.get(page))
        answer = superuser.post(page, data={"change": "-4", "reason": "Counted twice"}, follow_redirects=True)
        assert "Hillside Dental has 6 credits now." in flashes_of(answer)
        line = db.session.scalars(select(CreditEntry).order_by(CreditEntry.id.desc())).first()
        assert line is not None
        assert (line.clinic_id, line.change, line.left, line.reason) == (far.id, -4, 6, "Counted twice")
        assert db.session.scalars(select(AuditEntry.clinic_id).where(AuditEntry.deed == "corrected")).all() == [far.id]

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"change": "", "reason": "x"}, "Write how many credits to add"),
            ({"change": "0", "reason": "x"}, "Write how many credits to add"),
            ({"change": "many", "reason": "x"}, "Write a whole number"),
            ({"change": "9" * 20, "reason": "x"}, "Write a number up to 1,000,000."),
            ({"change": "5", "reason": " "}, "Write why"),
            ({"change": "5", "reason": "x" * 201}, "Use at most 200 characters."),
            ({"change": "-11", "reason": "x"}, "only 10 credits left"),
        ],
    )
    def test_what_can_not_be_done_is_told_beside_its_field(
        self, superuser: FlaskClient, clinic: Clinic, typed: dict[str, str], words: str
    ) -> None:
        factories.make_subscription(clinic, credits=10)
        answer = superuser.post(f"{HOME}clinics/{clinic.id}/correct/", data=typed)
        assert answer.status_code == 400
        assert words in words_of(answer)
        assert credits.meter(clinic).left == 10

    def test_there_is_no_page_for_no_clinic(self, superuser: FlaskClient) -> None:
        assert superuser.get(f"{HOME}clinics/999999999999/correct/").status_code == 404


def test_a_second_click_on_order_leads_to_the_same_invoice(admin: FlaskClient, clinic: Clinic, plan: Plan) -> None:
    first, second = (admin.post(f"{HOME}plans/{plan.id}/order/").location for _click in range(2))
    assert first == second
    assert db.session.scalar(select(func.count()).select_from(Invoice)) == 1
