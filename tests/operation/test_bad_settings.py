"""A server that is set up wrongly does not start, and says in one line which setting it is and how to mend it.

Row R8 of the threat table; the refusals of `init`, `demo` and `worker` are in tests/cli/test_refusals.py.
"""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from medimeet import cli, serving

DATABASES = "MEDIMEET_DATABASE_URL"
BAD = {
    "a guessable key": ({"SECRET_KEY": "secret"}, "MEDIMEET_SECRET_KEY"),
    "a key of one letter": ({"SECRET_KEY": "a" * 64}, "MEDIMEET_SECRET_KEY"),
    "the demo's mode": ({"DEMO": "1"}, "MEDIMEET_DEMO"),
    "a port that is no number": ({"PORT": "eighty"}, "MEDIMEET_PORT"),
    "a port that there is not": ({"PORT": "70000"}, "PORT=8000"),
    "an address of another machine": ({"HOST": "192.0.2.1"}, "HOST=127.0.0.1"),
    "a switch that is neither on nor off": ({"RATELIMIT_ENABLED": "maybe"}, "MEDIMEET_RATELIMIT_ENABLED"),
    "fewer than no workers": ({"WORKERS": "-1"}, "MEDIMEET_WORKERS"),
    "browsers that are signed out at once": ({"SESSION_IDLE_MINUTES": "0"}, "MEDIMEET_SESSION_IDLE_MINUTES"),
    "tokens that are over before they are used": ({"REFRESH_TOKEN_DAYS": "0"}, "at least 1"),
    "a wait for the database that never ends": ({"DATABASE_TIMEOUT_SECONDS": "0"}, "at least 0.1"),
    "a person who may not even try a password": ({"PASSWORD_TRIES": "0"}, "MEDIMEET_PASSWORD_TRIES"),
    "days that lie before today": ({"SIGN_IN_DAYS": "-1"}, "at least 0"),
    "more days than there are dates": ({"MESSAGE_DAYS": "999999"}, "up to 36525"),
    "more years than there are dates": ({"RECORD_YEARS": "9999"}, "up to 100"),
    "a time that is no number": ({"DATABASE_TIMEOUT_SECONDS": "nan"}, "MEDIMEET_DATABASE_TIMEOUT_SECONDS"),
    "a wait without an end": ({"POLLER_SECONDS": "inf"}, "MEDIMEET_POLLER_SECONDS"),
    "an address that can't be taken apart": ({"BASE_URL": "https://[clinic.example"}, "MEDIMEET_BASE_URL"),
    "a database's password with a bracket": ({"DATABASE_URL": "postgresql://u:a[b@127.0.0.1/x"}, DATABASES),
    "proxies that can't be counted": ({"TRUSTED_PROXIES": "yes"}, "MEDIMEET_TRUSTED_PROXIES"),
    "a form of log that there is not": ({"LOG_FORMAT": "xml"}, "MEDIMEET_LOG_FORMAT"),
    "a level that there is not": ({"LOG_LEVEL": "loud"}, "MEDIMEET_LOG_LEVEL"),
    "a token that is soon guessed": ({"METRICS_TOKEN": "x"}, "MEDIMEET_METRICS_TOKEN"),
    "a data key that is none": ({"DATA_KEYS": "k1:short"}, "data key"),
    "a database of a kind that there is not": ({"DATABASE_URL": "mysql://localhost/clinic"}, DATABASES),
    "a database's address that is none": ({"DATABASE_URL": "clinic.sqlite"}, DATABASES),
    "a database server that is away": ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}, DATABASES),
    "a MongoDB that asks nobody who they are": ({"MONGODB_URI": "mongodb://10.0.0.1/log"}, "MEDIMEET_MONGODB_URI"),
    "a mail server without a scheme": ({"SMTP_URL": "mail.example"}, "MEDIMEET_SMTP_URL"),
    "an SMS gateway of no known kind": ({"SMS_URL": "pigeon://hill"}, "MEDIMEET_SMS_URL"),
    "a language model without a scheme": ({"LLM_BASE_URL": "model.example"}, "MEDIMEET_LLM_BASE_URL"),
    "an address for people without a scheme": ({"BASE_URL": "clinic.example"}, "MEDIMEET_BASE_URL"),
    "an address for people that no browser knows": ({"BASE_URL": "ftp://clinic.example"}, "MEDIMEET_BASE_URL"),
    "a Redis without a scheme": ({"REDIS_URL": "localhost"}, "MEDIMEET_REDIS_URL"),
}


@pytest.fixture
def collected() -> Iterator[None]:
    """What the command would leave open in a process of its own, which ends then, is gone before the next test."""
    yield
    gc.collect()


@pytest.mark.usefixtures("collected")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("about", BAD)
def test_a_server_that_is_set_up_wrongly_says_so_and_does_not_start(
    about: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def started(*_: object) -> None:
        raise AssertionError("it started")

    monkeypatch.setattr(serving, "serve", started)
    given, words = BAD[about]
    environment = {f"MEDIMEET_{name}": value for name, value in ({"PORT": "0"} | given).items()}
    answer = CliRunner().invoke(cli.serve, env={"MEDIMEET_DATA_DIR": str(tmp_path)} | environment)
    assert answer.exit_code == 1
    assert answer.stderr.startswith("Error: ") and answer.stderr.count("\n") == 1, answer.stderr
    assert words in answer.stderr
    assert not any(len(value) > 12 and value in answer.stderr for name, value in given.items() if "KEY" in name)
