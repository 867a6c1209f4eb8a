"""One's own conversation log: read, searched, taken along, erased. Nobody else's, whoever asks."""

from flask import Response, flash, make_response, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.assistant.blueprint import bp
from medimeet.errors import InvalidInput
from medimeet.services import access, conversation, conversation_files
from medimeet.web.asked import wanted_page, wanted_search
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor

_FORMATS = {"csv": "text/csv", "json": "application/json"}


@bp.get("/transcription/log/")
@allow(access.signed_in)
def conversation_log() -> Response:
    """GET /transcription/log/: what one and the assistant said to each other, newest first, with search and pages."""
    query = wanted_search()
    found = conversation.page(current_actor(), search=query, page=wanted_page())
    return page("assistant/log.html", "assistant/_log.html", found=found, query=query)


@bp.get("/transcription/log/export/")
@allow(access.signed_in)
def download_log() -> Response:
    """GET /transcription/log/export/: the whole conversation as a file; `?format=csv` (unless told) or `json`."""
    actor = current_actor()
    name = request.args.get("format", "csv").lower()
    if name not in _FORMATS:
        raise InvalidInput({"format": "Choose csv, for a spreadsheet, or json, for a program."})
    messages = conversation.export(actor)
    conversation.note_export(actor)
    is_csv = name == "csv"
    text = conversation_files.as_csv(messages, actor.clinic.zone) if is_csv else conversation_files.as_json(messages)
    answer = make_response(text)
    answer.headers["Content-Type"] = f"{_FORMATS[name]}; charset=utf-8"
    answer.headers["Content-Disposition"] = f"attachment; filename=conversation.{name}"
    return answer


@bp.get("/transcription/log/erase/")
@allow(access.signed_in)
def confirm_erasing_log() -> Response:
    """GET /transcription/log/erase/: asks whether to erase the whole conversation."""
    return page("assistant/log_erase.html", count=conversation.page(current_actor(), per_page=1).total)


@bp.post("/transcription/log/erase/")
@allow(access.signed_in)
def erase_log() -> WerkzeugResponse:
    """POST /transcription/log/erase/: erases it, for good."""
    conversation.erase(current_actor())
    flash("Your conversation was erased.", "success")
    return go_to(url_for("assistant.conversation_log"))
