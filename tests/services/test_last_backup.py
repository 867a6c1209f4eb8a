"""How old the last backup is, as `flask doctor` says it."""

from pathlib import Path

import pytest
import time_machine
from flask import Flask

from medimeet.services import backup, health, heartbeats

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


def test_a_backup_that_is_two_days_old_is_a_fault_and_none_at_all_is_not(
    app: Flask, frozen_clock: time_machine.Traveller
) -> None:
    assert backup.look().is_good and "none yet" in backup.look().remark
    heartbeats.beat("backup")
    assert backup.look().remark == "today"
    frozen_clock.shift(30 * 3600)
    assert backup.look().remark == "yesterday"
    frozen_clock.shift(24 * 3600)
    assert backup.look().fault == "it is 2 days old"


def test_a_shared_folder_that_is_not_mounted_is_named(app: Flask, tmp_path: Path) -> None:
    app.config["SHARED_DIR"] = str(tmp_path / "not mounted")
    faults = [check.fault for check in health.installation() if check.name == "data folder"]
    assert faults == [f"MEDIMEET_SHARED_DIR ({tmp_path / 'not mounted'}) can't be written to"]
