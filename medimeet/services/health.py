"""Whether this installation can work: what `flask doctor` prints and what /readyz answers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from os import W_OK
from os import access as may_access
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfoNotFoundError

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from medimeet import clock
from medimeet.config import data_path, setting, shared_path
from medimeet.db import db
from medimeet.errors import Busy
from medimeet.gateways import language_model
from medimeet.gateways.mail import SmtpServer
from medimeet.gateways.outcomes import TryLater
from medimeet.models import AuditEntry, Clinic, Notification
from medimeet.sealing import key_ring
from medimeet.services import (
    backup,
    conversation_transfer,
    data_keys,
    delivery,
    invariants,
    migrations,
    secret_key,
    sending_alarm,
)
from medimeet.services.invariants import Check

SHORTEST_SECRET = 32
SECRET_MEND = "Remove MEDIMEET_SECRET_KEY, so that one is made, or set 64 random letters (`openssl rand -hex 32`)."
_OLDEST_SANE_CLOCK = datetime(2026, 1, 1, tzinfo=UTC)
_CLOCK_SLACK = timedelta(minutes=2)


def readiness() -> list[Check]:
    """Whether requests can be served: database, migrations, keys, guards. Stops at the first that fails.

    A database that was migrated for the next version still serves this one, which is about to be replaced: migrations
    only add (docs/upgrading.md).
    """
    return list(_until_fault((_database, partial(_migrations, may_be_newer=True), _data_keys, _guards)))


def installation() -> list[Check]:
    """Everything that `flask doctor` looks at; what needs the database is left out where it can't be read."""
    ready = list(_until_fault((_database, _migrations, _data_keys, _guards)))
    checks = [_secret_key(), _data_folder(), _base_url(), *ready]
    if all(check.is_good for check in ready[:3]):
        with _reading() as connection:
            checks += [_clinics(connection), _clock(connection), *invariants.of_data(connection)]
        checks += [secret_key.look(), conversation_transfer.look(), backup.look(), sending_alarm.look(), _sealing()]
    return [*checks, _gateway_addresses(), _mail_server()]


def weak_secret(key: str) -> bool:
    """Whether a secret key that somebody set by hand (empty: nobody did) can be guessed."""
    return bool(key) and (len(key) < SHORTEST_SECRET or len(set(key)) < 10)


def _until_fault(looks: tuple[Callable[[], Check], ...]) -> Iterator[Check]:
    for look in looks:
        check = look()
        yield check
        if not check.is_good:
            return


@contextmanager
def _reading() -> Iterator[Connection]:
    with db.engine.connect() as connection:
        yield connection


def _database() -> Check:
    name = f"database ({db.engine.dialect.name})"
    mend = "Check MEDIMEET_DATABASE_URL and MEDIMEET_DATA_DIR, and that the database server runs."
    try:
        with _reading() as connection:
            connection.execute(text("SELECT 1"))
    except (Busy, SQLAlchemyError) as error:
        return Check(name, f"can't be reached: {_first_line(error)}", mend)
    return Check(name)


def _migrations(may_be_newer: bool = False) -> Check:
    with _reading() as connection:
        version = migrations.version(connection)
    if not version.is_known and may_be_newer:
        return Check("migrations", remark=f"at {version.current}, which is newer than this code")
    if not version.is_known:
        return Check("migrations", f"the database ({version.current}) is newer than this code", "Update MediMeet.")
    if version.current is None:
        return Check("migrations", "the database is empty", "Run `flask init`.")
    if not version.is_newest:
        fault = f"the database is at {version.current}, this code needs {version.newest}"
        return Check("migrations", fault, "Run `flask serve --migrate`, which takes a copy first.")
    return Check("migrations", remark=f"at {version.current}")


def _sealing() -> Check:
    mend = "Once every server and worker is of this version, take it away, restart them, and run `flask keys rotate`."
    if not setting("SEAL"):
        return Check("sealing", "MEDIMEET_SEAL=0: health data is written as plain text", mend)
    return Check("sealing")


def _data_keys() -> Check:
    with _reading() as connection:
        fault = data_keys.fault(connection)
    file = key_ring().file
    if not fault and file is not None and file.exists() and file.stat().st_mode & 0o077:
        return Check("data keys", f"others may read {file}", f"chmod 600 {file}")
    return Check("data keys", fault, data_keys.MEND)


