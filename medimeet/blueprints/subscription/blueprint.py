"""The blueprint that every route of this folder hangs on."""

from flask import Blueprint

bp = Blueprint("subscription", __name__, url_prefix="/clinic/subscription")
