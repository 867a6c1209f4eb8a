"""The blueprint that the route files of this contract share."""

from medimeet.web.json_blueprint import JsonBlueprint

bp = JsonBlueprint("chatbot", __name__)
