"""The Flask extensions, unbound; `create_app` binds them."""

from typing import Any

from flask import Flask
from flask_babel import Babel
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from medimeet.config import ROOT
from medimeet.db import db

babel = Babel()
csrf = CSRFProtect()
login_manager = LoginManager()


class LateMigrations:
    """Stands for Flask-Migrate until `flask db` asks for it: no server waits at each start for Alembic."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        app.extensions["migrate"] = self

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate  # noqa: PLC0415

        Migrate(self._app, db, directory=str(ROOT / "migrations"), render_as_batch=True)  # takes this one's place
        return getattr(self._app.extensions["migrate"], name)
