"""The blueprint that every route of this folder hangs on."""

from flask import Blueprint

bp = Blueprint("transcription", __name__)
