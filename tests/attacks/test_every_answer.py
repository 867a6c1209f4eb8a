"""What no answer may hold or lack, whoever asks whatever."""

import re
from http.cookies import SimpleCookie

from tests.attacks.every_answer import Answered
from tests.servers import ROOT

# Files that are nobody's, and the frame of the chat, which is asked for anew each time.
MAY_BE_KEPT = {"/widget.js", "/media/<name>", "/widget/<int:clinic_id>/"}
INSIDES = re.compile(
    rf"Traceback|File \"|\w\.py[\"', :)]|{re.escape(str(ROOT))}/|/home/|site-packages|sqlalchemy|sqlite3|psycopg"
    r"|werkzeug|jinja2|SELECT .* FROM|INSERT INTO|UPDATE .* SET|secret key for tests|\$argon2",
)
STRICT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def test_the_answer_to_a_signed_in_person_is_kept_by_no_cache(every_answer: list[Answered]) -> None:
    """W4: a proxy that keeps a session's answer hands it to the next person (CVE-2023-30861)."""
    personal = [each for each in every_answer if each.line.route not in MAY_BE_KEPT]
    assert len([each for each in personal if each.is_let_in]) > 300
    assert [str(each) for each in personal if each.answer.headers["Cache-Control"] != "no-store"] == []


def test_no_answer_tells_of_our_insides(every_answer: list[Answered]) -> None:
    """W9: no traceback, no path of a file, no SQL and no secret in what anybody gets."""
    found = []
    for each in every_answer:
        for words in INSIDES.findall(re.sub(r"/home/", "", each.answer.get_data(as_text=True))):
            found.append(f"{each}: {words}")
    assert found == []


def test_every_cookie_is_for_our_server_alone(every_answer: list[Answered]) -> None:
    """W11: a cookie that scripts read, or that other sites' pages send along."""
    found = []
    for each in every_answer:
        for set_cookie in each.answer.headers.getlist("Set-Cookie"):
            for name, cookie in SimpleCookie(set_cookie).items():
                is_ours = name == "medimeet" and cookie["samesite"] == "Lax"
                is_chats = name == "refresh_token" and cookie["samesite"] == "None" and bool(cookie["secure"])
                if not (is_ours or is_chats) or not cookie["httponly"] or cookie["domain"]:
                    found.append(f"{each}: {set_cookie}")
    assert found == []


def test_every_answer_is_guarded_by_the_same_headers(every_answer: list[Answered]) -> None:
    """W3, W5: one page without the policy is enough for a script, or for a frame round our page."""
    found = []
    for each in every_answer:
        headers = each.answer.headers
        found += [f"{each}: {name}" for name, value in STRICT.items() if headers.get(name) != value]
        policy = headers["Content-Security-Policy"]
        if "default-src 'self'; script-src 'self'; style-src 'self'" not in policy or "unsafe" in policy:
            found.append(f"{each}: {policy}")
        if "frame-ancestors 'none'" not in policy and each.line.route != "/widget/<int:clinic_id>/":
            found.append(f"{each}: {policy}")
        allowed = headers.get("Access-Control-Allow-Origin")
        if allowed is not None and each.line.route != "/widget.js":
            found.append(f"{each}: any site may read it")
    assert found == []


def test_no_answer_leads_to_another_site(every_answer: list[Answered]) -> None:
    """Open redirects: a link of ours that ends on a page of somebody else's."""
    leading = [each for each in every_answer if each.answer.location]
    assert len(leading) > 100
    assert [str(each) for each in leading if not re.match(r"/(?![/\\])", each.answer.location or "")] == []


def test_nobody_sees_anything_of_another_clinic(every_answer: list[Answered]) -> None:
    """A6, A7: names, counts and lists of a foreign clinic (multi-tenant sheet, HAPI-FHIR #6065)."""
    own = [each for each in every_answer if each.actor in {"patient", "doctor", "admin"}]
    assert [str(each) for each in own if "Hillside" in each.answer.get_data(as_text=True)] == []


def test_signing_out_empties_what_the_browser_kept(every_answer: list[Answered]) -> None:
    """W4: pages of the person before, in the memory of a browser at the desk."""
    sign_outs = {("POST", "/logout/"), ("POST", "/api-auth/logout/")}
    answers = [each for each in every_answer if (each.line.method, each.line.route) in sign_outs]
    patients = [each for each in answers if each.actor == "patient"]
    assert len(patients) == len(sign_outs)
    assert [str(each) for each in patients if each.answer.headers.get("Clear-Site-Data") != '"cache"'] == []
