"""What superusers do with the clinics' money: mark invoices as paid, and correct credits with a reason."""

from flask import Response, flash, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import StringField
from wtforms.validators import Optional

from medimeet.blueprints.subscription.blueprint import bp
from medimeet.errors import Conflict, InvalidInput
from medimeet.services import access, credits, invoices, subscriptions
from medimeet.web.asked import wanted_page
from medimeet.web.form_faults import show_faults
from medimeet.web.form_fields import WholeNumberField
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


class CorrectionForm(FlaskForm):
    """Credits that are added or taken away by hand."""

    change = WholeNumberField("How many credits", [Optional()])
    reason = StringField("Why")


@bp.get("/invoices/unpaid/")
@allow(access.superuser)
def unpaid() -> Response:
    """GET /clinic/subscription/invoices/unpaid/: what all clinics still owe, the oldest first, in pages."""
    found = invoices.unpaid(current_actor(), page=wanted_page())
    return page("subscription/unpaid.html", "subscription/_unpaid.html", found=found)


@bp.post("/invoices/<int:invoice_id>/paid/")
@allow(access.superuser)
def mark_paid(invoice_id: int) -> WerkzeugResponse:
    """POST /clinic/subscription/invoices/<int:invoice_id>/paid/: marks an invoice as paid, once."""
    invoice = invoices.mark_paid(current_actor(), invoice_id)
    flash(f"Invoice {invoice.number} is paid. {invoice.clinic.name} has its credits.", "success")
    return go_to(url_for("subscription.invoice", invoice_id=invoice.id))


@bp.get("/clinics/")
@allow(access.superuser)
def clinics() -> Response:
    """GET /clinic/subscription/clinics/: every clinic's plan and credits, in pages."""
    found = subscriptions.of_every_clinic(current_actor(), page=wanted_page())
    return page("subscription/clinics.html", "subscription/_clinics.html", found=found)


@bp.route("/clinics/<int:clinic_id>/correct/", methods=["GET", "POST"])
@allow(access.superuser)
def correct(clinic_id: int) -> Response | WerkzeugResponse:
    """GET, POST /clinic/subscription/clinics/<int:clinic_id>/correct/: adds or takes away credits, with a reason."""
    actor = current_actor()
    corrected = subscriptions.find_clinic(actor, clinic_id)
    form = CorrectionForm()
    if form.validate_on_submit():
        try:
            left = subscriptions.correct(actor, clinic_id, change=form.change.data, reason=form.reason.data)
        except InvalidInput as error:
            show_faults(form, error)
        except Conflict as error:
            show_faults(form, InvalidInput({"change": error.words}))
        else:
            flash(f"{corrected.name} has {left} credits now.", "success")
            return go_to(url_for("subscription.clinics"))
    status, meter = 400 if form.errors else 200, credits.meter(corrected)
    return page("subscription/correct.html", status=status, form=form, meter=meter, corrected=corrected)
