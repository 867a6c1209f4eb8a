"""Which addresses the conversation log is entrusted to."""

from pathlib import Path

import pytest

from medimeet.app import create_app
from medimeet.config import BadSetting
from medimeet.gateways import mongodb_address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "mongodb://localhost",
        "mongodb://127.0.0.1:27018,[::1]:27019/log",
        "mongodb://%2Ftmp%2Fmongodb.sock/log",
        "mongodb://user:secret@10.0.0.1/log?tls=true",
        "mongodb+srv://user:secret@cluster.example/log",
        "mongodb://10.0.0.1/?authMechanism=MONGODB-X509&tls=true",
    ],
)
def test_an_address_that_asks_who_comes_is_taken(address: str) -> None:
    mongodb_address.check_address(address)


@pytest.mark.parametrize(
    "address, words",
    [
        ("mongodb://10.0.0.1/", "anybody on the network could read"),
        ("mongodb://localhost,db.example/log", "anybody on the network could read"),
        ("mongodb+srv://cluster.example/log", "anybody on the network could read"),
        ("mongodb://", "can't be read"),
        ("http://user:secret@db.example/", "can't be read"),
        ("mongodb://user:secret@db.example:99999999/", "can't be read"),
    ],
)
def test_an_address_open_to_anybody_stops_the_start(address: str, words: str) -> None:
    with pytest.raises(BadSetting, match=words) as told:
        mongodb_address.check_address(address)
    assert "MEDIMEET_MONGODB_URI" in str(told.value) and "secret" not in str(told.value)


def test_the_site_does_not_start_with_such_an_address(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="it has no user and password"):
        create_app({"DATA_DIR": str(tmp_path / "data"), "MONGODB_URI": "mongodb://10.0.0.1/"})
    assert not (tmp_path / "data").exists()
