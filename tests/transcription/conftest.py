"""A server with the socket on a free port, in threads of the test's own process."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from medimeet.blueprints.transcription import places
from medimeet.models import Clinic, Patient
from tests import factories
from tests.transcription.lines import Voice


@pytest.fixture
def voice(app: Flask) -> Iterator[Voice]:
    """The running server."""
    places.start(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield Voice(server.server_port)
    places.places_of(app).end_all(seconds=5)
    server.shutdown()
    server.server_close()
    thread.join()
    app.extensions.pop("speech", None)  # the next test may have another one


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    """Somebody who talks."""
    return factories.make_patient(clinic)
