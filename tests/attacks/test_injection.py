"""Texts that would be commands to a database, a template, a shell or a folder, wherever a request can hold them."""

import os
import re

import pytest
from flask import Flask

from medimeet.models import Clinic
from tests.architecture.access_walk import ACTORS, Line, Walk, read_table

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])

STRINGS = (
    "' OR '1'='1",
    "1; DROP TABLE account; --",
    "1 UNION SELECT password_hash FROM credential",
    "') OR 1=1 --",
    "%27%20AND%20SLEEP(5)--",
    "1 AND pg_sleep(5)",
    "{{7*191}}",
    "{{config.SECRET_KEY}}",
    "${7*191}",
    "{{''.__class__.__mro__}}",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "....//....//etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "|cat /etc/passwd",
    "$(id)",
    "`id`",
    "\u202eevil",
    "%00",
    "a" * 5000,
    "-1",
    "9" * 400,
    "1e400",
)
PARAMETERS = (
    *("q", "page", "per_page", "limit", "limits", "sort", "desc", "search", "date", "from", "to", "day", "week"),
    *("id", "doctor", "doctor_id", "patient", "patient_id", "treatment", "treatment_id", "appointment_id", "slot"),
    *("next", "format", "kind", "status", "name", "username", "specialty", "reviwer", "who", "api_key", "theme"),
)
PLACES = re.compile(r"<(?!int:|uuid:)[^>]*?(\w+)>")
LEAKS = re.compile(
    r"root:.*:0:0|(?<![\d.])1337(?!\d)|uid=\d+\(|\[fonts\]|Traceback|site-packages|sqlalchemy\.|sqlite3\.|psycopg\."
)
TURNS = min(3, int(os.environ.get("MEDIMEET_TEST_ROUNDS", "1")))


def test_no_parameter_of_an_address_is_more_than_text(walk: Walk) -> None:
    """W6: SQL, templates and paths in every parameter, as somebody who is let in."""
    found, tried = [], 0
    for number, line in enumerate(read_table()):
        actor = insider(line)
        if line.method != "GET" or actor is None or line.route == "/ws/transcription/":
            continue
        for turn in range(TURNS):  # with the lines before and after, each parameter meets each string
            start = number * TURNS + turn
            query = {name: STRINGS[(start + place) % len(STRINGS)] for place, name in enumerate(PARAMETERS)}
            own = walk.own_headers(line, actor)
            answer = walk.open("GET", walk.world.url_of(line.route), own, query_string=query)
            text = answer.get_data(as_text=True)
            if answer.status_code >= 500 or LEAKS.search(text):
                found.append(f"{line.route} as {actor}, turn {start}: {answer.status}")
            if walk.changes():
                found.append(f"{line.route} as {actor}, turn {start}: wrote")
            walk.put_back()
            tried += 1
    assert found == []
    assert tried > 100, tried


def test_no_part_of_a_path_names_a_file_or_a_command(walk: Walk) -> None:
    """W6: the same where a path holds a text: a picture's name, a token, a list's kind."""
    found, tried = [], 0
    for line in read_table():
        actor = insider(line) or "superuser"
        for place in PLACES.finditer(line.route):
            for words in STRINGS[:: 4 - TURNS]:
                url = walk.world.url_of(line.route.replace(place[0], words.replace("/", "%2f").replace("?", "%3f")))
                answer = walk.open(line.method, url, walk.own_headers(line, actor))
                tried += 1
                if answer.status_code >= 500 or LEAKS.search(answer.get_data(as_text=True)):
                    found.append(f"{line.method} {url}: {answer.status}")
    assert found == []
    assert tried > 100, tried


def test_no_field_of_a_form_is_more_than_text(walk: Walk) -> None:
    """W6: the same in the fields of every form, in those that must be right to be taken, too."""
    found, tried = [], 0
    for number, line in enumerate(walk.lines("pages")):
        actor = insider(line)
        if line.method != "POST" or actor is None:
            continue
        right = walk.world.form_of(line.route)
        fields = sorted(set(fields_of(walk, line, actor)) | set(right))
        form = {name: STRINGS[(number + place) % len(STRINGS)] for place, name in enumerate(fields)}
        own = walk.own_headers(line, actor)
        for sent in (form | right, right | form):
            answer = walk.open("POST", walk.world.url_of(line.route), own, data=sent)
            text = answer.get_data(as_text=True)
            if answer.status_code >= 500 or LEAKS.search(text):
                found.append(f"{line.route} as {actor}: {answer.status}")
            walk.put_back()
        tried += len(fields)
    assert found == []
    assert tried > 200, tried


@pytest.mark.parametrize("name", [".git/config", ".env", "instance/medimeet.sqlite", "secret-key", "wsgi.py"])
def test_no_file_of_ours_is_served(app: Flask, clinic: Clinic, name: str) -> None:
    """W9: what lies beside the program is no part of the site."""
    client = app.test_client()
    for path in (f"/{name}", f"/static/../../{name}", f"/static/%2e%2e/%2e%2e/{name}", f"/media/..%2f{name}"):
        assert client.get(path).status_code == 404


def insider(line: Line) -> str | None:
    """Somebody who is let in, with as many rights as there are."""
    return next((actor for actor in reversed(ACTORS[:-1]) if line.sign_for(actor) == "."), None)


def fields_of(walk: Walk, line: Line, actor: str) -> list[str]:
    """The fields of the form that the same address shows."""
    shown = walk.open("GET", walk.world.url_of(line.route), walk.session_of(actor)).get_data(as_text=True)
    names = re.findall(r"<(?:input|select|textarea)[^>]*\sname=\"([^\"]+)\"", shown)
    return sorted(set(names) - {"csrf_token"})
