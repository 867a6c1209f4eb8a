"""The commands `flask ...` and `medimeet ...`: each prepares the application, asks one service, and prints its answer.

A command that fails says so in one line on stderr and ends with a status that is not zero.
"""

import errno
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import FlaskGroup
from flask.helpers import get_debug_flag
from sqlalchemy.exc import SQLAlchemyError

from medimeet import config, demo_data, first_people, serving, starting
from medimeet.app import create_app
from medimeet.config import BadSetting, read_settings
from medimeet.db import db
from medimeet.domain.networks import is_loopback
from medimeet.errors import InstallationFault, MediMeetError
from medimeet.services import backup as backups
from medimeet.services import conversation_transfer, data_keys, day_grid, health, installation, migrations, secret_key
from medimeet.services.invariants import Check

SECRETS = ("KEY", "PASSWORD", "TOKEN", "URL", "URI")


class PlainCommand(click.Command):
    """A command that fails in one line, never with a traceback (unless Flask's --debug asks for one)."""

    def get_short_help_str(self, limit: int = 45) -> str:
        """What the list of commands says: the first sentence of the help, whole, however long a line is."""
        return " ".join((self.help or "").split("\n\n")[0].split())

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; every fault becomes words."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            if get_debug_flag():
                raise
            raise click.ClickException(_in_words(error)) from None


def command(name: str) -> Callable[[Callable[..., None]], click.Command]:
    """Makes a function the command `name`; its docstring is the help."""
    return click.command(name, cls=PlainCommand)


@command("demo")
@click.option("--public", is_flag=True, help="Serve on an address that others can reach, with passwords that all know.")
def demo(public: bool) -> None:
    """Serve MediMeet with demo data on HOST:PORT; everything it needs is made on the first run."""
    settings = read_settings() | {"DEMO": True}
    if not public and not is_loopback(settings["HOST"]):
        raise InstallationFault(
            f"The demo's passwords are known to everybody, so it does not serve on {settings['HOST']}, which others "
            "can reach. Use HOST=127.0.0.1, or say `flask demo --public` if you mean it."
        )
    starting.demo(settings)


@command("serve")
@click.option("--migrate", is_flag=True, help="Bring the database to this version first, after a copy of it.")
def serve(migrate: bool) -> None:
    """Serve a real clinic on HOST:PORT. Messages are sent by `flask worker`, which runs beside it."""
    settings = read_settings()
    if health.weak_secret(settings["SECRET_KEY"]):
        raise InstallationFault(f"MEDIMEET_SECRET_KEY is too short or too plain to sign with. {health.SECRET_MEND}")
    if health.weak_secret(settings["METRICS_TOKEN"]):
        raise InstallationFault("MEDIMEET_METRICS_TOKEN is soon guessed. Set 64 random letters: openssl rand -hex 32")
    if settings["DEMO"]:
        raise InstallationFault("MEDIMEET_DEMO is for the demo only. Remove it, or use `flask demo`.")
    starting.production(settings, migrate)


@command("init")
@click.option("--link", is_flag=True, help="Print a link that works once, where the first admin is made in a browser.")
@click.option("--superuser", is_flag=True, help="Make the one who runs the whole installation, after the first admin.")
@click.option("--clinic", "clinic_name", help="The clinic's name.")
@click.option("--time-zone", help="The clinic's time zone, such as Europe/London.")
@click.option("--country", help="The clinic's country in two letters, such as GB.")
def init(link: bool, superuser: bool, clinic_name: str | None, time_zone: str | None, country: str | None) -> None:
    """Make the database, the clinic and its first admin.

    Asks for what it needs; with MEDIMEET_ADMIN_EMAIL and MEDIMEET_ADMIN_PASSWORD it asks nothing. An admin who is there
    already is never changed.
    """
    if link and superuser:
        raise click.UsageError("--link makes the first admin. Make the superuser here, without it.")
    app = application()
    with app.app_context():
        migrations.upgrade()
        if superuser:
            account = first_people.make_superuser()
            click.echo(f"{account.email} is the superuser now. Sign in at /login/.")
            return
        if installation.has_admin():
            _say_nothing_to_do(link)
            return
        if link:
            click.echo("Open this link within a day to make the clinic and its first admin. It works once.")
            click.echo(f"{config.setting('BASE_URL')}/setup/{installation.make_link()}/")
            return
        given = {"clinic_name": clinic_name, "time_zone": time_zone, "country": country}
        account = first_people.make_admin(given)
        click.echo(f"{account.email} is the first admin. Now start `flask serve`, and sign in at /login/.")


@command("worker")
def worker() -> None:
    """Send waiting mails and messages until stopped; several at once are safe."""
    app = application()
    with app.app_context():
        starting.check_gateways()
        require_newest()
        secret_key.note()
    with serving.in_use(Path(app.config["DATA_DIR"])):
        serving.work(app, lambda: click.echo("Sending messages as they come. Ctrl+C stops."))


