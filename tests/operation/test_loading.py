"""Somebody whose server died waits for its code to be loaded: that takes no longer than it must."""

import json
import os
import subprocess
import sys
from pathlib import Path

_LOADED = """
import gc, json
import medimeet.app
walks = sum(generation["collections"] for generation in gc.get_stats())
medimeet.app.create_app()
print(json.dumps([walks, gc.isenabled(), gc.get_threshold()]))
"""


def test_the_code_is_loaded_without_looking_for_garbage_and_looked_through_as_ever_from_then_on(tmp_path: Path) -> None:
    environment = os.environ | {"MEDIMEET_DATA_DIR": str(tmp_path)}
    usual = subprocess.run(
        [sys.executable, "-c", "import gc, json; print(json.dumps(gc.get_threshold()))"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    loaded = subprocess.run(
        [sys.executable, "-c", _LOADED], env=environment, check=True, capture_output=True, text=True
    )
    walks, is_on, pace = json.loads(loaded.stdout)
    assert walks < 50, f"{walks} times"
    assert is_on
    assert pace == json.loads(usual.stdout)
