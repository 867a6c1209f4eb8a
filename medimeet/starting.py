"""From the settings to a served page: takes the port, prepares the data, prints the banner."""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from medimeet import demo_data, serving
from medimeet.app import create_app
from medimeet.db import db
from medimeet.demo_data import PASSWORD
from medimeet.demo_site import create_site
from medimeet.domain.networks import is_loopback
from medimeet.errors import InstallationFault
from medimeet.gateways import postgresql_tools
from medimeet.services import backup, data_keys, delivery, migrations, secret_key

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is said once pages are served, and the other sites that are served beside them."""

    banner: str
    neighbours: "Mapping[socket.socket, WSGIApplication]" = field(default_factory=dict)


def demo(settings: dict[str, Any]) -> None:
    """Serves the demo, with its data and its poller, and on the next port the clinic's own site.

    Raises InstallationFault; never returns.
    """
    next_port = settings["PORT"] + 1 if settings["PORT"] else 0
    _start(settings, lambda settings: _prepare_demo(settings, next_port), polls=True, quiet=True)


def production(settings: dict[str, Any], migrate: bool) -> None:
    """Serves a real clinic; `migrate`: bring its database to this version first.

    Raises InstallationFault; never returns.
    """
    _start(settings, lambda settings: _prepare_serving(settings, migrate), polls=False, quiet=False)


def check_gateways() -> None:
    """Nothing, where the addresses of mail server and SMS gateway can be read. Raises InstallationFault."""
    try:
        delivery.gateways()
    except ValueError as error:
        raise InstallationFault(str(error)) from None


def _start(settings: dict[str, Any], prepare: Callable[[dict[str, Any]], Prepared], polls: bool, quiet: bool) -> None:
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
            prepared = prepare(settings | {"URL": url})
            db.session.remove()
            db.engine.dispose()
        serving.serve(settings, listener, prepared.neighbours, lambda: click.echo(prepared.banner), polls, quiet)


def _prepare_demo(settings: dict[str, Any], next_port: int) -> Prepared:
    if migrations.upgrade():
        click.echo("Made the database.")
    data_keys.require()
    secret_key.note()
    if demo_data.load():
        click.echo("Loaded the demo data.")
    # An address of its own was given: visitors use that one. Else they come by any that this machine has.
    portal_url = settings["BASE_URL"].rstrip("/") if settings["BASE_URL"] != settings["URL"] else ""
    site = create_site(demo_data.first_clinic_id(), settings["PORT"], portal_url)
    listener = serving.listen_if_free(settings["HOST"], next_port)
    return Prepared(_demo_banner(settings, serving.url_of(listener)), {listener: site})


def _prepare_serving(settings: dict[str, Any], migrate: bool) -> Prepared:
    version = migrations.own_version()
    if version.current is None:
        raise InstallationFault("There is no database yet. Run `flask init` first: it makes the clinic and its admin.")
    if demo_data.is_loaded():
        raise InstallationFault("This database holds the demo, whose passwords everybody knows. Use `flask demo`.")
    if not version.is_newest and migrate:
        _copy_then_upgrade()
    elif not version.is_newest:
        click.echo("Warning: the database waits for a migration. Stop, and run `flask serve --migrate`.", err=True)
    if version.is_newest:
        data_keys.require()
        secret_key.note()
    return Prepared(f"MediMeet serves on {settings['URL']}. Run `flask worker` beside it: it sends the messages.")


def _copy_then_upgrade() -> None:
    if backup.is_possible():
        path = backup.default_path()
        backup.copy_to(path)
        click.echo(f"Copied the database to {path}.")
    elif postgresql_tools.are_here():
        path = backup.place_in(None)
        backup.make(path)
        click.echo(f"Copied everything to {path}.")
    else:
        click.echo("pg_dump is not installed here, so PostgreSQL is not copied: keep a dump of your own.", err=True)
    migrations.upgrade()
    click.echo("The database is at this version now.")


def _demo_banner(settings: dict[str, Any], site_url: str) -> str:
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
        f"  clinic's own site   {site_url}, with the chat on it",
        f"  data folder         {settings['DATA_DIR']}",
        "  to start afresh     flask reset-demo",
        "",
        "  Ctrl+C stops.",
    ]
    if not is_loopback(settings["HOST"]):
        lines.insert(2, "  Others can reach it, and everybody knows the passwords. Put nothing real in.")
    return "\n".join(lines)
