"""One typed table of settings; the only reader of the environment.

Every setting is `MEDIMEET_<NAME>` in the environment or in `.env`; the environment wins.
docs/configuration.md is made from `SETTINGS` (`flask settings --markdown`).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from flask import current_app

from medimeet.logs import LEVELS

PREFIX = "MEDIMEET_"
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table: its name without the prefix, its type, what holds without it, and what it does.

    Some take only certain words, addresses that begin in certain ways, or numbers from `least` up: a time-out or a
    limit of 0 would shut everybody out.
    """

    name: str
    kind: type
    default: Any
    says: str
    choices: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    least: float = 0


SETTINGS = (
    Setting("DATA_DIR", str, "instance", "The data folder: database, secret key, uploads, outbox."),
    Setting("SHARED_DIR", str, "", "A folder that all hosts share, for pictures, prompts, outbox; empty: DATA_DIR."),
    Setting("DATABASE_URL", str, "", "The database, `postgresql://…`; empty means SQLite in the data folder.",
            schemes=("postgresql", "sqlite", "postgres", "postgresql+psycopg")),
    Setting("SECRET_KEY", str, "", "Signs cookies and tokens; empty means one is made and kept."),
    Setting("DATA_KEYS", str, "", "Keys that seal health data, `name:base64,…`; empty means they are made and kept."),
    Setting("SEAL", bool, True, "0 only while a version from before sealing runs on the same database, see upgrading."),
    Setting("HOST", str, "127.0.0.1", "The address to serve on (`HOST=` works too)."),
    Setting("PORT", int, 8000, "The port to serve on (`PORT=` works too)."),
    Setting("BASE_URL", str, "", "How people reach the site, for links; empty means the address served.",
            schemes=("https", "http")),
    Setting("DEMO", bool, False, "Demo mode: sign-in buttons, an outbox open to all; set by `make run`."),
    Setting("ADMIN_EMAIL", str, "", "`flask init` makes the first admin with it, where there is none."),
    Setting("ADMIN_PASSWORD", str, "", "The password of that first admin; never used once there is an admin."),
    Setting("TRUSTED_PROXIES", int, 0, "How many reverse proxies stand before the site and set `X-Forwarded-*`."),
    Setting("WORKERS", int, 0, "Worker processes of `flask serve`; 0 means one a core, at most 4."),
    Setting("PIN_WORKERS", bool, True, "Keep each worker on one core: steadier and faster under load."),
    Setting("SMTP_URL", str, "", "The mail server, `smtp://user:password@host:587` or `smtps://…`; empty: the outbox."),
    Setting("MAIL_FROM", str, "", "The sender of mails; empty means the clinic's own address."),
    Setting("SMS_URL", str, "", "SMS gateway, `https://:secret@host/path` or `twilio://SID:token@+44…`; else files."),
    Setting("POLLER_SECONDS", float, 0.5, "How often waiting messages are looked for.", least=0.01),
    Setting("MONGODB_URI", str, "", "Keeps the conversation log in MongoDB; empty means in the database."),
    Setting("REDIS_URL", str, "", "Shares request limits between hosts; empty means each process counts for itself.",
            schemes=("redis", "rediss", "unix")),
    Setting("DEEPGRAM_API_KEY", str, "", "Turns speech on; empty means the assistant is typed to."),
    Setting("DEEPGRAM_URL", str, "wss://api.deepgram.com/v1/listen", "Deepgram's live address.", schemes=("wss", "ws")),
    Setting("DEEPGRAM_MODEL", str, "nova-2", "Deepgram's model, such as `nova-3` or `nova-3-medical`."),
    Setting("DEEPGRAM_LANGUAGE", str, "en", "The language that people speak, as Deepgram names it."),
    Setting("LLM_BASE_URL", str, "", "An OpenAI-compatible service, ends in `/v1`; empty: the built-in assistant.",
            schemes=("https", "http")),
    Setting("LLM_API_KEY", str, "", "The key of that service."),
    Setting("LLM_MODEL", str, "", "The model asked for."),
    Setting("LLM_SECONDS", float, 20.0, "A model that is silent for so long has failed: the built-in one answers.",
            least=0.1),
    Setting("ASSISTANT_QUESTIONS", int, 120, "Questions an hour that one account may ask the assistant."),
    Setting("ASSISTANT_PROPOSAL_MINUTES", int, 15, "How long what the assistant proposes can be confirmed.", least=1),
    Setting("SOCKETS_A_WORKER", int, 56, "Open conversations of one worker process; more are told to try again."),
    Setting("SOCKETS_A_PERSON", int, 2, "Open conversations of one account on one host."),
    Setting("SOCKET_IDLE_MINUTES", int, 15, "A conversation in which nobody says a word is closed after so long.",
            least=1),
    Setting("RATELIMIT_ENABLED", bool, True, "Request limits by address. Limits on passwords and codes always hold."),
    Setting("RATELIMIT_ANONYMOUS", int, 300, "Requests a minute from one address that is not signed in.", least=1),
    Setting("RATELIMIT_SIGNED_IN", int, 600, "Requests a minute of one account.", least=1),
    Setting("CONTACT_MESSAGES", int, 60, "Messages to the clinic an hour from one address."),
    Setting("PASSWORD_TRIES", int, 5, "Wrong passwords for one account from one address in five minutes.", least=1),
    Setting("PASSWORD_TRIES_A_DAY", int, 50, "Wrong passwords for one account in a day, from anywhere.", least=1),
    Setting("PASSWORD_TRIES_AN_ADDRESS", int, 100, "Wrong passwords an hour from one address, for all accounts.",
            least=1),
    Setting("SESSION_IDLE_MINUTES", int, 30, "A patient's browser that does nothing for so long is signed out.",
            least=1),
    Setting("SESSION_HOURS", int, 24, "A patient's browser is signed out after so long in any case.", least=1),
    Setting("STAFF_SESSION_IDLE_MINUTES", int, 15, "The same for doctors, admins and superusers.", least=1),
    Setting("STAFF_SESSION_HOURS", int, 12, "The same for doctors, admins and superusers.", least=1),
    Setting(
        "SECOND_FACTOR",
        str,
        "optional",
        "`staff`: doctors, admins and superusers must set a second factor up; `optional`: all may.",
        choices=("optional", "staff"),
    ),
    Setting("RESET_LINK_MINUTES", int, 60, "How long a link to set a new password works.", least=1),
    Setting("ACCESS_TOKEN_MINUTES", int, 15, "How long an access token of the JSON interfaces works.", least=1),
    Setting("REFRESH_TOKEN_DAYS", int, 14, "How long a refresh token works, and with it a program's sign-in.", least=1),
    Setting("LASTING_TOKEN_DAYS", int, 7, "How long a token works where the interface has no refresh.", least=1),
    Setting("CHATBOT_TOKEN_MINUTES", int, 120, "How long the public token of a clinic's chatbot works.", least=1),
    Setting("CHATBOT_HOLD_MINUTES", int, 30, "How long a booking by e-mail alone waits to be confirmed.", least=1),
    Setting("CHATBOT_BOOKINGS", int, 10, "Bookings by e-mail alone an hour from one address."),
    Setting("CHATBOT_BOOKINGS_A_SITE", int, 60, "Bookings by e-mail alone an hour from one site, for one clinic."),
    Setting("CHATBOT_BOOKINGS_A_PATIENT", int, 5, "Bookings an hour for one e-mail, by whoever asks; always holds."),
    Setting("CODES", int, 60, "One-time codes an hour that one address may ask for."),
    Setting("CODES_A_DAY", int, 500, "One-time codes a day in all, so that no flood runs up a bill."),
    Setting("LOG_FORMAT", str, "json", "How server and worker log: `json` or `plain`.", ("json", "plain")),
    Setting("LOG_LEVEL", str, "info", "From which level on: `debug`, `info`, `warning` or `error`.", LEVELS),
    Setting("METRICS_TOKEN", str, "", "Who sends this bearer token reads `/metrics`; empty: this machine alone does."),
    Setting("RECORD_YEARS", int, 10, "Years from the last visit that an erased patient's records are kept; 0: always."),
    Setting("CONVERSATION_DAYS", int, 365, "Days that a conversation with the assistant is kept; 0: for ever."),
    Setting("MESSAGE_DAYS", int, 90, "Days after which the words and address of a sent message go; 0: never."),
    Setting("ENQUIRY_DAYS", int, 365, "Days that a message from the contact page is kept; 0: for ever."),
    Setting("SIGN_IN_DAYS", int, 30, "Days that ended sign-ins, tokens, codes and links are kept; 0: for ever."),
    Setting("IDEMPOTENCY_HOURS", int, 48, "Hours that the key of a booking is kept, at least 24; 0: for ever."),
    Setting("DATABASE_TIMEOUT_SECONDS", float, 5.0, "How long a request waits for the database before it answers 503.",
            least=0.1),
)  # fmt: skip

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


