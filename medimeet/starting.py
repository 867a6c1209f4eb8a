"""From the settings to a served page: takes the port, prepares the data, prints the banner."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from medimeet import demo_data, serving
from medimeet.app import create_app
from medimeet.db import db
from medimeet.demo_data import PASSWORD
from medimeet.errors import InstallationFault
from medimeet.services import backup, delivery, migrations


def demo(settings: dict[str, Any]) -> None:
    """Serves the demo, with its data and its poller.

    Raises InstallationFault; never returns.
    """
    _start(settings, _prepare_demo, _demo_banner, polls=True, quiet=True)


def production(settings: dict[str, Any], migrate: bool) -> None:
    """Serves a real clinic; `migrate`: bring its database to this version first.

    Raises InstallationFault; never returns.
    """
    _start(settings, lambda: _prepare_serving(migrate), _serve_banner, polls=False, quiet=False)


def check_gateways() -> None:
    """Nothing, where the addresses of mail server and SMS gateway can be read. Raises InstallationFault."""
    try:
        delivery.gateways()
    except ValueError as error:
        raise InstallationFault(str(error)) from None


def _start(
    settings: dict[str, Any],
    prepare: Callable[[], None],
    banner: Callable[[dict[str, Any]], str],
    polls: bool,
    quiet: bool,
) -> None:
    """Takes the port first, so that a second start changes nothing; then prepares the data, then serves."""
    folder = Path(settings["DATA_DIR"])
    serving.prepare_data_folder(folder)
    listener = serving.listen(settings["HOST"], settings["PORT"])
    url = serving.url_of(listener)
    settings |= {"PORT": listener.getsockname()[1], "BASE_URL": settings["BASE_URL"] or url}
    with serving.in_use(folder):
        app = create_app(settings)
        with app.app_context():
            check_gateways()
            prepare()
            db.session.remove()
            db.engine.dispose()
        words = banner(settings | {"URL": url})
        serving.serve(settings, listener, lambda: click.echo(words), polls, quiet)


def _prepare_demo() -> None:
    if migrations.upgrade():
        click.echo("Made the database.")
    if demo_data.load():
        click.echo("Loaded the demo data.")


def _prepare_serving(migrate: bool) -> None:
    version = migrations.own_version()
    if version.current is None:
        raise InstallationFault("There is no database yet. Run `flask init` first: it makes the clinic and its admin.")
    if demo_data.is_loaded():
        raise InstallationFault("This database holds the demo, whose passwords everybody knows. Use `flask demo`.")
    if not version.is_newest and migrate:
        _copy_then_upgrade()
    elif not version.is_newest:
        click.echo("Warning: the database waits for a migration. Stop, and run `flask serve --migrate`.", err=True)


def _copy_then_upgrade() -> None:
    if backup.is_possible():
        path = backup.default_path()
        backup.copy_to(path)
        click.echo(f"Copied the database to {path}.")
    else:
        click.echo("PostgreSQL is not copied by MediMeet: keep your own pg_dump.", err=True)
    migrations.upgrade()
    click.echo("The database is at this version now.")


def _demo_banner(settings: dict[str, Any]) -> str:
    lines = [
        "",
        f"  MediMeet serves on  {settings['URL']}",
        "",
        "  sign in as          username            password",
        f"  patient             riverside-patient   {PASSWORD}",
        f"  doctor              riverside-doctor    {PASSWORD}",
        f"  clinic's admin      riverside-admin     {PASSWORD}",
        f"  superuser           superuser           {PASSWORD}",
        "",
        f"  mails and messages  {settings['URL']}/outbox/",
        f"  data folder         {settings['DATA_DIR']}",
        "  to start afresh     flask reset-demo",
        "",
        "  Ctrl+C stops.",
    ]
    if not serving.is_loopback(settings["HOST"]):
        lines.insert(2, "  Others can reach it, and everybody knows the passwords. Put nothing real in.")
    return "\n".join(lines)


def _serve_banner(settings: dict[str, Any]) -> str:
    return f"MediMeet serves on {settings['URL']}. Run `flask worker` beside it: it sends the messages."
