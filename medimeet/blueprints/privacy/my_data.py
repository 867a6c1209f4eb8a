"""What is kept about oneself, in words, and the ways to see, take along and erase it."""

from flask import Response

from medimeet.blueprints.privacy.blueprint import bp
from medimeet.config import setting
from medimeet.services import access, data_export
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/my-data/")
@allow(access.signed_in)
def my_data() -> Response:
    """GET /my-data/: what the clinic keeps about one, and what one can do about it."""
    person = current_actor().person
    return page("privacy/my_data.html", person=person, counts=data_export.counts(person), years=setting("RECORD_YEARS"))
