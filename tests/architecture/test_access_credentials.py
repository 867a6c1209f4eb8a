"""What a credential is worth beside the one that a route asks for: the walk again, with the wrong kind, with one that
has ended, with the chatbot's public token, and as somebody who is no doctor yet.
"""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.architecture.access_walk import ACTORS, MEANING, Line, Walk, read_table, sign_of, walking

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])

# An applicant has a patient's rights, but no patient profile of their own before they make one.
APPLICANT = {
    ("GET", "/doctor/apply/"): ".",
}


# What an applicant has told of themselves is theirs to correct before the clinic decides.
OWN_PROFILE = {"/doctors/<int:doctor_id>/"}


@pytest.fixture
def walk(app: Flask) -> Iterator[Walk]:
    """A walk through two clinics with everybody in them."""
    with walking(app) as made:
        yield made


@pytest.mark.parametrize("actor", ["expired", "revoked"])
def test_a_credential_that_has_ended_is_worth_what_a_deactivated_persons_is(walk: Walk, actor: str) -> None:
    wrong = []
    for line in read_table():
        wrong += faults(walk, line, actor, walk.own_headers(line, actor), line.sign_for("deactivated"))
    assert wrong == []


def test_an_applicant_as_a_doctor_has_the_rights_of_a_patient_and_no_more(walk: Walk) -> None:
    wrong = []
    for line in read_table():
        expected = APPLICANT.get((line.method, line.route), line.sign_for("other_patient"))
        wrong += faults(walk, line, "applicant", walk.own_headers(line, "applicant"), expected)
    assert wrong == []


def test_an_applicant_can_not_act_as_the_doctor_they_may_become(walk: Walk) -> None:
    own, wrong = walk.world.ids["applicants_doctor_id"], []
    for line in read_table():
        form = walk.world.form_of(line.route)
        named = {name: own for name in ("doctor", "doctor_id") if name in form}
        is_for_doctors = line.sign_for("doctor") == "." and line.sign_for("other_patient") != "."
        if line.method == "GET" or not is_for_doctors or not (named or "<int:doctor_id>" in line.route):
            continue
        url = walk.world.url_of(line.route.replace("<int:doctor_id>", str(own)))
        sent = {"json": form | named} if walk.is_contract(line) else {"data": form | named}
        answer = walk.open(line.method, url, walk.own_headers(line, "applicant"), **sent)
        if sign_of(answer) not in {"3", "4"} and line.route not in OWN_PROFILE:
            wrong.append(f"{line.method} {line.route}: {answer.status}")
        walk.put_back()
    assert wrong == []


def test_a_token_opens_no_page_whoever_has_it(walk: Walk) -> None:
    wrong = []
    for line in walk.lines("pages"):
        for actor in welcome(line):
            token = walk.world.bearers[actor]
            headers = {"Authorization": f"Bearer {token}", "X-Api-Key": token}
            wrong += faults(walk, line, actor, headers, line.sign_for("anonymous"))
    assert wrong == []


def test_a_session_opens_no_json_interface_whoever_has_it(walk: Walk) -> None:
    wrong = []
    for line in walk.lines("contracts"):
        if walk.takes_session(line):
            continue
        for actor in welcome(line):
            headers = walk.token_for(line, "anonymous") | walk.session_of(actor)
            wrong += faults(walk, line, actor, headers, line.sign_for("anonymous"))
    assert wrong == []


def test_the_chatbots_public_token_is_nobody_outside_the_chatbot(walk: Walk) -> None:
    wrong = []
    token = walk.world.ids["chatbot_token"]
    for line in read_table():
        if walk.contract_of[line.route] != "chatbot":
            # A page does not look at a token; a contract says of it what it says of every dead one.
            expected = line.sign_for("deactivated" if walk.is_contract(line) else "anonymous")
            wrong += faults(walk, line, "chatbot", {"Authorization": f"Bearer {token}"}, expected)
    assert wrong == []


def test_the_chatbots_token_of_another_clinic_opens_nothing_of_this_one(walk: Walk) -> None:
    wrong = []
    far = {"Authorization": f"Bearer {walk.world.ids['far_chatbot_token']}"}
    for line in walk.lines("contracts"):
        if line.route.startswith("/<int:clinic_id>/"):
            for actor in ("anonymous", "patient", "admin"):
                key = walk.world.bearers.get(actor)
                # Whoever could not do it here either may hear that first.
                expected = "3" if line.sign_for(actor) == "3" else "L"
                wrong += faults(walk, line, actor, far | ({"X-Api-Key": key} if key else {}), expected)
    assert wrong == []


def welcome(line: Line) -> list[str]:
    """Whom the route lets in who would not get in as nobody."""
    if line.sign_for("anonymous") == ".":
        return []
    return [actor for actor, sign in zip(ACTORS, line.signs, strict=True) if sign == "."]


def faults(walk: Walk, line: Line, actor: str, headers: dict[str, str], expected: str) -> list[str]:
    """What is wrong with the answer to the actor with these headers, and with the database after a refusal."""
    answer = walk.send(line, headers)
    got, found = sign_of(answer), []
    if got != expected:
        found.append(f"{line.method} {line.route}: {actor} {MEANING[expected]} by the rule, but got {answer.status}")
    if got != "." and (changed := walk.changes()):
        found.append(f"{line.method} {line.route}: {actor} got {answer.status}, and yet wrote {changed}")
    walk.put_back()
    return found
