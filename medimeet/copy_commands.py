"""The commands that copy an installation: to another database, to an archive, and back from it."""

import sys
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from medimeet import serving
from medimeet.cli import application, command, report
from medimeet.config import read_settings
from medimeet.db import db
from medimeet.errors import InstallationFault
from medimeet.services import backup as backups
from medimeet.services import backup_archive, health, migrations, moving, restoring
from medimeet.services.moving import TableProof

_KEEP = 14


@command("backup")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(min=1), default=_KEEP, show_default=True, help="How many a folder keeps.")
@click.option("--keys", type=click.Path(dir_okay=False, path_type=Path), help="Also write the keys, to this file.")
def backup(path: Path | None, keep: int, keys: Path | None) -> None:
    """Copy database and pictures to PATH while people work, and check the copy.

    PATH is a new file that ends in .tar, or a folder that then keeps the newest ones (without PATH: `backups` in the
    data folder). The keys are never in it. Write them once with --keys, and keep that file somewhere else.
    """
    with application().app_context():
        # By its name, not by what is there: a timer that writes to a new folder must not fail from its second run on.
        file = path if path is not None and path.suffix == ".tar" and not path.is_dir() else backups.place_in(path)
        checks = backups.make(file)
        gone = backups.remove_old(file.parent, keep) if file != path else 0
        if keys is not None:
            backups.write_keys(keys)
    report(checks)
    click.echo(f"The backup is {file}." + (f" {gone} older removed." if gone else ""))
    if keys is not None:
        click.echo(f"The keys are {keys}. Whoever has both reads everything: keep them in two places.")
    else:
        click.echo("It can't be read without the keys. Have you kept them? If not: --keys FILE.")
    if not all(check.is_good for check in checks):
        raise InstallationFault("The copy is whole, but rows in it break the rules above, as they do in the original.")


@command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--keys", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The keys that were kept.")
def restore(file: Path, keys: Path | None) -> None:
    """Bring back a backup, where there is no database yet, and look it through.

    Nothing is written over, and nothing is half there when it fails.
    """
    contents = backup_archive.check(file)
    settings = read_settings()
    folder = Path(settings["DATA_DIR"])
    serving.prepare_data_folder(folder)
    with serving.in_use(folder, alone=True):
        given = (folder, settings["SECRET_KEY"], settings["DATA_KEYS"])
        if keys is not None:
            restoring.put_keys(keys, contents, *given)
        else:
            restoring.require_keys(*given)
        with application().app_context():
            restoring.check_place(contents)
            restoring.check_keys(contents)
            restoring.restore(file, contents)
            checks = health.installation()
    report(checks)
    rows, pictures = sum(contents.rows.values()), len(contents.files) - 1
    click.echo(f"Back is what was there at {_minute(contents.made_at)}: {rows} rows, {pictures} pictures.")
    if not all(check.is_good for check in checks):
        raise InstallationFault("Everything is back as it was copied. Mend what is marked above before you start.")


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
            with _reached().connect() as connection:
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


def _reached() -> Engine:
    """The database to move to. Raises InstallationFault where nobody answers: no setting is to blame for that."""
    try:
        db.engine.connect().close()
    except OperationalError as error:
        reason = str(error.orig).strip().split("\n")[0]
        words = f"The database to move to can't be reached: {reason}. Check the address that you gave."
        raise InstallationFault(words) from None
    return db.engine


def _minute(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M} UTC"


def _show(proofs: list[TableProof]) -> None:
    click.echo(f"{'table':<24}{'SQLite':>10}{'PostgreSQL':>12}  digest of SQLite  of PostgreSQL")
    for proof in proofs:
        mark = "✓" if proof.is_equal else "✗ differs"
        counts = f"{proof.table:<24}{proof.rows_before:>10}{proof.rows_after:>12}"
        click.echo(f"{counts}  {proof.digest_before[:16]}  {proof.digest_after[:16]} {mark}")
    click.echo(f"{'in all':<24}{sum(p.rows_before for p in proofs):>10}{sum(p.rows_after for p in proofs):>12}")
    sys.stdout.flush()
