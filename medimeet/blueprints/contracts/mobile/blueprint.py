"""The blueprint that the route files of this contract share."""

from medimeet.web.json_blueprint import JsonBlueprint

bp = JsonBlueprint("mobile", __name__)
