"""The blueprint that the routes of this package hang on."""

from flask import Blueprint

bp = Blueprint("outbox", __name__, url_prefix="/outbox")
