"""The files of others in static/vendor are the published ones, unchanged, each with its licence."""

import hashlib
import json
from pathlib import Path

import pytest

VENDOR = Path(__file__).parents[2] / "medimeet" / "static" / "vendor"
FOLDERS = sorted(path for path in VENDOR.iterdir() if path.is_dir())


def test_somebody_elses_code_is_vendored_at_all() -> None:
    assert [folder.name for folder in FOLDERS] == ["htmx-4.0.1", "pico-2.1.1"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_vendored_file_is_the_published_one_to_the_byte(folder: Path) -> None:
    declared = json.loads((folder / "vendor.json").read_text())
    assert hashlib.sha256((folder / declared["file"]).read_bytes()).hexdigest() == declared["sha256"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_vendored_folder_says_its_version_and_holds_its_licence_and_nothing_undeclared(folder: Path) -> None:
    declared = json.loads((folder / "vendor.json").read_text())
    assert folder.name.endswith(f"-{declared['version']}")
    assert declared["licence"]
    assert (folder / "LICENSE").read_text().strip()
    assert {path.name for path in folder.iterdir()} == {"LICENSE", "vendor.json", declared["file"]}
