"""What must be so before the first request: every route guarded, the models as the migrations made them."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from medimeet.db import db
from medimeet.model_base import Base
from medimeet.web.guard import require_rules


def test_a_route_without_an_access_rule_stops_the_start(app: Flask) -> None:
    open_door = Flask("open door")
    open_door.add_url_rule("/records/", "records", lambda: "everybody's records")
    with pytest.raises(RuntimeError, match="records"):
        require_rules(open_door)
    require_rules(app)


@pytest.mark.filterwarnings("ignore:.*expression-based index")  # SQLite can't tell what such an index holds
def test_the_models_say_what_the_migrations_made(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
