"""Pictures of people: taking one in, and showing it."""

from contextlib import closing

from flask import Response, flash, request, send_from_directory

from medimeet.blueprints.clinic_admin.blueprint import bp
from medimeet.blueprints.clinic_admin.forms import PictureForm
from medimeet.config import shared_path
from medimeet.errors import InvalidInput, NotFound
from medimeet.gateways import pictures
from medimeet.models import Account
from medimeet.services import access, people
from medimeet.services.new_picture import UPLOADS
from medimeet.web.form_faults import show_faults
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/media/<name>")
@allow(access.anyone)
def media(name: str) -> Response:
    """GET /media/<name>: a picture that we made ourselves; its name is random, so it may be kept for a year."""
    if not pictures.is_name(name) or not shared_path(UPLOADS, name).is_file():
        raise NotFound("This picture is no longer shown.")
    answer = send_from_directory(shared_path(UPLOADS), name, mimetype=pictures.MEDIA_TYPE)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


def took_picture(account: Account, form: PictureForm) -> bool:
    """Keeps the picture sent in the form, or removes the old one (`remove`); False with the fault in the form."""
    if "remove" in request.form:
        people.set_picture(current_actor(), account, None)
        flash("The picture was removed.", "success")
        return True
    if not form.validate():
        return False
    with closing(form.picture.data) as file:
        sent = file.read(pictures.LARGEST_BYTES + 1)
    try:
        people.set_picture(current_actor(), account, sent)
    except InvalidInput as error:
        show_faults(form, error)
        return False
    flash("The new picture is shown now.", "success")
    return True
