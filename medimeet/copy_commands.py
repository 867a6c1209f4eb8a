"""The commands that copy an installation: to another database, to an archive, and back from it."""

import sys
from pathlib import Path

import click

from medimeet import serving
from medimeet.cli import application, command
from medimeet.db import db
from medimeet.errors import InstallationFault
from medimeet.services import migrations, moving
from medimeet.services.moving import TableProof


@command("move-to-postgresql")
@click.argument("url")
def move_to_postgresql(url: str) -> None:
    """Copy everything from SQLite to the empty PostgreSQL at URL, and prove that nothing was lost.

    Stop `flask serve` and `flask worker` first. The SQLite file stays as it is. Leave the password out of URL, where
    others could see it: PGPASSWORD and ~/.pgpass work.
    """
    old, new = application(), application({"DATABASE_URL": url})
    with serving.in_use(Path(old.config["DATA_DIR"]), alone=True):
        with old.app_context(), db.engine.connect() as connection:
            moving.check_source(connection)
        with new.app_context():
            with db.engine.connect() as connection:
                moving.check_target(connection)
            migrations.upgrade()
            new_engine = db.engine
        with old.app_context(), new_engine.connect() as target:
            # Writing is begun and never done: a program that was forgotten can't write meanwhile.
            with db.engine.connect().execution_options(writes=True) as source:
                proofs = moving.move(source, target)
                source.rollback()
            _show(proofs)
            if not all(proof.is_equal for proof in proofs):
                target.rollback()
                raise InstallationFault("The two sides differ, so nothing was moved. The SQLite database is as it was.")
            target.commit()
    click.echo("Everything is in PostgreSQL now. Set MEDIMEET_DATABASE_URL to it, and start MediMeet.")
    click.echo("The keys and the uploads stay in the data folder. Keep medimeet.sqlite until you have seen it work.")


def _show(proofs: list[TableProof]) -> None:
    click.echo(f"{'table':<24}{'SQLite':>10}{'PostgreSQL':>12}  digest of SQLite  of PostgreSQL")
    for proof in proofs:
        mark = "✓" if proof.is_equal else "✗ differs"
        counts = f"{proof.table:<24}{proof.rows_before:>10}{proof.rows_after:>12}"
        click.echo(f"{counts}  {proof.digest_before[:16]}  {proof.digest_after[:16]} {mark}")
    click.echo(f"{'in all':<24}{sum(p.rows_before for p in proofs):>10}{sum(p.rows_after for p in proofs):>12}")
    sys.stdout.flush()
