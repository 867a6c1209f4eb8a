"""A bench that is told to end takes along all that it has started."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.servers import ROOT

PATIENCE_SECONDS = 60


def processes_with(mark: str) -> set[int]:
    """Who was started with this word in the environment, by whomever."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark.encode() in (folder / "environ").read_bytes():
                found.add(int(folder.name))
    return found


def comes_true(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_bench_that_is_told_to_end_leaves_no_server_running(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "bench.faults", "--only", "lock", "--database", "sqlite"]
    mark = f"BENCH_OF_THIS_TEST={tmp_path}"
    environment = os.environ | dict([mark.split("=")]) | {"TMPDIR": str(tmp_path)}
    with open(tmp_path / "said", "wb") as said:
        bench = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=said, stderr=said, start_new_session=True)
    try:
        # Gunicorn, its two workers and the poller.
        assert comes_true(lambda: len(processes_with(mark) - {bench.pid}) >= 4), (tmp_path / "said").read_text()
        bench.send_signal(number)
        bench.send_signal(number)  # who is impatient changes nothing
        assert bench.wait(PATIENCE_SECONDS) == 128 + number
        assert comes_true(lambda: not processes_with(mark))
        assert [each.name for each in tmp_path.iterdir()] == ["said"]
    finally:
        for process in processes_with(mark):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        bench.wait()
