"""Signing in and out, registering, passwords, own sign-ins, and the front page."""

from medimeet.blueprints.auth import applying, front, passwords, registering, sessions, signing_in, verifying
from medimeet.blueprints.auth.blueprint import bp

__all__ = ["applying", "bp", "front", "passwords", "registering", "sessions", "signing_in", "verifying"]
