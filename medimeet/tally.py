"""Figures for who watches the server: how often, how long, how many; never of whom.

Each process counts for itself. A worker of gunicorn counts in files (`share`) that its neighbours read too, so that
any of them answers for all; what a worker that has ended counted stays in them, and what was open in it goes.
"""

import os
import shutil
import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from prometheus_client.metrics_core import Metric
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_FOLDERS = "medimeet-figures-"


class Counter:
    """How often something happened. `labels` tell kinds apart, of which there are few, and none is a person."""

    def __init__(self, name: str, says: str, *labels: str) -> None:
        self._name, self._says, self._labels = name, says, labels
        self._keys: dict[tuple[str, ...], str] = {}

    def add(self, *values: str) -> None:
        """Counts one more of the kind that the labels' values name."""
        key = self._keys.get(values)
        if key is None:
            key = mmap_key(self._name, f"{self._name}_total", list(self._labels), list(values), self._says)
            self._keys[values] = key
        _add("counter", key, 1)


class Level:
    """How many there are now, in all processes that live."""

    def __init__(self, name: str, says: str) -> None:
        self._key = mmap_key(name, name, [], [], says)

    def move(self, by: int) -> None:
        """So many more, or fewer."""
        _add("gauge_livesum", self._key, by)


class Durations:
    """How long something took, and how often so long."""

    def __init__(self, name: str, says: str, *labels: str) -> None:
        self._name, self._says, self._labels = name, says, labels
        self._keys: dict[tuple[str, ...], tuple[str, list[str]]] = {}

    def add(self, seconds: float, *values: str) -> None:
        """Counts one that took so long."""
        known = self._keys.get(values)
        if known is None:
            known = self._keys[values] = self._keys_of(values)
        total, buckets = known
        if total not in _begun:  # each limit is shown, also one that nothing reached yet
            _begun.add(total)
            for bucket in buckets:
                _add("histogram", bucket, 0)
        _add("histogram", total, seconds)
        _add("histogram", buckets[bisect_left(_SECONDS, seconds)], 1)

    def _keys_of(self, values: tuple[str, ...]) -> tuple[str, list[str]]:
        limits = [str(limit) for limit in _SECONDS] + ["+Inf"]
        buckets = [
            mmap_key(self._name, f"{self._name}_bucket", [*self._labels, "le"], [*values, limit], self._says)
            for limit in limits
        ]
        return mmap_key(self._name, f"{self._name}_sum", list(self._labels), list(values), self._says), buckets


COMMANDS = Counter(
    "medimeet_commands", "Commands by how they ended: done, or the name of the refusal.", "command", "outcome"
)
MODEL_CALLS = Counter("medimeet_model_calls", "Questions to the language model by how they ended.", "outcome")
OPEN_SOCKETS = Level("medimeet_open_sockets", "Conversations that are open now.")
REQUESTS = Counter("medimeet_requests", "Requests by route, method and status.", "route", "method", "status")
REQUEST_SECONDS = Durations("medimeet_request_seconds", "How long requests took, without sockets.", "route")


def make_folder(parent: str | None) -> Path:
    """A folder for the files of one server's workers; what servers that were killed left there is removed."""
    folder = Path(mkdtemp(prefix=f"{_FOLDERS}{os.getpid()}-", dir=parent))
    for other in folder.parent.glob(f"{_FOLDERS}*"):
        with suppress(OSError, ValueError):
            if other.stat().st_uid == os.getuid() and not _lives(int(other.name.split("-")[2])):
                shutil.rmtree(other)
    return folder


def share(folder: Path) -> None:
    """From now on this process counts in files of `folder`."""
    global _folder
    with _lock:
        _folder = folder
        for file in _files.values():
            file.close()
        _files.clear()
        _counts.clear()
        _begun.clear()


def forget_level_of(pid: int, folder: Path) -> None:
    """A worker has ended: what was open in it is not any more."""
    mark_process_dead(pid, str(folder))


def figures() -> Iterable[Metric]:
    """All that was counted: by every worker where they share a folder, else by this process."""
    if _folder is not None:
        return list(MultiProcessCollector(None, str(_folder)).collect())
    with TemporaryDirectory() as folder:
        for kind, counts in list(_counts.items()):
            file = _file(Path(folder), kind)
            for key, value in list(counts.items()):
                file.write_value(key, value, 0.0)
            file.close()
        return list(MultiProcessCollector(None, folder).collect())


_lock = threading.Lock()
_folder: Path | None = None
_files: dict[str, MmapedDict] = {}
_begun: set[str] = set()
_counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))


def _add(kind: str, key: str, amount: float) -> None:
    with _lock:
        if _folder is None:
            _counts[kind][key] += amount
            return
        file = _files.get(kind)
        if file is None:
            file = _files[kind] = _file(_folder, kind)
        file.write_value(key, file.read_value(key)[0] + amount, 0.0)


def _file(folder: Path, kind: str) -> MmapedDict:
    return MmapedDict(str(folder / f"{kind}_{os.getpid()}.db"))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
