"""What other machines ask: is the process alive, can it serve."""

from flask import Blueprint, Response, jsonify

from medimeet.services import access, health, secret_key, sending_alarm
from medimeet.web import metrics as figures
from medimeet.web.guard import allow

bp = Blueprint("machines", __name__)


@bp.get("/healthz")
@allow(access.anyone)
def healthz() -> Response:
    """GET /healthz: 200 while the process answers; asks nothing of the database."""
    return jsonify(status="ok")


@bp.get("/readyz")
@allow(access.anyone)
def readyz() -> tuple[Response, int]:
    """GET /readyz: 200 when the database is reachable, at the newest migration and guarded, else 503.

    A poller that is silent, or a host with another secret key, makes it "degraded", still 200: people can book, and to
    take every server out of service for it would help nobody.
    """
    checks = health.readiness()
    is_ready = all(check.is_good for check in checks)
    words = {check.name: "ok" if check.is_good else "failed: see `flask doctor`" for check in checks}
    if not is_ready:
        return jsonify(status="not ready", checks=words), 503
    words["poller"] = sending_alarm.poller_state()
    if other := secret_key.fault():
        words["secret key"] = other
    is_well = words["poller"] == "ok" and not other
    return jsonify(status="ok" if is_well else "degraded", checks=words), 200


@bp.get("/metrics")
@allow(access.anyone)
def metrics() -> Response:
    """GET /metrics: figures for Prometheus, for who has METRICS_TOKEN; without one, for this machine alone."""
    figures.check_reader()
    return Response(figures.page(), content_type=figures.CONTENT_TYPE)
