"""The files of deploy/, compose.yaml and the Dockerfile: they name only what there is."""

import re
import shutil
import subprocess
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import yaml

from medimeet.config import PREFIX, SETTINGS
from tests import machine
from tests.servers import ROOT

FILES = sorted(
    [ROOT / "Dockerfile", ROOT / "compose.yaml", ROOT / "docs" / "deployment.md"]
    + [path for path in (ROOT / "deploy").rglob("*") if path.is_file()]
)
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_setting_and_command_that_is_named_exists(file: Path) -> None:
    words = file.read_text()
    settings = {PREFIX + setting.name for setting in SETTINGS} | {"MEDIMEET_TEST_SLOW_CLIENTS"}
    assert set(re.findall(r"MEDIMEET_[A-Z0-9_]*[A-Z0-9]", words)) <= settings
    commands = {command.name for command in entry_points(group="flask.commands")}
    assert set(re.findall(r"(?:^|[ `/])flask ([a-z][a-z-]+)", words)) <= commands


def test_the_services_of_compose_run_commands_that_exist_and_wait_for_services_that_exist() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    commands = {command.name for command in entry_points(group="flask.commands")}
    own = [service for service in services.values() if service.get("image") == "medimeet"]
    assert {service["command"][0] for service in own if "command" in service} <= commands
    assert all(set(service.get("depends_on", {})) <= set(services) for service in services.values())
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in own) and len(own) == 3


def test_compose_asks_for_nothing_that_its_example_does_not_explain() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text()))
    explained = set(re.findall(r"^([A-Z_]+)=", (ROOT / "deploy" / "compose.env.example").read_text(), re.MULTILINE))
    assert asked == explained


def test_the_image_gets_all_that_runs_and_no_data_or_key() -> None:
    let_in = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert all((ROOT / name).exists() for name in let_in)
    assert {"medimeet", "migrations", "wsgi.py", "gunicorn.conf.py"} <= let_in
    assert not let_in & {".env", "instance", "tests", ".git"}


def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        machine.lacks("systemd-analyze (apt-get install systemd)", "the units were not looked at")
    for unit in UNITS:
        words = unit.read_text().replace("/opt/medimeet/.venv/bin/flask", "/bin/true")
        (tmp_path / unit.name).write_text(words.replace("WorkingDirectory=/opt/medimeet", "WorkingDirectory=/"))
    command = [program, "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "medimeet" in line]
    assert (done.returncode, ours) == (0, [])
