"""The chat on the clinic's own site: the switch, the sites, the tag to paste, the token."""

from urllib.parse import urlsplit

from flask import Response, flash, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.clinic_admin.blueprint import bp
from medimeet.blueprints.clinic_admin.chatbot_forms import sites_form_of
from medimeet.config import setting
from medimeet.errors import InvalidInput
from medimeet.services import access, chatbot
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.route("/clinic/chatbot/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def chatbot_settings() -> Response | WerkzeugResponse:
    """GET, POST /clinic/chatbot/: the chat's switch, tag and token; changes the sites that it may stand on."""
    actor = current_actor()
    form = sites_form_of(actor.clinic)
    if form.validate_on_submit():
        try:
            chatbot.list_sites(actor, form.lines())
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash("The sites were saved.", "success")
            return go_to(url_for("clinic_admin.chatbot_settings"))
    return page(
        "clinic_admin/chatbot.html",
        status=400 if form.errors else 200,
        form=form,
        origin=setting("BASE_URL"),
        is_elsewhere=urlsplit(setting("BASE_URL")).netloc != request.host,
        minutes=setting("CHATBOT_TOKEN_MINUTES"),
    )


@bp.post("/clinic/chatbot/on/")
@allow(access.clinic_admin)
def switch_chatbot_on() -> WerkzeugResponse:
    """POST /clinic/chatbot/on/: visitors can use the chat."""
    chatbot.switch(current_actor(), enabled=True)
    flash("The chat is on now.", "success")
    return go_to(url_for("clinic_admin.chatbot_settings"))


@bp.post("/clinic/chatbot/off/")
@allow(access.clinic_admin)
def switch_chatbot_off() -> WerkzeugResponse:
    """POST /clinic/chatbot/off/: nobody can use the chat, from this moment on."""
    chatbot.switch(current_actor(), enabled=False)
    flash("The chat is off now, also for those who have it open. What was booked through it stays booked.", "success")
    return go_to(url_for("clinic_admin.chatbot_settings"))


@bp.route("/clinic/chatbot/renew/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def renew_chatbot_token() -> Response | WerkzeugResponse:
    """GET, POST /clinic/chatbot/renew/: asks first, then ends every token that was given out so far."""
    if request.method != "POST":
        return page("clinic_admin/chatbot_renew.html")
    chatbot.renew_token(current_actor())
    flash("The token was renewed. Those given out before have ended.", "success")
    return go_to(url_for("clinic_admin.chatbot_settings"))


@bp.get("/clinic/chatbot/preview/")
@allow(access.clinic_admin)
def preview_chatbot() -> Response:
    """GET /clinic/chatbot/preview/: a page with the very tag, to see the chat as visitors see it."""
    return page("clinic_admin/chatbot_preview.html")
