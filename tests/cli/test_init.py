"""The first admin of a real clinic: asked for, from the environment, or by a link."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from medimeet.app import create_app
from medimeet.db import db
from tests.cli.commands import is_one_plain_line, run, running, sign_in


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


def test_what_cannot_be_taken_is_asked_for_again_and_nothing_else_is(tmp_path: Path) -> None:
    typed = "Oak Street\nEurope/Nowhere\nIE\nAna\nByrne\nnobody\nseven green bottles\n"
    made = run(tmp_path, "init", typed=typed + "Europe/Dublin\nana@oak.example\n")
    assert made.returncode == 0, made.stderr
    assert "Choose a time zone by its name" in made.stderr and "Write the whole e-mail address" in made.stderr
    assert _rows(tmp_path, "SELECT time_zone FROM clinic") == [("Europe/Dublin",)]


def test_a_superuser_comes_after_the_first_admin_and_signs_in_beside_them(clinic_folder: Path, tmp_path: Path) -> None:
    person = {"MEDIMEET_ADMIN_EMAIL": "root@oak.example", "MEDIMEET_ADMIN_PASSWORD": "eight green bottles"}
    same = run(clinic_folder, "init", "--superuser", **person | {"MEDIMEET_ADMIN_EMAIL": "ana@oak.example"})
    assert is_one_plain_line(same.stderr) and "has this e-mail already" in same.stderr
    made = run(clinic_folder, "init", "--superuser", **person)
    assert (made.returncode, "root@oak.example is the superuser now" in made.stdout) == (0, True), made.stderr
    again = run(clinic_folder, "init", "--superuser", **person | {"MEDIMEET_ADMIN_EMAIL": "eve@oak.example"})
    assert again.returncode == 1
    assert is_one_plain_line(again.stderr) and "There is a superuser already" in again.stderr
    superusers = "SELECT email, clinic_id FROM account WHERE role = 'superuser'"
    assert _rows(clinic_folder, superusers) == [("root@oak.example", None)]
    with (
        running(clinic_folder, "serve") as server,
        sign_in(server.url, "root@oak.example", "eight green bottles") as it,
    ):
        assert "Oak Street" in it.get(f"{server.url}/dashboard/", timeout=10).text
    early = run(tmp_path / "new", "init", "--superuser", **person)
    assert is_one_plain_line(early.stderr) and "There is no clinic yet" in early.stderr
    assert run(tmp_path / "new", "init", "--superuser", "--link").returncode == 2


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