class BadSetting(Exception):
    """A setting that can't be read; its text is one line that says how to mend it."""


def read_settings(environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Every setting by its bare name, from `environment` (default: `.env`, then the process's own) and the defaults.

    Raises BadSetting.
    """
    given = environment if environment is not None else _environment()
    settings = {setting.name: _read(setting, given) for setting in SETTINGS}
    settings["DATA_DIR"] = str((ROOT / settings["DATA_DIR"]).resolve())
    if settings["SHARED_DIR"]:
        settings["SHARED_DIR"] = str((ROOT / settings["SHARED_DIR"]).resolve())
    return settings


def setting(name: str) -> Any:
    """The value of one setting in the running application."""
    return current_app.config[name]


def data_path(*parts: str) -> Path:
    """A path inside the running application's data folder."""
    return Path(current_app.config["DATA_DIR"], *parts)


def shared_path(*parts: str) -> Path:
    """A path inside the folder that every host of this installation sees: SHARED_DIR, else the data folder."""
    return Path(current_app.config["SHARED_DIR"] or current_app.config["DATA_DIR"], *parts)


def inherited_listener() -> int | None:
    """The descriptor of a socket that listens for us already: systemd's, or that of the server that we follow."""
    if os.environ.get("LISTEN_PID") == str(os.getpid()) and os.environ.get("LISTEN_FDS", "0") != "0":
        return 3  # where systemd puts the first
    given = os.environ.get("GUNICORN_FD", "").split(",")[0]
    return int(given) if given.isdecimal() and "GUNICORN_PID" in os.environ else None


def owner_only(path: str, flags: int) -> int:
    """Opens a file (`open(..., opener=owner_only)`) that nobody but its owner may read once it is made."""
    return os.open(path, flags, 0o600)


def as_markdown() -> str:
    """docs/configuration.md."""
    rows = [f"| `{PREFIX}{row.name}` | {_shown(row.default)} | {row.says} |" for row in SETTINGS]
    head = [
        "# Configuration",
        "",
        "Every setting is read from the environment or from a file `.env` beside the Makefile; the environment wins.",
        "Nothing needs to be set. This page is made by `flask settings --markdown`; a test keeps it true.",
        "",
        "| setting | default | what it does |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


def as_env_example() -> str:
    """.env.example: every setting, switched off, with what it does."""
    head = [
        "# Copy this file to .env and change what you need. Nothing needs to be set, and the environment wins over it.",
        "# This file is made by `flask settings --env-example`; a test keeps it true.",
    ]
    rows = [f"\n# {row.says}\n# {PREFIX}{row.name}={_plain(row.default)}" for row in SETTINGS]
    return "\n".join([*head, *rows]) + "\n"


def _environment() -> dict[str, str]:
    from_file = {name: value for name, value in dotenv_values(ROOT / ".env").items() if value is not None}
    return from_file | dict(os.environ)


def _read(row: Setting, given: Mapping[str, str]) -> Any:
    text = given.get(PREFIX + row.name)
    if text is None and row.name in {"HOST", "PORT"}:
        text = given.get(row.name)
    if text is None or (text.strip() == "" and row.kind is not str):
        return row.default
    return _parsed(row, text.strip())


# A hundred years, or a day to wait: beyond that dates run out, and nothing would be cleaned up any more.
_MOST = {"YEARS": 100, "DAYS": 36_525, "HOURS": 876_600, "MINUTES": 52_596_000, "SECONDS": 86_400}
_LARGEST = 2**31 - 1


def _parsed(row: Setting, text: str) -> Any:
    if row.kind is bool:
        if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        raise BadSetting(f"{PREFIX}{row.name} is {text!r}: write 1 or 0.")
    try:
        value = row.kind(text)
    except ValueError:
        raise BadSetting(f"{PREFIX}{row.name} is {text!r}: write a number, as in {row.default}.") from None
    if row.choices and value not in row.choices:
        raise BadSetting(f"{PREFIX}{row.name} is {text!r}: write {' or '.join(row.choices)}.")
    if row.schemes and text and not text.startswith(tuple(f"{scheme}://" for scheme in row.schemes)):
        # The address itself may hold a password.
        raise BadSetting(f"{PREFIX}{row.name} must begin with {' or '.join(f'{each}://' for each in row.schemes[:2])}.")
    if row.kind is str:
        _require_readable(row, value)
    elif value < row.least:
        raise BadSetting(f"{PREFIX}{row.name} is {text!r}: write a number that is at least {row.least}.")
    elif not value <= (most := _MOST.get(row.name.rpartition("_")[2], _LARGEST)):  # nor what is no number (nan)
        raise BadSetting(f"{PREFIX}{row.name} is {text!r}: write a number up to {most}.")
    return value


def _require_readable(row: Setting, text: str) -> None:
    """Nothing, where it is no address, or one that can be taken apart. Raises BadSetting."""
    if "://" not in text:
        return
    try:
        urlsplit(text)
    except ValueError:
        words = "can't be read as an address. Inside a password write [ as %5B and ] as %5D."
        raise BadSetting(f"{PREFIX}{row.name} {words}") from None


def _shown(default: Any) -> str:
    if default == "":
        return "–"
    return f"`{_plain(default)}`"


def _plain(default: Any) -> Any:
    return int(default) if isinstance(default, bool) else default