def _guards() -> Check:
    with _reading() as connection:
        return invariants.guards(connection)


def _secret_key() -> Check:
    if weak_secret(setting("SECRET_KEY")):
        return Check("secret key", "too short or too plain", SECRET_MEND)
    file = data_path("secret-key")
    if file.exists() and file.stat().st_mode & 0o077:
        return Check("secret key", f"others may read {file}", f"chmod 600 {file}")
    return Check("secret key")


def _data_folder() -> Check:
    folder = data_path()
    if not may_access(folder, W_OK):
        return Check("data folder", f"{folder} can't be written to", "Give the user who runs MediMeet the right to.")
    database = Path(db.engine.url.database or "")
    is_open = db.engine.dialect.name == "sqlite" and database.exists() and database.stat().st_mode & 0o077
    if is_open and database.parent.stat().st_mode & 0o077:
        return Check("data folder", f"others on this machine may read {database}", f"chmod 600 {database}*")
    shared = shared_path()
    if not may_access(shared, W_OK):
        mend = "Mount it, and give the user who runs MediMeet the right to write there."
        return Check("data folder", f"MEDIMEET_SHARED_DIR ({shared}) can't be written to", mend)
    return Check("data folder", remark=str(folder) if shared == folder else f"{folder}, shared: {shared}")


def _base_url() -> Check:
    url = urlsplit(setting("BASE_URL"))
    if url.scheme not in {"http", "https"} or not url.hostname:
        return Check("base URL", f"{setting('BASE_URL')} is no address", "Set MEDIMEET_BASE_URL=https://your.host")
    if url.scheme == "http" and url.hostname not in {"localhost", "127.0.0.1", "::1"}:
        return Check(
            "base URL", "is not encrypted", "Serve behind a proxy with TLS and set MEDIMEET_BASE_URL=https://…"
        )
    return Check("base URL", remark=setting("BASE_URL"))


def _clinics(connection: Connection) -> Check:
    zones = connection.execute(select(Clinic.id, Clinic.time_zone)).all()
    if not zones:
        return Check("clinics", "there is none yet", "Run `flask init`.")
    unknown = [f"{clinic_id} ({zone})" for clinic_id, zone in zones if not _is_zone(zone)]
    if unknown:
        return Check("clinics", f"unknown time zone of clinic {', '.join(unknown)}", "Choose one on the clinic's page.")
    return Check("clinics", remark=str(len(zones)))


def _is_zone(name: str) -> bool:
    try:
        clock.today(Clinic(time_zone=name).zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _clock(connection: Connection) -> Check:
    """The machine's clock against the database server's, and against the newest rows."""
    now = clock.now()
    mend = "Set the machine's clock, and keep it right with NTP (`timedatectl set-ntp true`)."
    written = [connection.scalar(select(func.max(column))) for column in (AuditEntry.at, Notification.created_at)]
    newest = max((instant for instant in written if instant is not None), default=_OLDEST_SANE_CLOCK)
    if now < newest - _CLOCK_SLACK:
        return Check(
            "clock", f"it is {now:%Y-%m-%d %H:%M} UTC here, but rows were written at {newest:%Y-%m-%d %H:%M}", mend
        )
    if connection.dialect.name == "postgresql":
        skew = abs(connection.execute(text("SELECT clock_timestamp()")).scalar_one() - now)
        if skew > _CLOCK_SLACK:
            return Check("clock", f"it differs from the database server's by {int(skew.total_seconds())} s", mend)
    return Check("clock", remark=f"{now:%Y-%m-%d %H:%M} UTC")


def _mail_server() -> Check:
    if not setting("SMTP_URL"):
        return Check("mail server", remark="none set: mails become files in the outbox")
    try:
        SmtpServer(setting("SMTP_URL")).check()
    except (TryLater, ValueError) as error:
        mend = "Check MEDIMEET_SMTP_URL, and that this machine may reach the mail server."
        return Check("mail server", str(error).rstrip("."), mend)
    return Check("mail server", remark=str(urlsplit(setting("SMTP_URL")).hostname))


def _gateway_addresses() -> Check:
    try:
        delivery.gateways()
        language_model.gateway(setting("LLM_BASE_URL"), "", "", 0)
    except ValueError as error:
        return Check("addresses of gateways", str(error), "Mend that setting.")
    return Check("addresses of gateways")


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().split("\n")[0][:200]
