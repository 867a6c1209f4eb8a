"""The blueprint that the routes of this package hang on."""

from flask import Blueprint

bp = Blueprint("clinic_admin", __name__)
