"""The blueprint that every route of the contract hangs on."""

from medimeet.web.json_blueprint import JsonBlueprint

bp = JsonBlueprint("voice", __name__)
