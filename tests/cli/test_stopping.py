"""Stopping a server at the worst moment: no word too many, no process left."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import ROOT, environment, until

# `flask serve`, one worker of which says that it loads the application, and never gets further.
SERVE = """
import pathlib, sys, time
from medimeet import cli, serving

def loads_for_ever(_settings):
    pathlib.Path(sys.argv[1]).touch()
    time.sleep(60)

serving.create_app = loads_for_ever
cli.serve(["--migrate"])
"""


def test_ctrl_c_while_a_worker_still_loads_stops_the_server_without_a_word(clinic_folder: Path, tmp_path: Path) -> None:
    loading = tmp_path / "loading"
    with open(tmp_path / "printed", "wb") as printed:
        server = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(loading)],
            cwd=ROOT,
            env=environment(clinic_folder, PORT="0", MEDIMEET_LOG_LEVEL="warning"),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed,
            start_new_session=True,
        )
        try:
            until(loading.exists, 60)
            os.killpg(server.pid, signal.SIGINT)  # as the terminal does, to all at once
            assert server.wait(30) == 0
            with pytest.raises(ProcessLookupError):
                os.killpg(server.pid, 0)
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()
    assert (tmp_path / "printed").read_text() == ""
