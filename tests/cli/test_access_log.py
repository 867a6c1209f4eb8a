"""The access log of a real server: it tells what was asked, and writes no token down."""

from pathlib import Path

import pytest
import requests
from flask import Flask

from medimeet.models import Clinic
from medimeet.services import chatbot
from medimeet.services.one_time_links import Purpose, url
from tests.servers import serving


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_tokens_in_addresses_and_queries_are_not_logged(app: Flask, clinic: Clinic) -> None:
    public, secret = chatbot.issue_token(clinic), "kR7-v3_Zq0XgJ5tYbN2mHsW8uEaLpCdF1oIi6T4x9Ay"
    with serving(app, workers=1, MEDIMEET_LOG_FORMAT="plain", GUNICORN_CMD_ARGS="--access-logfile -") as port:
        here = f"http://127.0.0.1:{port}"
        requests.get(f"{here}/verify-token/{clinic.id}/{public}/", timeout=10)
        requests.get(f"{here}{url(Purpose.SET_PASSWORD, secret).removeprefix(app.config['BASE_URL'])}", timeout=10)
        requests.get(f"{here}/home/?api_key={secret}", headers={"Referer": f"{here}/{secret}"}, timeout=10)
        log = Path(app.config["DATA_DIR"], f"server-{port}.log")
    written = log.read_text()
    assert f"GET /verify-token/{clinic.id}/…/" in written
    assert "GET /reset-password/…/" in written
    assert 'GET /home/" 302' in written
    assert public not in written
    assert secret not in written
