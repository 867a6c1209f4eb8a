"""The superuser's back office at /admin/: every table, on Flask-Admin."""

from itertools import groupby
from operator import attrgetter

from flask import Flask, Response
from flask_admin import Admin, BaseView, expose

from medimeet.blueprints.back_office.table_view import TableView
from medimeet.blueprints.back_office.tables import all_tables
from medimeet.services import access
from medimeet.web.fragments import page
from medimeet.web.guard import allow


class FrontView(BaseView):
    """The list of all tables."""

    def __init__(self, tables: list[TableView]) -> None:
        super().__init__(name="Back office", endpoint="back_office", url="/admin")
        self.subjects = [(subject, list(group)) for subject, group in groupby(tables, attrgetter("category"))]

    @expose("/", methods=("GET", "POST"))
    def index(self) -> Response:
        """GET, POST /admin/: every table, by subject."""
        return page("back_office/index.html", subjects=self.subjects)


def register(app: Flask) -> None:
    """Mounts the back office; each of its views takes superusers only."""
    tables = all_tables()
    admin = Admin(name="Back office", url="/admin", index_view=FrontView(tables))
    admin.add_views(*tables)
    admin.init_app(app)
    for name, view in app.view_functions.items():
        if name.startswith("back_office"):
            app.view_functions[name] = allow(access.superuser)(view)
