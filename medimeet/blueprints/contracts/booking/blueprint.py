"""The blueprint that the route files of this contract share."""

from medimeet.web.json_blueprint import JsonBlueprint

bp = JsonBlueprint("booking", __name__)
