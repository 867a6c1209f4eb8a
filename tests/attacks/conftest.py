"""The two clinics of the access walk, for those who try every door of theirs."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests import databases
from tests.architecture.access_walk import Walk, walking
from tests.attacks.every_answer import Answered, answers_of


@pytest.fixture
def walk(app: Flask) -> Iterator[Walk]:
    """A walk through two clinics with everybody in them; ask for it on SQLite alone."""
    with walking(app) as made:
        yield made


@pytest.fixture(scope="module")
def every_answer(installed: Callable[[str], Flask]) -> Iterator[list[Answered]]:
    """Every answer that a visitor gets, whoever is let in, and one who is not, to look at from many sides."""
    app = installed("sqlite")
    databases.make_empty(app)
    settings = dict(app.config)
    with app.app_context(), walking(app) as made:
        yield list(answers_of(made))
    app.config.clear()
    app.config.update(settings)
