"""Signing in and out, registering, passwords, own sign-ins, second factors, and the front page."""

from medimeet.blueprints.auth import (
    api_auth,
    applying,
    front,
    lost_second_factor,
    passwords,
    registering,
    second_factor,
    second_step,
    sessions,
    signing_in,
    time_left,
    verifying,
)
from medimeet.blueprints.auth.blueprint import bp

__all__ = [
    "api_auth",
    "applying",
    "bp",
    "front",
    "lost_second_factor",
    "passwords",
    "registering",
    "second_factor",
    "second_step",
    "sessions",
    "signing_in",
    "time_left",
    "verifying",
]
