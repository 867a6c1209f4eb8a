"""Runs migrations on the application's own engine, all in one transaction on both databases."""

from alembic import context
from flask import current_app

from medimeet import models  # noqa: F401 (fills the metadata)
from medimeet.model_base import Base
from medimeet.services.migration_locks import lock_every_table

if context.is_offline_mode():
    raise SystemExit("Migrations need the database: leave out --sql.")

with current_app.extensions["migrate"].db.engine.connect().execution_options(writes=True) as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        **{
            name: value
            for name, value in current_app.extensions["migrate"].configure_args.items()
            if name not in {"render_as_batch", "compare_type"}
        },
    )
    with context.begin_transaction():
        lock_every_table(connection)
        context.run_migrations()
    connection.commit()
