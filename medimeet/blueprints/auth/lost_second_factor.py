"""Taking the second factor off a member of the clinic who has lost it."""

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.auth.blueprint import bp
from medimeet.services import access, lost_second_factor
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.own_password import OwnPasswordForm, is_confirmed, status_of
from medimeet.web.signed_in import current_actor


@bp.get("/security/members/")
@allow(access.clinic_admin)
def members_with_second_factor() -> Response:
    """GET /security/members/: those whose second factor one may take off."""
    return page("auth/members.html", people=lost_second_factor.listed(current_actor()))


@bp.route("/security/members/<int:account_id>/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def take_off_second_factor(account_id: int) -> Response | WerkzeugResponse:
    """GET, POST /security/members/<int:account_id>/: takes a second factor off, for one's own password."""
    actor = current_actor()
    person = lost_second_factor.find(actor, account_id)
    form = OwnPasswordForm()
    if is_confirmed(form):
        lost_second_factor.take_off(actor, account_id)
        flash(f"{person.full_name} now signs in with the password alone, and gets a mail about it.", "success")
        return go_to(url_for("auth.members_with_second_factor"))
    return page(
        "auth/take_off_second_factor.html",
        status=status_of(form),
        form=form,
        person=person,
    )
