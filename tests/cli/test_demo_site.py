"""The clinic's own site, which the demo serves beside the portal, on a port of its own."""

import pytest
import requests
from bs4 import BeautifulSoup

from medimeet import serving
from medimeet.demo_site import create_site
from tests.cli.commands import Server


def test_the_next_port_serves_the_clinics_own_site_and_nothing_of_the_portal(demo_server: Server) -> None:
    site, port = demo_server.site_url, int(demo_server.url.rpartition(":")[2])
    assert site == f"http://127.0.0.1:{port + 1}"
    front_page = requests.get(f"{site}/", timeout=10)
    assert _tag(front_page.text)["src"] == f"{demo_server.url}/widget.js"
    assert _tag(front_page.text)["data-clinic"] == "1"
    policy = dict(rule.split(" ", 1) for rule in front_page.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert (policy["script-src"], policy["frame-src"]) == (demo_server.url, demo_server.url)
    assert requests.get(f"{site}/static/riverside.css", timeout=10).status_code == 200
    assert requests.get(f"{site}/login/", timeout=10).status_code == 404
    assert "Riverside Clinic is made up" not in requests.get(f"{demo_server.url}/", timeout=10).text


def test_a_site_whose_port_is_taken_stands_on_another() -> None:
    with serving.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with serving.listen_if_free("127.0.0.1", port) as other:
            assert other.getsockname()[1] not in {0, port}
    with serving.listen_if_free("127.0.0.1", serving.LARGEST_PORT + 1) as any_free:
        assert any_free.getsockname()[1] <= serving.LARGEST_PORT


@pytest.mark.parametrize(
    ("portal_url", "visited", "expected"),
    [
        ("", "192.168.1.5:8001", "http://192.168.1.5:8000/widget.js"),
        ("", "[::1]:8001", "http://[::1]:8000/widget.js"),
        ("", 'x"; script-src *', "http://localhost:8000/widget.js"),
        ("https://portal.example", "riverside.example", "https://portal.example/widget.js"),
    ],
)
def test_visitors_find_the_chat_by_the_address_that_they_came_by(portal_url: str, visited: str, expected: str) -> None:
    front_page = create_site(7, 8000, portal_url).test_client().get("/", headers={"Host": visited})
    assert _tag(front_page.text)["src"] == expected
    assert f"script-src {expected.removesuffix('/widget.js')};" in front_page.headers["Content-Security-Policy"]


def _tag(html: str) -> dict[str, str]:
    (script,) = BeautifulSoup(html, "html.parser").find_all("script")
    return {name: str(value) for name, value in script.attrs.items()}
