"""The blueprint that the routes of this package hang on."""

from flask import Blueprint

bp = Blueprint("doctor_schedule", __name__)
