"""The first admin of a real clinic: asked for, from the environment, or by a link."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from medimeet.app import create_app
from medimeet.db import db
from tests.cli.commands import run, running, sign_in


def test_an_admin_who_is_asked_for_signs_in_and_finds_the_clinic(tmp_path: Path) -> None:
    typed = "Oak Street\nEurope/Dublin\nIE\nAna\nByrne\nana@oak.example\nseven green bottles\n"
    made = run(tmp_path, "init", typed=typed)
    assert made.returncode == 0, made.stderr
    with running(tmp_path, "serve") as server, sign_in(server.url, "ana@oak.example", "seven green bottles") as browser:
        assert "Oak Street" in browser.get(f"{server.url}/login/", timeout=10).text


def test_a_missing_answer_ends_without_a_traceback(tmp_path: Path) -> None:
    made = run(tmp_path, "init", typed="Oak Street\n")
    assert made.returncode == 1
    assert "Traceback" not in made.stderr


def test_the_environment_makes_an_admin_and_a_clinic_with_its_day_grid(clinic_folder: Path) -> None:
    assert _rows(clinic_folder, "SELECT email, role FROM account") == [("ana@oak.example", "admin")]
    assert _rows(clinic_folder, "SELECT name, time_zone, country FROM clinic") == [
        ("Oak Street", "Europe/Dublin", "IE")
    ]
    assert _rows(clinic_folder, "SELECT count(*) FROM day_grid_time") == [(24,)]


def test_a_restart_with_another_password_in_the_environment_changes_nothing(clinic_folder: Path) -> None:
    hashes = _rows(clinic_folder, "SELECT password_hash FROM credential")
    again = run(
        clinic_folder, "init", MEDIMEET_ADMIN_EMAIL="eve@oak.example", MEDIMEET_ADMIN_PASSWORD="eight green bottles"
    )
    assert again.returncode == 0
    assert "nothing was changed" in again.stdout
    assert _rows(clinic_folder, "SELECT password_hash FROM credential") == hashes


def test_a_link_makes_one_admin_once(tmp_path: Path) -> None:
    printed = run(tmp_path, "init", "--link", MEDIMEET_BASE_URL="https://clinic.example").stdout
    found = re.search(r"https://clinic\.example(/setup/[\w-]+/)", printed)
    assert found is not None, printed
    app = create_app({"DATA_DIR": str(tmp_path), "WTF_CSRF_ENABLED": False})
    answers = {
        "clinic_name": "Oak Street",
        "country": "IE",
        "time_zone": "Europe/Dublin",
        "first_name": "Ana",
        "last_name": "Byrne",
        "email": "ana@oak.example",
    }
    with app.test_client() as client:
        assert client.get(found[1]).status_code == 200
        assert client.get("/setup/guessed/").status_code == 400
        refused = client.post(found[1], data=answers | {"password": "password1"})
        assert refused.status_code == 400
        assert "easily guessed" in refused.text and "Oak Street" in refused.text
        assert client.post(found[1], data=answers | {"password": "seven green bottles"}).status_code == 303
        assert client.post(found[1], data=answers | {"password": "seven green bottles"}).status_code == 400
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    assert _rows(tmp_path, "SELECT email, role FROM account") == [("ana@oak.example", "admin")]


def _rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "medimeet.sqlite")) as database:
        return database.execute(query).fetchall()
