"""One table of the back office: its list, its rows, and the forms that write them, on Flask-Admin's views.

The pages are the portal's own: nothing on them is inline, and a page asks before anything is deleted, with JavaScript
and without.
"""

import json
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from flask import Response, flash, request
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.model.base import ViewArgs
from sqlalchemy import inspect
from werkzeug.wrappers import Response as WerkzeugResponse
from wtforms import Field

from medimeet.blueprints.back_office import forms
from medimeet.blueprints.back_office.fields import MINUTES
from medimeet.db import db
from medimeet.domain.wall_clock import text_of
from medimeet.errors import InvalidInput, MediMeetError, NotFound
from medimeet.model_base import Base
from medimeet.models import HeldIdentity, Notification
from medimeet.services import back_office, table_rows
from medimeet.web.asked import whole_number
from medimeet.web.form_faults import show_faults
from medimeet.web.fragments import go_to, page
from medimeet.web.signed_in import current_actor

EVERYTHING = ("read", "add", "change", "delete")
_RIGHTS = {"details_view": "read", "create_view": "add", "edit_view": "change", "delete_view": "delete"}
_ROWS_A_PAGE = 50
_LAST_PAGE = 100_000
_LONGEST_CELL = 80


class TableView(ModelView):
    """The pages of one table. `rights` says what may be done with its rows; what may not has no address."""

    list_template = "back_office/list.html"
    page_size = _ROWS_A_PAGE
    can_set_page_size = False
    action_disallowed_list = ["delete"]

    def __init__(
        self,
        model: type[Base],
        name: str,
        category: str,
        *,
        shows: str,
        searches: str = "",
        filters: str = "",
        lists: str = "",
        rights: tuple[str, ...] = EVERYTHING,
    ) -> None:
        self.columns = [name for name in table_rows.columns(model) if name not in forms.SECRET]
        self.column_list = shows.split()
        self.column_searchable_list = searches.split()
        self.column_sortable_list = shows.split()
        self.column_labels = {name: forms.label_of(model, name) for name in self.columns}
        self.column_default_sort = (table_rows.key_column(model), True)
        self.filter_columns, self.lists, self.rights = filters.split(), lists.split(), rights
        self.references = table_rows.references(model)
        self.one_row = table_rows.word_for(model)
        slug = model.__tablename__.replace("_", "-")
        endpoint = f"back_office_{model.__tablename__}"
        super().__init__(model, db, name=name, category=category, endpoint=endpoint, url=f"/admin/{slug}")
        routes: list[Any] = getattr(self, "_urls")  # noqa: B009 (Flask-Admin's, kept by its metaclass)
        self._urls = [route for route in routes if route[1] == "index_view" or _RIGHTS.get(route[1]) in rights]

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Response | WerkzeugResponse:
        """GET, POST /admin/<table>/new/: a new row."""
        form = self._create_form_class()
        if not form.validate_on_submit():
            return self._form_page(form)
        values = {field.name: field.data for field in form if field.data is not None and field.name != "csrf_token"}
        try:
            row = back_office.add(current_actor(), self.model, values)
        except MediMeetError as error:
            return self._refused(form, error)
        flash(f"{table_rows.name_of(row)} was added.", "success")
        return go_to(self._url_of("details_view" if "read" in self.rights else "index_view", row))

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Response | WerkzeugResponse:
        """GET, POST /admin/<table>/edit/?id=: other values for one row."""
        row = self._row()
        form = self._edit_form_class(obj=row)
        self._offer(form, row)
        if not form.validate_on_submit():
            return self._form_page(form, row)
        shown = self._edit_form_class(formdata=None, obj=row)
        changed = {field.name: form[field.name].data for field in shown if not _is_same(field, form[field.name])}
        try:
            if changed:
                row = back_office.change(current_actor(), self.model, self._key(), changed)
        except MediMeetError as error:
            return self._refused(form, error, row)
        flash(f"{table_rows.name_of(row)} was changed." if changed else "Nothing was changed.", "success")
        return go_to(self._url_of("details_view", row))

    @expose("/details/")
    def details_view(self) -> Response:
        """GET /admin/<table>/details/?id=: all values of one row but the secret ones."""
        return self.render("back_office/details.html", row=self._row())

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> Response | WerkzeugResponse:
        """GET, POST /admin/<table>/delete/?id=: asks whether to delete one row; the POST deletes it."""
        row = self._row()
        if request.method != "POST":
            return self.render("back_office/delete.html", row=row)
        try:
            name = back_office.remove(current_actor(), self.model, self._key())
        except NotFound:
            raise
        except MediMeetError as error:
            return self.render("back_office/delete.html", error.status, row=row, refusal=error.words)
        flash(f"{name} was deleted.", "success")
        return go_to(self.get_url(".index_view"))

    def get_create_form(self) -> Any:
        return forms.add_form(self.model) if "add" in self.rights else self.get_delete_form()

    def get_edit_form(self) -> Any:
        return forms.change_form(self.model, self.lists) if "change" in self.rights else self.get_delete_form()

    def get_query(self) -> Any:
        return super().get_query().filter(*self._filters_asked())

    def get_count_query(self) -> Any:
        return super().get_count_query().filter(*self._filters_asked())

    def render(self, template: str, status: int = 200, **values: Any) -> Any:
        """The page of the portal that `template` is."""
        values |= {"table": self, "name_of": table_rows.name_of, "has_errors": status >= 400}
        return page(template, status=status, **values)

    def filter_form(self) -> Any:
        """The filters of the list, as they are asked for."""
        form = forms.filter_form(self.model, self.filter_columns)(request.args)
        form.validate()
        return form

    def names_in(self, rows: list[Base]) -> dict[tuple[str, int], str]:
        """The names of the rows that these rows name, by column and id: one statement a column."""
        found: dict[tuple[str, int], str] = {}
        for column, model in self.references.items():
            ids = {getattr(row, column) for row in rows} - {None}
            found |= {(column, row_id): name for row_id, name in table_rows.names(model, ids).items()}
        return found

    def url_of_named(self, column: str, row_id: int) -> str:
        """The address of a row of another table."""
        endpoint = f"back_office_{self.references[column].__tablename__}.details_view"
        return self.get_url(endpoint, id=row_id)

    def shown(self, row: Base, column: str) -> str:
        """A value as people read it."""
        value = getattr(row, column)
        if column == "body" and isinstance(row, Notification) and row.holds_secret:
            return "(it held a code or a link)"
        if column == "identity" and isinstance(row, HeldIdentity):
            return "(shown for a password: /erased-people/)"
        if column in MINUTES and value is not None:
            return text_of(value)
        return _in_words(value)

    def shown_short(self, row: Base, column: str) -> str:
        """A value in a cell of the list."""
        text = self.shown(row, column)
        return text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}…"

    def key_of(self, row: Base) -> Any:
        """What names the row in an address."""
        return table_rows.key_of(row)

    def _get_list_extra_args(self) -> ViewArgs:
        asked = super()._get_list_extra_args()
        asked.page = min(max(asked.page or 0, 0), _LAST_PAGE)
        asked.sort = asked.sort if asked.sort in range(len(self.column_list)) else None
        asked.search = (asked.search or "").replace("\0", "").strip()[:100] or None
        asked.extra_args = {name: text for name, text in request.args.items() if name in self.filter_columns and text}
        return asked

    def _filters_asked(self) -> list[Any]:
        form = self.filter_form()
        wanted = {field.name: field.data for field in form if not field.errors and field.data not in (None, "")}
        return [getattr(self.model, name) == value for name, value in wanted.items()]

    def _key(self) -> int | str:
        text = request.args.get("id", "").replace("\0", "")
        if table_rows.columns(self.model)[table_rows.key_column(self.model)].type.python_type is str:
            return text
        number = whole_number(text)
        if number is None:
            raise NotFound
        return number

    def _row(self) -> Base:
        if request.method != "POST":
            return back_office.read(current_actor(), self.model, self._key())
        return back_office.find(self.model, self._key())

    def _offer(self, form: Any, row: Base) -> None:
        for name in self.lists:
            form[name].choices = table_rows.of_clinic_of(row, inspect(self.model).relationships[name].mapper.class_)

    def _form_page(self, form: Any, row: Base | None = None, refusal: str | None = None, status: int = 400) -> Any:
        return self.render(
            "back_office/form.html", status if form.is_submitted() else 200, form=form, row=row, refusal=refusal
        )

    def _refused(self, form: Any, error: MediMeetError, row: Base | None = None) -> Any:
        if isinstance(error, NotFound):
            raise error  # somebody deleted the row meanwhile, so there is nothing to show
        if isinstance(error, InvalidInput):
            show_faults(form, error)
            return self._form_page(form, row)
        return self._form_page(form, row, error.words, error.status)

    def _url_of(self, view: str, row: Base) -> str:
        return self.get_url(f".{view}", id=self.key_of(row)) if view == "details_view" else self.get_url(f".{view}")


def _is_same(shown: Field, sent: Field) -> bool:
    """Whether the field came back as it was shown; an empty box is the same as none."""
    return sent.name == "csrf_token" or shown.data == sent.data or (shown.data is None and sent.data == "")


def _in_words(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Enum):
        return value.name.replace("_", " ").capitalize()
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
