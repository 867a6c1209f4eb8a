"""A MongoDB for the conversation log."""

from collections.abc import Iterator
from itertools import count

import pytest
from flask import Flask

from medimeet.gateways import mongodb
from tests.peers.mongodb import MongoServer

_databases = count(1)


@pytest.fixture(scope="session")
def mongodb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoServer]:
    """nx-27017, for all tests of this process."""
    server = MongoServer(tmp_path_factory.mktemp("mongodb") / "data")
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture
def in_mongodb(app: Flask, mongodb_server: MongoServer) -> Iterator[Flask]:
    """The application with its conversation log in a new, empty MongoDB database."""
    app.config["MONGODB_URI"] = f"{mongodb_server.url}{next(_databases)}"
    yield app
    store = mongodb.store(app.config["MONGODB_URI"])
    if store is not None:
        store.close()
