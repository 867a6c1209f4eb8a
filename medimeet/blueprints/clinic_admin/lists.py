"""The lists of words that doctors are described by: specialties, designations, languages."""

from typing import Any

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from medimeet.blueprints.clinic_admin.blueprint import bp
from medimeet.blueprints.clinic_admin.clinic_forms import WordForm
from medimeet.errors import InvalidInput, NotFound
from medimeet.services import access, word_lists
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.guard import allow
from medimeet.web.signed_in import current_actor


@bp.get("/clinic/lists/")
@allow(access.clinic_admin)
def lists() -> Response:
    """GET /clinic/lists/: every list with its entries."""
    return _lists_page()


@bp.post("/clinic/lists/<kind>/add/")
@allow(access.clinic_admin)
def add_word(kind: str) -> Response | WerkzeugResponse:
    """POST /clinic/lists/<kind>/add/: a new entry of a list (`specialties`, `designations` or `languages`)."""
    form = WordForm()
    if form.validate():
        try:
            word = word_lists.add(current_actor(), _model(kind), form.name.data or "")
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash(f"{word.name} was added.", "success")
            return go_to(url_for("clinic_admin.lists", _anchor=kind))
    return _lists_page(kind, form)


@bp.route("/clinic/lists/<kind>/<int:word_id>/edit/", methods=["GET", "POST"])
@allow(access.clinic_admin)
def edit_word(kind: str, word_id: int) -> Response | WerkzeugResponse:
    """GET, POST /clinic/lists/<kind>/<int:word_id>/edit/: renames an entry, wherever doctors use it."""
    word = word_lists.find(current_actor(), _model(kind), word_id)
    form = WordForm(obj=word)
    if form.validate_on_submit():
        try:
            word = word_lists.rename(current_actor(), _model(kind), word_id, form.name.data or "")
        except InvalidInput as error:
            show_faults(form, error)
        else:
            flash(f"The entry is called {word.name} now.", "success")
            return go_to(url_for("clinic_admin.lists", _anchor=kind))
    return page("clinic_admin/word_form.html", status=400 if form.errors else 200, form=form, word=word, kind=kind)


@bp.post("/clinic/lists/<kind>/<int:word_id>/delete/")
@allow(access.clinic_admin)
def delete_word(kind: str, word_id: int) -> WerkzeugResponse:
    """POST /clinic/lists/<kind>/<int:word_id>/delete/: takes an entry out of its list and from every doctor."""
    name = word_lists.remove(current_actor(), _model(kind), word_id)
    flash(f"{name} was removed.", "success")
    return go_to(url_for("clinic_admin.lists", _anchor=kind))


def _model(kind: str) -> Any:
    if kind not in word_lists.LISTS:
        raise NotFound("There is no such list.")
    return word_lists.LISTS[kind]


def _lists_page(wrong_kind: str | None = None, wrong_form: WordForm | None = None) -> Response:
    """All lists, each with its own form; one of the forms may come back with what is wrong with it."""
    actor = current_actor()
    forms = {kind: WordForm(formdata=None, prefix="") for kind in word_lists.LISTS}
    if wrong_kind is not None and wrong_form is not None:
        _model(wrong_kind)
        forms[wrong_kind] = wrong_form
    for kind, form in forms.items():
        form.name.id = f"name-{kind}"
    words = {kind: word_lists.of_clinic(actor, _model(kind)) for kind in word_lists.LISTS}
    is_wrong = wrong_form is not None
    return page(
        "clinic_admin/lists.html",
        status=400 if is_wrong else 200,
        forms=forms,
        words=words,
        wrong_form=wrong_form,
        has_errors=is_wrong,
    )
