"""Signing in and out, registering, passwords, and the front page."""

from medimeet.blueprints.auth import front, signing_in
from medimeet.blueprints.auth.blueprint import bp

__all__ = ["bp", "front", "signing_in"]
