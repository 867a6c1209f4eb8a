"""A full disk: a small one of the bench's own, filled to the last byte."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.faults.rounds import Course, Verdict

BROKEN_SECONDS = 1.5
MEGABYTES = 64


@contextmanager
def small_disk() -> Iterator[Path]:
    """A folder on a disk of its own. Raises CalledProcessError where this user may not mount one."""
    folder = Path(tempfile.mkdtemp(prefix="medimeet-disk-"))
    options = f"size={MEGABYTES}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


def run(course: Course, disk: Path, rounds: int) -> dict[str, Verdict]:
    """So many rounds with the disk full for a while."""
    verdict = Verdict()
    for _round in range(rounds):
        verdict.add(_checked(course.round(lambda: _full(disk))))
    return {"disk full": verdict}


def _checked(verdict: Verdict) -> Verdict:
    """A round in which nobody was told 503 proves nothing."""
    if not verdict.statuses["503"]:
        verdict.wrong.append("nobody noticed")
    return verdict


def _full(disk: Path) -> float:
    """Takes every byte that is left, for a while."""
    filler = disk / "filler"
    until = time.monotonic() + BROKEN_SECONDS
    with open(filler, "wb", buffering=0) as file:
        while time.monotonic() < until:
            with suppress(OSError):
                while file.write(bytes(4096)):
                    pass
            time.sleep(0.01)
    filler.unlink()
    return time.monotonic()
