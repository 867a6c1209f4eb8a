"""Who saw or changed one's own data, when and why."""

from typing import get_args

from flask import Response, request

from medimeet.blueprints.privacy.blueprint import bp
from medimeet.services import access, record_readers
from medimeet.services.record_readers import Kind
from medimeet.web.asked import wanted_page
from medimeet.web.fragments import page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/my-data/who-saw/")
@allow(access.signed_in)
def who_saw() -> Response:
    """GET /my-data/who-saw/: who saw or changed one's data, the newest first; `?kind=` all, reads, changes."""
    kind = _wanted_kind()
    shown = record_readers.page(current_actor(), kind=kind, page=wanted_page())
    return page("privacy/who_saw.html", "privacy/_who_saw.html", found=shown.found, deeds=shown.deeds, kind=kind)


def _wanted_kind() -> Kind:
    kind = request.args.get("kind", "all")
    return kind if kind in get_args(Kind) else "all"  # type: ignore[return-value]
