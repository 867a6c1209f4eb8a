"""Counting requests, and all figures in the form that Prometheus reads."""

import hmac
import time
from collections.abc import Iterable, Iterator

from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from medimeet import tally
from medimeet.config import setting
from medimeet.domain.networks import is_loopback
from medimeet.errors import Busy, MediMeetError, NotFound
from medimeet.services import figures
from medimeet.web.served import served_in

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# What a proxy adds: then it is somebody else who asks, from wherever.
_SIGNS_OF_A_PROXY = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-Ip", "Via")


class WrongToken(MediMeetError):
    """Whoever asks for the figures is not who may read them."""

    status = 401
    default_words = "Send MEDIMEET_METRICS_TOKEN as bearer token."


def start(app: Flask) -> None:
    """Counts every request to `app`."""
    app.after_request(count)


def count(answer: Response) -> Response:
    """Counts the request, and how long it took; a socket's 101 comes after hours."""
    served = served_in(request.environ)
    method = request.method if request.method in _METHODS else "other"
    tally.REQUESTS.add(served.route, method, str(answer.status_code))
    if answer.status_code != 101:
        tally.REQUEST_SECONDS.add(time.perf_counter() - served.began, served.route)
    return answer


def check_reader() -> None:
    """Nothing, where whoever asks may read the figures: with the token, where there is one, else from this machine.

    Raises WrongToken, or NotFound for another machine.
    """
    token = setting("METRICS_TOKEN")
    if token:
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(sent.encode(), token.encode()):
            raise WrongToken
    elif not is_loopback(request.remote_addr or "") or any(name in request.headers for name in _SIGNS_OF_A_PROXY):
        raise NotFound


def page() -> bytes:
    """Every figure. Those of the database are left out while it is away, and `medimeet_database_up` is 0."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Counted())
    registry.register(_Asked())
    return generate_latest(registry)


class _Counted(Collector):
    def collect(self) -> Iterable[Metric]:
        return tally.figures()


class _Asked(Collector):
    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("medimeet_database_up", "Whether the database answers.")
        try:
            found = figures.of_database()
        except (Busy, SQLAlchemyError):
            found = []
            up.add_metric([], 0)
        else:
            up.add_metric([], 1)
        yield up
        families: dict[str, GaugeMetricFamily] = {}
        for each in found:
            labels = ["name"] if each.kind else []
            family = families.setdefault(each.name, GaugeMetricFamily(each.name, each.says, labels=labels))
            family.add_metric([each.kind] if each.kind else [], each.value)
        yield from families.values()
