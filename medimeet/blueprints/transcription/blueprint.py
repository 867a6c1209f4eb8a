"""The blueprint that every route of this folder hangs on."""

from flask import Blueprint

from medimeet.blueprints.transcription import places

bp = Blueprint("transcription", __name__)
bp.record_once(lambda state: places.start(state.app))
