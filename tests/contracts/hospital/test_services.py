"""Services, as document 003 prints them: with a picture or without."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from medimeet.models import Account, Clinic, ClinicService, Doctor, Patient
from tests import factories
from tests.contracts.programs import Program
from tests.statements import statements

ProgramOf = Callable[[Account | Patient | Doctor], Program]


@pytest.fixture
def admin(clinic: Clinic, program: ProgramOf) -> Program:
    return program(factories.make_admin(clinic))


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", size, "navy").save(file, kind)
    return io.BytesIO(file.getvalue())


def test_the_printed_form_adds_a_service_that_everybody_can_read(admin: Program, stranger: Program, app: Flask) -> None:
    sent = {"image": (picture(), "x-ray.png"), "name": "X-ray", "description": "string"}
    added = admin.post("/services/", data=sent, content_type="multipart/form-data")
    assert added.status_code == 201
    image = added.json["image"]
    assert added.json == {"id": added.json["id"], "image": image, "name": "X-ray", "description": "string"}
    assert image.startswith("http://localhost/media/")
    shown = stranger.get(image.removeprefix("http://localhost"))
    assert shown.mimetype == "image/jpeg"
    assert Image.open(io.BytesIO(shown.data)).size == (1200, 800)
    shown.close()
    assert stranger.get("/services/").json == [added.json]
    assert stranger.get(f"/services/{added.json['id']}/").json == added.json


def test_the_clinics_page_shows_the_picture(
    clinic: Clinic, admin: Program, as_: Callable[[Account], FlaskClient]
) -> None:
    added = admin.post("/services/", data={"image": (picture(), "x-ray.png"), "name": "X-ray"}).json
    page = as_(factories.make_patient(clinic).account).get("/clinic_portfolio/").text
    assert added["image"].removeprefix("http://localhost") in page


def test_json_adds_one_without_a_picture_and_the_list_is_sorted_by_name(admin: Program, stranger: Program) -> None:
    for name in ("Vaccinations", "blood tests"):
        added = admin.post("/services/", json={"name": name})
        assert added.json == {"id": added.json["id"], "image": None, "name": name, "description": ""}
    assert [item["name"] for item in stranger.get("/services/").json] == ["blood tests", "Vaccinations"]


def test_put_and_patch_change_a_service_and_keep_the_picture_that_is_not_sent(admin: Program, app: Flask) -> None:
    sent = {"image": (picture("WEBP"), "x.webp"), "name": "X-ray", "description": "string"}
    added = admin.post("/services/", data=sent).json
    path = f"/services/{added['id']}/"
    changed = admin.put(path, json={"name": "Radiology", "description": "All kinds."})
    assert (changed.status_code, changed.json) == (200, added | {"name": "Radiology", "description": "All kinds."})
    assert admin.patch(path, json={"description": "string"}).json == added | {"name": "Radiology"}
    replaced = admin.patch(path, data={"image": (picture("JPEG"), "new.jpg")}).json
    assert replaced["image"] not in {None, added["image"]}
    assert len(list(Path(app.config["DATA_DIR"], "uploads").glob("*.jpg"))) >= 1
    assert admin.get(added["image"].removeprefix("http://localhost")).status_code == 404
    assert admin.patch(path, json={"image": None}).json["image"] is None


def test_a_service_that_is_deleted_is_gone(admin: Program, stranger: Program) -> None:
    path = f"/services/{admin.post('/services/', json={'name': 'X-ray'}).json['id']}/"
    deleted = admin.delete(path)
    assert (deleted.status_code, deleted.data) == (204, b"")
    assert [stranger.get(path).status_code, admin.delete(path).status_code] == [404, 404]
    assert stranger.get("/services/").json == []


@pytest.mark.parametrize("image", [b"GIF89a", b"<svg/>", "string"])
def test_what_is_no_picture_of_ours_is_refused_and_nothing_is_added(
    admin: Program, stranger: Program, image: bytes | str
) -> None:
    sent = {"name": "X-ray", "image": image if isinstance(image, str) else (io.BytesIO(image), "x.png")}
    refused = admin.post("/services/", data=sent, content_type="multipart/form-data")
    assert (refused.status_code, list(refused.json)) == (400, ["image"])
    assert stranger.get("/services/").json == []


def test_every_wrong_field_is_named_at_once(admin: Program) -> None:
    sent = {"name": "", "description": "x" * 2001, "image": (io.BytesIO(b"no picture"), "x.png")}
    refused = admin.post("/services/", data=sent, content_type="multipart/form-data")
    assert (refused.status_code, set(refused.json)) == (400, {"name", "description", "image"})


def test_two_services_of_one_name_are_refused(admin: Program) -> None:
    assert admin.post("/services/", json={"name": "X-ray"}).status_code == 201
    refused = admin.post("/services/", json={"name": "x-RAY"})
    assert (refused.status_code, list(refused.json)) == (400, ["name"])


def test_only_the_admin_writes_and_another_clinics_service_does_not_exist(
    clinic: Clinic, stranger: Program, program: ProgramOf
) -> None:
    service = factories.save(ClinicService(clinic_id=clinic.id, name="X-ray"))
    path, sent = f"/services/{service.id}/", {"name": "Radiology"}
    for asking, status in (
        (stranger, 401),
        (program(factories.make_patient(clinic)), 403),
        (program(factories.make_doctor(clinic)), 403),
        (program(factories.make_admin(factories.make_clinic(name="Hillside"))), 404),
    ):
        answers = [asking.put(path, json=sent), asking.patch(path, json=sent), asking.delete(path)]
        assert [answer.status_code for answer in answers] == [status] * 3
    assert stranger.get(path).json["name"] == "X-ray"


def test_ten_times_the_services_cost_no_statement_more(clinic: Clinic, stranger: Program) -> None:
    counts = []
    for numbers in (range(2), range(2, 20)):
        for number in numbers:
            factories.save(ClinicService(clinic_id=clinic.id, name=f"Service {number}"))
        with statements() as gathered:
            assert len(stranger.get("/services/").json) == number + 1
        counts.append(len(gathered))
    assert counts[0] == counts[1]
