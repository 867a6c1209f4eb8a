"""`flask serve`: what it refuses to start with, and what it says."""

from pathlib import Path

import requests

from tests.cli.commands import running


def test_a_clinic_is_served_without_demo_buttons_and_stops_when_told(clinic_folder: Path) -> None:
    with running(clinic_folder, "serve") as server:
        assert requests.get(f"{server.url}/readyz", timeout=10).status_code == 200
        assert "Use the demo" not in requests.get(f"{server.url}/login/", timeout=10).text
        server.process.terminate()
        assert server.process.wait(20) == 0
