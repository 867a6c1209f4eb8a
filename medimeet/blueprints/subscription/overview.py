"""The clinic's plan, what is left of its credits, what can be ordered, and the ledger."""

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet import clock
from medimeet.blueprints.subscription.blueprint import bp
from medimeet.models import Invoice
from medimeet.services import access, credits, invoices, subscriptions
from medimeet.services.assistant import asking
from medimeet.web.asked import wanted_page
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

_NEWEST = 5


@bp.get("/")
@allow(access.clinic_admin)
def overview() -> Response:
    """GET /clinic/subscription/: plan, credits left, what can be ordered, the newest invoices and ledger lines."""
    actor = current_actor()
    subscription = subscriptions.of_clinic(actor.clinic)
    today = clock.today(actor.clinic.zone)
    return page(
        "subscription/overview.html",
        subscription=subscription,
        has_model=asking.model_of(actor) is not None,
        has_ended=subscription is not None and subscriptions.has_ended(subscription, today),
        meter=credits.meter(actor.clinic),
        plans=subscriptions.plans(),
        bundles=subscriptions.bundles(),
        newest_invoices=invoices.listed(actor, per_page=_NEWEST).items,
        newest_entries=subscriptions.ledger(actor, per_page=_NEWEST).items,
    )


@bp.get("/ledger/")
@allow(access.clinic_admin)
def ledger() -> Response:
    """GET /clinic/subscription/ledger/: each credit that was added or spent, newest first, in pages."""
    found = subscriptions.ledger(current_actor(), page=wanted_page())
    return page("subscription/ledger.html", "subscription/_ledger.html", found=found)


@bp.post("/plans/<int:plan_id>/order/")
@allow(access.clinic_admin)
def order_plan(plan_id: int) -> WerkzeugResponse:
    """POST /clinic/subscription/plans/<int:plan_id>/order/: orders a month of a plan."""
    return _ordered(invoices.order_plan(current_actor(), plan_id))


@bp.post("/bundles/<int:bundle_id>/order/")
@allow(access.clinic_admin)
def order_bundle(bundle_id: int) -> WerkzeugResponse:
    """POST /clinic/subscription/bundles/<int:bundle_id>/order/: orders a bundle of credits."""
    return _ordered(invoices.order_bundle(current_actor(), bundle_id))


def _ordered(invoice: Invoice) -> WerkzeugResponse:
    flash(f"Invoice {invoice.number} is waiting to be paid. The credits come when it is paid.", "success")
    return go_to(url_for("subscription.invoice", invoice_id=invoice.id))
