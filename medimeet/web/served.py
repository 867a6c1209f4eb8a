"""What is known of a request below Flask: its route, who asked, and what its answer says besides what the view said."""

import time
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy.orm.attributes import instance_state

from medimeet.services.access import Actor

_IN_ENVIRONMENT = "medimeet.served"


@dataclass(slots=True)
class Served:
    """The route as it is declared, such as `/doctors/<int:doctor_id>/` (empty: none), and the ids of who asked.

    `began` is the moment at which the request came, in seconds of `time.perf_counter`. `headers` are the answer's, too:
    there they cost a fraction of what it takes to put them into a Response.
    """

    endpoint: str | None = None
    route: str = ""
    began: float = 0.0
    account_id: int | None = None
    clinic_id: int | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)


def start(app: Flask) -> None:
    """Notes it of every request to `app`."""
    app.before_request(note_route)
    app.after_request(note_who)


def served_in(environ: dict[str, Any]) -> Served:
    """What was noted in this WSGI environment."""
    return environ.get(_IN_ENVIRONMENT) or Served()


def note_route() -> None:
    """Notes the route."""
    rule = request.url_rule
    request.environ[_IN_ENVIRONMENT] = (
        Served(rule.endpoint, rule.rule, time.perf_counter()) if rule is not None else Served(began=time.perf_counter())
    )


def note_who(answer: Response) -> Response:
    """Notes who asked, where the request made that out; asks the database nothing."""
    actor: Actor | None = g.get("actor")
    if actor is not None and (served := request.environ.get(_IN_ENVIRONMENT)) is not None:
        served.account_id, served.clinic_id = _id_of(actor.account), _id_of(actor.clinic)
    return answer


def _id_of(row: Any) -> int | None:
    """A row's id as the session knows it; reading it from the row may ask the database anew."""
    identity = instance_state(row).identity if row is not None else None
    return identity[0] if identity else None
