"""Whose rows a request reaches: those of who asks, whatever the request says of itself."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from medimeet.db import db
from tests.architecture.access_walk import Line, Walk, read_table
from tests.contracts.demo import Demo, demo_of
from tests.contracts.fuzzing import known_values, operations_of

on_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"])

NOBODY = 987_654_321  # no row has this id
CLAIMS = {
    "user_id": "1",
    "account_id": "1",
    "userid": "1",
    "email": "admin@people.example",
    "role": "superuser",
    "is_staff": "true",
    "is_superuser": "true",
    "tenant_id": "2",
    "schema_name": "clinic_2",
}
CLAIMING_HEADERS = {
    "X-User-Id": "1",
    "X-User": "superuser1",
    "X-Remote-User": "superuser1",
    "Remote-User": "superuser1",
    "X-Forwarded-User": "superuser1",
    "X-Tenant-Id": "2",
    "X-Clinic-Id": "2",
    "X-Original-URL": "/admin/",
    "X-Rewrite-URL": "/admin/",
}
# What no body may set, with values that would be seen anywhere.
FORBIDDEN: dict[str, Any] = {
    "id": 777_777,
    "public_id": "canary-public-id",
    "is_staff": True,
    "is_superuser": True,
    "role": "superuser",
    "clinic": 2,
    "clinic_id": 2,
    "tenant_id": 2,
    "is_active": False,
    "password_hash": "canary-hash",
    "email_verified_at": "1999-09-09T09:09:09Z",
    "created_at": "1999-09-09T09:09:09Z",
    "price": "777777.00",
    "credits_left": 777_777,
    "booked_by_id": 777_777,
    "reference": "canary-reference",
}
CANARIES = re.compile(r"canary-|777777|1999-09-09")


@on_sqlite
def test_who_one_is_comes_from_the_credential_alone(walk: Walk) -> None:
    """A4: an identity taken from a field, a header or a cookie of the client (CVE-2026-23478)."""
    changed = []
    for line in read_table():
        for actor in [each for each in ("patient", "doctor") if line.sign_for(each) == "."][:1]:
            if line.method != "GET" or line.route == "/ws/transcription/":
                continue
            own = walk.own_headers(line, actor)
            url = walk.world.url_of(line.route)
            plain = walk.open("GET", url, own)
            cookies = "; ".join([own.get("Cookie", ""), "user_id=1", "role=superuser", "remember_token=1|x"]).strip(
                "; "
            )
            query = "&".join(f"{name}={value}" for name, value in CLAIMS.items())
            claimed = walk.open("GET", f"{url}?{query}", own | CLAIMING_HEADERS | {"Cookie": cookies})
            if (plain.status, steady(plain.get_data(as_text=True))) != (
                claimed.status,
                steady(claimed.get_data(as_text=True)),
            ):
                changed.append(f"{line.route} as {actor}: {plain.status}, {claimed.status}")
    assert changed == []


@on_sqlite
def test_another_clinics_row_looks_like_none_at_all(walk: Walk) -> None:
    """A6: a foreign id that is told from one that was never given (multi-tenant sheet)."""
    told = []
    for line in read_table():
        for actor in [each for each in ("far_admin", "far_doctor", "far_patient") if line.sign_for(each) == "4"][:1]:
            if "<int:" not in line.route or "chatbot" in line.route:
                continue
            own = walk.own_headers(line, actor)
            there = walk.open(line.method, walk.world.url_of(line.route), own)
            absent = walk.open(line.method, walk.world.url_of(re.sub(r"<int:\w+>", str(NOBODY), line.route)), own)
            if (there.status, steady(there.get_data(as_text=True))) != (
                absent.status,
                steady(absent.get_data(as_text=True)),
            ):
                told.append(f"{line.method} {line.route} as {actor}: {there.status}, {absent.status}")
    assert told == []


@on_sqlite
def test_a_search_finds_nothing_of_another_clinic_and_counts_nothing(walk: Walk) -> None:
    """A7: a hidden name that is found letter by letter, by what a search or its count tells (HAPI-FHIR #6065)."""
    db.session.execute(
        db.text("UPDATE account SET first_name = 'Zanzibar', username = 'zanzibar' || id WHERE clinic_id = 2")
    )
    db.session.execute(db.text("UPDATE patient SET phone = 'Zanzibar' WHERE clinic_id = 2"))
    db.session.commit()
    walk.remember()
    told = []
    for line in lists(walk):
        answers = []
        for word in ("zanzibar", "zanzibaz"):
            query = "&".join(f"{name}={word}" for name in ("q", "search", "username", "doctor", "patient", "name"))
            answer = walk.open("GET", f"{walk.world.url_of(line.route)}?{query}", walk.own_headers(line, "admin"))
            answers.append((answer.status, steady(answer.get_data(as_text=True)).replace(word, "WORD")))
        if answers[0] != answers[1]:
            told.append(line.route)
    assert told == []


def test_no_body_sets_what_is_not_the_callers_to_set(installed: Callable[[str], Flask]) -> None:
    """A10: sixteen forbidden fields beside a body that is taken, in every operation that writes, as each role."""
    taken, sent = [], 0
    with demo_of(installed("sqlite")) as demo:
        before = rights_of(demo)
        for contract, operation in operations_of(demo):
            known = known_values(operation, {"chatbot_token": demo.chatbot_token})
            if not isinstance(known.body, dict):
                continue
            for role in ("patient", "admin"):
                body, as_json = FORBIDDEN | known.body, "application/json"
                case = operation.Case(path_parameters=dict(known.path), body=body, media_type=as_json)
                answer = case.call(headers=demo.headers(contract, role))
                sent += answer.status_code < 300
                named = f"{operation.label} as {role}: {answer.status_code}"
                if answer.status_code < 300:
                    taken += [f"{named} echoed {found}" for found in CANARIES.findall(answer.text)]
                    taken += [f"{named} {fault}" for fault in faults_in(demo, before)]
                    demo.put_back()
    assert taken == []
    assert sent > 40, "hardly any body was taken at all"


def lists(walk: Walk) -> Iterator[Line]:
    """The pages and lists that an admin may look at."""
    for line in read_table():
        is_list = "<" not in line.route and not line.route.startswith(("/ws/", "/docs/", "/metrics"))
        if is_list and line.method == "GET" and line.sign_for("admin") == ".":
            yield line


def steady(text: str) -> str:
    """The text without numbers, and without what is made anew for each answer."""
    return re.sub(
        r"\d+", "N", re.sub(r"[\w.-]{32,}|value=\"[\w-]{18,}\"", "T", re.sub(r"\?user_id=1[^\"' ]*", "", text))
    )


def rights_of(demo: Demo) -> dict[int, tuple[Any, ...]]:
    """What each account of the demo may do, and where."""
    with sqlite3.connect(demo.file) as connection:
        rows = connection.execute("SELECT id, role, clinic_id, is_active, email_verified_at FROM account").fetchall()
    connection.close()
    return {row[0]: row[1:] for row in rows}


def faults_in(demo: Demo, before: dict[int, tuple[Any, ...]]) -> Iterator[str]:
    """What a body has written that is not its sender's to set."""
    now = rights_of(demo)
    for account_id, (role, clinic_id, is_active, verified_at) in now.items():
        known = before.get(account_id, ("patient", 1, 1, verified_at))
        allowed = {known[0], "doctor"} if account_id not in before else {known[0]}
        if role not in allowed or (clinic_id, is_active) != known[1:3] or "1999" in str(verified_at):
            yield f"made account {account_id} {role} of clinic {clinic_id}, active {is_active}"
    with sqlite3.connect(demo.file) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    if found := CANARIES.findall(dump):
        yield f"kept {set(found)}"
