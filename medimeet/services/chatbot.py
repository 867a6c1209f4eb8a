"""A clinic's chatbot: whether it is on, on which sites it may stand, and the public token that its routes ask for.

The token says which clinic is meant and nothing more. Anybody can have one, so it never stands for a person.
"""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt

from medimeet import clock
from medimeet.config import setting
from medimeet.db import db
from medimeet.domain.origins import is_origin, read_origin
from medimeet.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn
from medimeet.models import Clinic
from medimeet.services import audit, people
from medimeet.services.access import Actor
from medimeet.writing import command, lock

ISSUER = "medimeet"
AUDIENCE = "medimeet chatbot"  # never that of a person's token
MOST_ORIGINS = 50
_ALGORITHM = "HS256"
_CLAIMS = ["iss", "aud", "exp", "iat", "clinic", "generation"]
_LONGEST = 1024
_SWITCHED_OFF = "The chat of this clinic is switched off."


def find_clinic(clinic_id: int) -> Clinic:
    """The clinic with this id, which anybody may know. Raises NotFound."""
    clinic = db.session.get(Clinic, clinic_id)
    if clinic is None:
        raise NotFound("We can't find this clinic.")
    return clinic


def issue_token(clinic: Clinic) -> str:
    """A token that names the clinic; it works for CHATBOT_TOKEN_MINUTES. Raises NotAllowed where the chat is off."""
    if not clinic.chatbot_enabled:
        raise NotAllowed(_SWITCHED_OFF)
    now = clock.now()
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + timedelta(minutes=setting("CHATBOT_TOKEN_MINUTES")),
        "clinic": clinic.id,
        "generation": clinic.chatbot_generation,
    }
    return jwt.encode(claims, _signing_key(), _ALGORITHM)


def clinic_of_token(token: str) -> Clinic:
    """The clinic that the token names.

    Raises NotSignedIn for one that is forged, expired, or was ended by the clinic since, and where the chat is off.
    """
    claims = _claims(token)
    clinic = db.session.get(Clinic, claims["clinic"])
    if clinic is None or not clinic.chatbot_enabled or clinic.chatbot_generation != claims["generation"]:
        raise NotSignedIn(_DEAD)
    return clinic


def is_welcome(clinic: Clinic, origin: str | None) -> bool:
    """Whether a page of this origin may use the clinic's chatbot: one of those that the clinic lists, else any.

    `origin` is what the browser says (`https://host:port`, or `null`); None for programs, which name none.
    """
    return origin is None or not clinic.chatbot_origins or origin in clinic.chatbot_origins


def own_origin() -> str:
    """The origin of this installation's own pages, such as the chat's frame, as BASE_URL says."""
    published = urlsplit(setting("BASE_URL"))
    return f"{published.scheme}://{published.netloc}".lower()


def sites(clinic: Clinic) -> list[str]:
    """The listed sites; without what is no origin, so that whoever wrote it there wrote no rule for browsers."""
    return [origin for origin in clinic.chatbot_origins if is_origin(origin)]


@command
def switch(actor: Actor, *, enabled: bool) -> Clinic:
    """The actor's clinic with its chatbot on or off, from this moment on. Raises NotAllowed."""
    clinic = _locked(actor)
    clinic.chatbot_enabled = enabled
    audit.note(actor, "changed", "chatbot", clinic.id, enabled=enabled)
    return clinic


@command
def list_sites(actor: Actor, origins: Iterable[str]) -> Clinic:
    """The actor's clinic with the sites that its chatbot may stand on (none: any). Raises InvalidInput, NotAllowed."""
    clinic = _locked(actor)
    clinic.chatbot_origins = read_origins(origins)
    audit.note(actor, "changed", "chatbot", clinic.id, origins=clinic.chatbot_origins)
    return clinic


@command
def renew_token(actor: Actor) -> Clinic:
    """Ends every token that was given out so far. New ones are given as before. Raises NotAllowed."""
    clinic = _locked(actor)
    clinic.chatbot_generation += 1
    audit.note(actor, "renewed token", "chatbot", clinic.id)
    return clinic


def read_origins(typed: Iterable[str]) -> list[str]:
    """The sites that somebody lists, each once, as browsers spell them. Raises InvalidInput (origins)."""
    faults, found = [], []
    for text in typed:
        try:
            found += [read_origin(text)] if text.strip() else []
        except ValueError as fault:
            faults.append(str(fault))
    unique = list(dict.fromkeys(found))
    if len(unique) > MOST_ORIGINS:
        faults.append(f"These are too many sites. {MOST_ORIGINS} are the most.")
    if faults:
        raise InvalidInput({"origins": faults})
    return unique


def _locked(actor: Actor) -> Clinic:
    """The admin's clinic as it is now, nobody else changing it in the running command."""
    people.refuse_non_admin(actor)
    lock("clinic", actor.clinic.id)
    db.session.refresh(actor.clinic)
    return actor.clinic


def _claims(token: str) -> dict[str, Any]:
    try:
        if len(token) > _LONGEST:
            raise jwt.InvalidTokenError
        return jwt.decode(
            token,
            _signing_key(),
            algorithms=[_ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": _CLAIMS},
        )
    except (jwt.InvalidTokenError, UnicodeError):
        raise NotSignedIn(_DEAD) from None


def _signing_key() -> bytes:
    """A key of its own, so that no other token of ours can pose as one of these, nor one of these as another."""
    return hashlib.sha256(b"medimeet chatbot tokens " + setting("SECRET_KEY").encode()).digest()


_DEAD = "This token is not good for the clinic's chat, or no longer. Ask for a new one."
