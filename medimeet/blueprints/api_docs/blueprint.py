"""The blueprint that the routes of this package hang on."""

from flask import Blueprint

bp = Blueprint("api_docs", __name__, url_prefix="/docs")
