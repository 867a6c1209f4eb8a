"""Pictures of people: sent as files, made anew, shown by a whole address."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from medimeet.models import Clinic
from tests import factories
from tests.contracts.programs import Program
from tests.portal.people_pages import picture

Programs = Callable[..., Program]


def upload(program: Program, method: str, path: str, field: str, sent: bytes) -> TestResponse:
    """Sends a file of any size; the test client would keep a large one open."""
    boundary, body = encode_multipart({field: FileStorage(BytesIO(sent), "me.png")})
    return program.ask(method, path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def kept_files(app_folder: str) -> set[str]:
    return {file.name for file in Path(app_folder, "uploads").glob("*")}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_made_anew_and_takes_the_place_of_the_old_one(
    program: Programs, clinic: Clinic, kind: str
) -> None:
    patient = factories.make_patient(clinic)
    own = program(patient)
    path = f"/patients/{patient.id}/"
    before = kept_files(own.app.config["DATA_DIR"])
    first = own.patch(path, data={"profile": (BytesIO(picture()), "me.png")}).json["profile"]
    second = own.patch(path, data={"profile": (BytesIO(picture(kind=kind)), "../../me")}).json["profile"]
    assert first != second
    with own.get(second.removeprefix("http://localhost")) as shown:
        assert (shown.mimetype, Image.open(BytesIO(shown.data)).format) == ("image/jpeg", "JPEG")
    assert kept_files(own.app.config["DATA_DIR"]) - before == {second.rpartition("/")[2]}
    assert own.get(path).json["profile"] == second


def test_null_takes_the_picture_away_and_an_empty_file_leaves_it(program: Programs, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    own = program(patient)
    path = f"/api/user/profiles/{patient.account_id}/"
    shown = own.patch(path, data={"profile_picture": (BytesIO(picture()), "me.png")}).json["profile_picture"]
    for empty in ((BytesIO(b""), ""), (BytesIO(b""), "me.png"), ""):
        assert own.patch(path, data={"profile_picture": empty}).json["profile_picture"] == shown
    assert own.patch(path, json={"profile_picture": None}).json["profile_picture"] is None
    assert own.get(shown.removeprefix("http://localhost")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "field"),
    [
        ("PATCH", "/api/user/profiles/{account}/", "profile_picture"),
        ("PATCH", "/patients/{patient}/", "profile"),
        ("POST", "/doctors/", "profile"),
    ],
)
def test_what_is_no_picture_is_refused_by_name_and_nothing_is_kept(
    program: Programs, clinic: Clinic, method: str, path: str, field: str
) -> None:
    patient = factories.make_patient(clinic)
    own = program(patient)
    address = path.format(account=patient.account_id, patient=patient.id)
    before = kept_files(own.app.config["DATA_DIR"])
    odd = [b"GIF89a not a picture", b"<svg/>", picture(kind="GIF"), b"\x89PNG\r\n" + b"0" * (5 * 1024 * 1024 + 1)]
    for sent in odd:
        answer = upload(own, method, address, field, sent)
        assert (answer.status_code, set(answer.json)) == (400, {field})
    for text in ("http://localhost/me.png", 5, ["x"], {"a": 1}):
        answer = own.ask(method, address, json={field: text})
        assert (answer.status_code, set(answer.json)) == (400, {field})
    assert kept_files(own.app.config["DATA_DIR"]) == before


def test_a_sound_picture_beside_a_wrong_answer_is_not_kept(program: Programs, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    own = program(patient)
    before = kept_files(own.app.config["DATA_DIR"])
    answer = own.patch(f"/patients/{patient.id}/", data={"phone": "x" * 41, "profile": (BytesIO(picture()), "me.png")})
    assert (answer.status_code, set(answer.json)) == (400, {"phone"})
    answer = own.patch(f"/patients/{patient.id}/", data={"phone": "x" * 41, "profile": (BytesIO(b"none"), "me.png")})
    assert (answer.status_code, set(answer.json)) == (400, {"phone", "profile"})
    assert own.get(f"/patients/{patient.id}/").json["profile"] is None
    assert kept_files(own.app.config["DATA_DIR"]) == before


def test_a_body_that_is_too_large_is_a_413(program: Programs, clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    answer = upload(program(patient), "PATCH", f"/patients/{patient.id}/", "profile", b"0" * (6 * 1024 * 1024 + 1))
    assert (answer.status_code, set(answer.json)) == (413, {"detail"})
