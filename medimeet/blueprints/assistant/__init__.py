"""The assistant's pages: talk or type to it, confirm what it proposes, read and erase what was said."""

from medimeet.blueprints.assistant import ask, log, page, proposals
from medimeet.blueprints.assistant.blueprint import bp

__all__ = ["ask", "bp", "log", "page", "proposals"]
