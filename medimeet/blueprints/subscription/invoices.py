"""The clinic's invoices: the list, one on paper, and taking back an order that is not paid."""

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.subscription.blueprint import bp
from medimeet.services import access, invoices
from medimeet.web.asked import wanted_page
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/invoices/")
@allow(access.clinic_admin)
def list_invoices() -> Response:
    """GET /clinic/subscription/invoices/: the clinic's invoices, newest first, in pages."""
    found = invoices.listed(current_actor(), page=wanted_page())
    return page("subscription/invoices.html", "subscription/_invoices.html", found=found)


@bp.get("/invoices/<int:invoice_id>/")
@allow(access.clinic_admin)
def invoice(invoice_id: int) -> Response:
    """GET /clinic/subscription/invoices/<int:invoice_id>/: one invoice, to read and to print."""
    found = invoices.find(current_actor(), invoice_id)
    return page("subscription/invoice.html", invoice=found, is_own=found.clinic_id == current_actor().clinic.id)


@bp.post("/invoices/<int:invoice_id>/withdraw/")
@allow(access.clinic_admin)
def withdraw(invoice_id: int) -> WerkzeugResponse:
    """POST /clinic/subscription/invoices/<int:invoice_id>/withdraw/: takes back an order that is not paid."""
    found = invoices.withdraw(current_actor(), invoice_id)
    flash(f"Invoice {found.number} was withdrawn. Nothing is owed for it.", "success")
    return go_to(url_for("subscription.invoice", invoice_id=found.id))
