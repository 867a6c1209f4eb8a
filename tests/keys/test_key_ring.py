"""The keys of health data: what they open, what they refuse, and how a worker takes up a new one."""

import base64
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from medimeet import key_file, sealing
from medimeet.config import BadSetting
from medimeet.models import Appointment
from medimeet.sealing import CannotOpen, KeyRing, read_keys

A, B = f"a:{base64.b64encode(b'a' * 32).decode()}", f"b:{base64.b64encode(b'b' * 32).decode()}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data-keys"


def test_a_text_is_opened_only_where_it_was_sealed_for() -> None:
    ring = read_keys(A, Path("unused"))
    kept = ring.seal("Asthma", "record.diagnosis")
    assert "Asthma" not in kept and ring.seal("Asthma", "record.diagnosis") != kept
    assert ring.open(kept, "record.diagnosis") == "Asthma"
    with pytest.raises(CannotOpen):
        ring.open(kept, "record.notes")
    with pytest.raises(CannotOpen):
        ring.open(kept[:-6] + "AAAAA=", "record.diagnosis")
    with pytest.raises(CannotOpen, match="key a "):
        read_keys(B, Path("unused")).open(kept, "record.diagnosis")


def test_what_was_written_before_there_were_keys_is_read_as_it_is() -> None:
    ring = read_keys(A, Path("unused"))
    for text in ("Asthma", "sealed: the envelope", "sealed:a", "sealed:b:envelope", "sealed:"):
        assert ring.open(text, "record.diagnosis") == text


def test_the_last_key_seals_and_each_opens() -> None:
    kept = read_keys(A, Path("unused")).seal("Asthma", "x.y")
    both = read_keys(f"{A},{B}", Path("unused"))
    assert both.open(kept, "x.y") == "Asthma"
    assert both.seal("Asthma", "x.y").startswith("sealed:b:")


@pytest.mark.parametrize("setting", ["a", "a:short", A[:-4], A.replace("a:", "a b:"), f"{'n' * 21}:{A[2:]}", ",", " "])
def test_a_key_that_is_none_is_refused_in_words(setting: str, file: Path) -> None:
    with pytest.raises(BadSetting, match="data key|holds no key"):
        read_keys(setting, file)


def test_many_starts_at_once_make_one_key_that_only_its_owner_reads(file: Path) -> None:
    with ThreadPoolExecutor(8) as starts:
        newest = set(starts.map(lambda _: read_keys("", file).newest, range(16)))
    assert len(newest) == 1
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert os.listdir(file.parent) == ["data-keys"]


def test_keys_added_by_many_at_once_are_all_kept(file: Path) -> None:
    first = read_keys("", file).newest
    with ThreadPoolExecutor(8) as people:
        added = list(people.map(lambda _: key_file.add(file), range(8)))
    assert set(key_file.read(file)) == {first, *added}
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600


def test_a_worker_takes_up_a_new_key_without_a_restart(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, other = read_keys("", file), read_keys("", file)
    old = worker.newest
    name = key_file.add(file)
    other.look_again()
    assert worker.newest == old
    assert worker.open(other.seal("Asthma", "x.y"), "x.y") == "Asthma"  # a text of the new key is opened at once
    third = read_keys("", file)
    key_file.add(file)
    monkeypatch.setattr(sealing, "LOOK_SECONDS", -1.0)
    assert third.newest != name


def test_a_file_that_can_not_be_read_for_a_moment_makes_nobody_forget(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = read_keys("", file)
    kept = ring.seal("Asthma", "x.y")
    monkeypatch.setattr(sealing, "LOOK_SECONDS", -1.0)
    for content in (b"", b"torn:AAAA\n", b"\xff\xfe", None):
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content)
        assert ring.open(kept, "x.y") == "Asthma"
        assert ring.seal("Asthma", "x.y").startswith("sealed:")


def test_a_retired_key_is_kept_beside_the_file_for_old_backups(file: Path) -> None:
    old = read_keys("", file).newest
    line = file.read_text().strip()
    new = key_file.add(file)
    kept = key_file.take_out(file, old)
    assert list(key_file.read(file)) == [new]
    assert kept.read_text().split() == [line]
    assert stat.S_IMODE(os.stat(kept).st_mode) == 0o600


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "search",
    [
        lambda: Appointment.reason == "Asthma",
        lambda: Appointment.reason.like("%Asthma%"),
        lambda: Appointment.reason.in_(["Asthma"]),
        lambda: Appointment.reason.asc(),
        lambda: Appointment.reason == "Asthma",
    ],
)
def test_a_search_that_could_find_nothing_is_refused(app: Flask, search: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match="sealed"):
        search()
    assert select(Appointment).where(Appointment.reason.is_(None)) is not None


def test_the_audit_log_is_not_proved_with_the_key_itself() -> None:
    ring = KeyRing({"a": b"a" * 32})
    assert ring.audit_secret("a") not in {b"a" * 32, KeyRing({"a": b"b" * 32}).audit_secret("a")}