@command("populate-time-slot")
@click.option("--clinic", "clinic_id", type=int, help="Only this clinic, by its id.")
def populate_time_slot(clinic_id: int | None) -> None:
    """Give every clinic the day's grid: the half hours from 09:00 to 21:00. What is there already stays."""
    with application().app_context():
        require_newest()
        click.echo(f"{day_grid.populate(clinic_id)} half hours added.")


@command("doctor")
def doctor() -> None:
    """Look at settings, database, migrations, guards, clock, mail and the rules about the data."""
    with application().app_context():
        checks = health.installation()
    report(checks)
    if not all(check.is_good for check in checks):
        sys.exit(1)


@command("reset-demo")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset_demo(yes: bool) -> None:
    """Remove the demo's database and messages, so that the next `flask demo` starts afresh."""
    app = application()
    folder = Path(app.config["DATA_DIR"])
    with app.app_context(), serving.in_use(folder, alone=True):
        if migrations.own_version().current is None or not demo_data.is_loaded():
            raise InstallationFault(f"{folder} holds no demo data, so nothing was removed.")
        if not yes:
            click.confirm(f"Remove the demo's people, visits and messages in {folder}?", abort=True)
        _remove_data()
    click.echo("The demo is gone. `make run` (or `flask demo`) makes a new one.")


@click.group("conversations", short_help="Look after the log of what was said to the assistant.")
def conversations() -> None:
    """Look after the conversation log where MEDIMEET_MONGODB_URI keeps it in MongoDB."""


@command("status")
def conversations_status() -> None:
    """Say where the log is kept and what still waits to be brought to MongoDB."""
    with application().app_context():
        require_newest()
        check = conversation_transfer.look()
    report([check])
    if not check.is_good:
        sys.exit(1)


@command("sync")
def conversations_sync() -> None:
    """Bring to MongoDB what waits in the database, as the worker does by itself."""
    with application().app_context():
        require_newest()
        brought = conversation_transfer.bring_over_now()
        click.echo(f"{brought} {'message' if brought == 1 else 'messages'} brought to MongoDB.")


conversations.add_command(conversations_status)
conversations.add_command(conversations_sync)


@command("settings")
@click.option("--markdown", "form", flag_value="markdown", help="All settings as docs/configuration.md.")
@click.option("--env-example", "form", flag_value="env", help="All settings as .env.example.")
def settings(form: str | None) -> None:
    """Print every setting and what it is now; secrets are hidden."""
    if form == "markdown":
        click.echo(config.as_markdown(), nl=False)
    elif form == "env":
        click.echo(config.as_env_example(), nl=False)
    else:
        for name, value in read_settings().items():
            click.echo(f"{config.PREFIX}{name}={_shown(name, value)}")


main = FlaskGroup(
    name="medimeet",
    create_app=create_app,
    help="MediMeet, the appointment portal for small clinics. `medimeet demo` shows it.",
)


def application(changes: Mapping[str, Any] | None = None) -> Flask:
    """The application of the settings with `changes`, on a data folder that can be written to."""
    settings = read_settings() | dict(changes or {})
    serving.prepare_data_folder(Path(settings["DATA_DIR"]))
    return create_app(settings)


def _remove_data() -> None:
    if backups.is_possible():
        installation.remove_database_files()
    else:
        db.session.remove()
        migrations.remove_everything()
    installation.remove_files()


def require_newest() -> None:
    """Nothing, where the database is at this version. Raises InstallationFault."""
    if not migrations.own_version().is_newest:
        raise InstallationFault(
            "The database is not ready for this version. Run `flask init` or `flask serve --migrate`."
        )
    data_keys.require()


def _say_nothing_to_do(link: bool) -> None:
    words = "There is an admin already, so nothing was changed. A forgotten password is replaced at "
    words += "/patient/forgot-password/."
    if link:
        raise InstallationFault(words)
    click.echo(words)


def report(checks: list[Check]) -> None:
    """Prints a line for each check, with how to mend what is wrong."""
    for check in checks:
        if check.is_good:
            click.echo(f"✓ {check.name}{': ' + check.remark if check.remark else ''}")
        else:
            click.echo(f"✗ {check.name}: {check.fault}. {check.mend}")


def _shown(name: str, value: Any) -> str:
    if (
        value
        and isinstance(value, str)
        and any(word in name for word in SECRETS)
        and name not in {"BASE_URL", "DEEPGRAM_URL", "LLM_BASE_URL"}
    ):
        return "(set)"
    return str(int(value)) if isinstance(value, bool) else str(value)


def _in_words(error: Exception) -> str:
    if isinstance(error, MediMeetError):
        return error.words
    if isinstance(error, BadSetting):
        return str(error)
    if isinstance(error, SQLAlchemyError):
        reason = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
        return f"The database can't be used: {reason}. Check MEDIMEET_DATABASE_URL and MEDIMEET_DATA_DIR."
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "The disk is full. Make room, then try again: what is not said to be done was not done."
    return f"Something unexpected went wrong ({type(error).__name__}: {error}). `flask --debug ...` shows where."
