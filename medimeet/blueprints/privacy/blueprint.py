"""The blueprint that the routes of this package hang on."""

from flask import Blueprint

bp = Blueprint("privacy", __name__)
