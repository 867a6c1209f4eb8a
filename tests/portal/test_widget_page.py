"""What a clinic's site loads: the small script, and the page in the frame, which only listed sites may show."""

import html
import json

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from medimeet.models import Clinic
from tests import factories

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])
LARGEST_LOADER = 5_000


def framers(client: FlaskClient, clinic: Clinic) -> str:
    """Who may frame the chat of the clinic, as the page's policy says."""
    answer = client.get(f"/widget/{clinic.id}/")
    assert "X-Frame-Options" not in answer.headers
    policy = dict(rule.strip().split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
    return policy["frame-ancestors"]


def test_the_loader_is_small_and_any_site_may_load_it(client: FlaskClient) -> None:
    answer = client.get("/widget.js")
    assert len(answer.data) < LARGEST_LOADER
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"  # a module, and a tag with `crossorigin`, ask for it
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert client.get("/widget.js", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_only_sites_that_the_clinic_lists_may_frame_its_chat(client: FlaskClient) -> None:
    open_to_all = factories.make_clinic()
    listed = factories.make_clinic(chatbot_origins=["https://riverside.example", "http://localhost:8080"])
    assert framers(client, open_to_all) == "*"
    assert framers(client, listed) == "'self' https://riverside.example http://localhost:8080"
    tampered = factories.make_clinic(chatbot_origins=["https://a.example; script-src *", "* data:", ""])
    assert framers(client, tampered) == "'self'"
    assert "frame-ancestors 'none'" in client.get("/").headers["Content-Security-Policy"]


def test_the_chat_knows_its_own_clinic_and_nothing_that_is_not_public(client: FlaskClient) -> None:
    other = factories.make_clinic(name="O'Neill & <Sons>", emergency_number="", time_zone="Asia/Kolkata")
    seen, closed = factories.make_doctor(other, last_name="O'Hara"), factories.make_doctor(other, verified=False)
    treatment = factories.make_treatment(other, seen, closed, name="Check-up")
    page = BeautifulSoup(client.get(f"/widget/{other.id}/").data, "html.parser")
    [log] = page.select("[data-clinic]")
    told = json.loads(html.unescape(str(log["data-clinic"])))
    assert (told["id"], told["name"], told["emergency_number"]) == (other.id, "O'Neill & <Sons>", "112")
    assert told["doctors"] == [{"id": seen.id, "name": seen.name, "treatments": [treatment.id]}]
    assert [link["href"] for link in page.select(".mm-emergency a")] == ["tel:112"]
    without_script = {link["href"] for link in page.select(".mm-no-script a")}
    assert {"/view_appointments/", "/patient/register/", "tel:+442079460000"} <= without_script


def test_a_chat_that_is_switched_off_says_how_else_to_reach_the_clinic(client: FlaskClient) -> None:
    closed = factories.make_clinic(chatbot_enabled=False)
    answer = client.get(f"/widget/{closed.id}/")
    assert answer.status_code == 200
    assert "switched off" in answer.text
    assert "tel:+442079460000" in answer.text
    assert "Or type a few words" not in answer.text


def test_a_tag_that_names_no_clinic_says_so_in_the_frame_of_any_site(client: FlaskClient) -> None:
    answer = client.get("/widget/999999/")
    assert answer.status_code == 404
    assert "there is no clinic with the number 999999" in answer.text
    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors *")
