"""`flask serve`: what it refuses to start with, and what it says."""

from pathlib import Path

import requests

from tests.cli.commands import is_one_plain_line, run, running


def test_a_clinic_is_served_without_demo_buttons_and_stops_when_told(clinic_folder: Path) -> None:
    with running(clinic_folder, "serve") as server:
        assert requests.get(f"{server.url}/readyz", timeout=10).status_code == 200
        assert "Use the demo" not in requests.get(f"{server.url}/login/", timeout=10).text
        server.process.terminate()
        assert server.process.wait(20) == 0


def test_a_key_that_can_be_guessed_is_refused(clinic_folder: Path) -> None:
    refused = run(clinic_folder, "serve", PORT="0", MEDIMEET_SECRET_KEY="secret")
    assert refused.returncode == 1
    assert is_one_plain_line(refused.stderr) and "MEDIMEET_SECRET_KEY" in refused.stderr


def test_an_empty_folder_is_told_to_run_init_first(tmp_path: Path) -> None:
    refused = run(tmp_path, "serve", PORT="0")
    assert refused.returncode == 1
    assert is_one_plain_line(refused.stderr) and "flask init" in refused.stderr


def test_demo_data_is_not_served_as_a_real_clinic(demo_folder: Path) -> None:
    refused = run(demo_folder, "serve", PORT="0")
    assert refused.returncode == 1
    assert is_one_plain_line(refused.stderr) and "flask demo" in refused.stderr
