"""Messages to the clinic: the public form, and the list that the clinic's admin reads."""

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.clinic_admin.blueprint import bp
from medimeet.blueprints.clinic_admin.clinic_forms import ContactForm
from medimeet.errors import InvalidInput
from medimeet.services import access, enquiries
from medimeet.web.asked import wanted_page, wanted_search
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.limits import limit_messages
from medimeet.web.signed_in import current_actor


@bp.route("/contact/", methods=["GET", "POST"])
@allow(access.anyone)
@limit_messages
def contact() -> Response | WerkzeugResponse:
    """GET, POST /contact/: anybody leaves a message for the clinic."""
    person = current_actor().account
    form = ContactForm(data={"name": person.full_name, "phone": person.mobile} if person else None)
    if form.validate_on_submit():
        try:
            enquiries.leave(
                current_actor(), name=form.name.data or "", phone=form.phone.data or "", message=form.message.data or ""
            )
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash("Thank you. The clinic has your message and will answer as soon as it can.", "success")
            return go_to(url_for("clinic_admin.contact"))
    return page("clinic_admin/contact.html", status=400 if form.errors else 200, form=form)


@bp.get("/messages/")
@allow(access.clinic_admin)
def messages() -> Response:
    """GET /messages/: what people wrote to the clinic, the newest first, with search and pages."""
    query = wanted_search()
    found = enquiries.listed(current_actor(), search=query, page=wanted_page())
    return page("clinic_admin/messages.html", "clinic_admin/_messages.html", found=found, query=query)


@bp.post("/messages/<int:message_id>/delete/")
@allow(access.clinic_admin)
def delete_message(message_id: int) -> WerkzeugResponse:
    """POST /messages/<int:message_id>/delete/: removes a message that was dealt with."""
    enquiries.remove(current_actor(), message_id)
    flash("The message was removed.", "success")
    return go_to(url_for("clinic_admin.messages"))
