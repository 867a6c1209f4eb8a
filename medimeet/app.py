"""The application factory."""

import gc
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from medimeet import db, sealing, usual_pace
from medimeet.blueprints import register_blueprints
from medimeet.config import owner_only, read_settings
from medimeet.extensions import LateMigrations, babel, csrf
from medimeet.gateways import mongodb_address
from medimeet.web import (
    context,
    errors,
    guard,
    headers,
    limits,
    metrics,
    origin,
    refused_looks,
    request_id,
    served,
    signed_in,
)
from medimeet.web.application import Application
from medimeet.web.asked import LARGEST_ID
from medimeet.web.quick_json import QuickJSON

BODY_LIMIT = 6 * 1024 * 1024
FORM_LIMIT = 1024 * 1024


class RowId(IntegerConverter):
    """Whole numbers in plain digits that JavaScript and every database keep; a larger one is read as 0, no row.

    To refuse it here would make a 405 of it, where the other methods of an address are routes of their own.
    """

    regex = "[0-9]+"

    def __init__(self, map: Any, **options: Any) -> None:
        super().__init__(map, max=LARGEST_ID, **options)

    def to_python(self, value: str) -> int:
        number = int(value[:20])
        return number if number <= LARGEST_ID else 0


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The application, configured from the environment and, above it, from `settings`.

    Raises BadSetting for a setting that can't be read, RuntimeError for a route without an access rule.
    """
    app = Application(__name__)
    app.config.from_mapping(read_settings() | dict(settings or {}))
    _configure(app)
    app.url_map.converters["int"] = RowId
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # it would redirect, and no POST is ever redirected
    app.json = QuickJSON(app)
    for part in (
        served,
        metrics,
        sealing,
        db,
        context,
        errors,
        headers,
        limits,
        origin,
        signed_in,
        refused_looks,
        request_id,
    ):
        part.start(app)
    babel.init_app(app)
    csrf.init_app(app)
    LateMigrations(app)
    register_blueprints(app)
    guard.require_rules(app)
    gc.set_threshold(*usual_pace)
    return app


def _configure(app: Flask) -> None:
    mongodb_address.check_address(app.config["MONGODB_URI"])
    Path(app.config["DATA_DIR"]).mkdir(mode=0o700, parents=True, exist_ok=True)
    app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or kept_secret_key(Path(app.config["DATA_DIR"]))
    app.config["BASE_URL"] = (app.config["BASE_URL"] or f"http://{app.config['HOST']}:{app.config['PORT']}").rstrip("/")
    is_secure = app.config["BASE_URL"].startswith("https://")
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        MAX_FORM_MEMORY_SIZE=FORM_LIMIT,
        SESSION_COOKIE_NAME="__Host-medimeet" if is_secure else "medimeet",
        SESSION_COOKIE_SECURE=is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    hops = app.config["TRUSTED_PROXIES"]
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def kept_secret_key(data_folder: Path) -> str:
    """The secret key of this data folder; made at first use, readable by its owner only."""
    file = data_folder / "secret-key"
    if not file.exists():
        draft = data_folder / f"secret-key.{secrets.token_hex(8)}"
        with open(draft, "x", opener=owner_only) as new:
            new.write(secrets.token_hex(32))
        # A link appears whole or not at all: of two starts at once, both read the same key.
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text().strip()
