"""The audit log as a chain: what somebody who can write to the database changes in it is found."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from medimeet import logs
from medimeet.db import db
from medimeet.errors import Conflict
from medimeet.models import AuditEntry, AuditHead, Clinic
from medimeet.services import audit, audit_proof
from medimeet.services.access import Actor
from medimeet.services.audit_proof import Head, Proof
from medimeet.writing import at_end_of_command, command
from tests import factories
from tests.statements import statements

Log = Callable[[int], Actor]


@pytest.fixture
def admin(clinic: Clinic) -> Actor:
    return Actor(factories.make_admin(clinic), clinic)


@pytest.fixture
def ten_lines(admin: Actor) -> Actor:
    """A clinic whose log has ten lines, each of another patient."""
    for number in range(1, 11):
        write(admin, number)
    return admin


@command
def write(actor: Actor, *numbers: int) -> None:
    for number in numbers:
        audit.note(actor, "read", "patient", number, why="a visit", version=number)


def proof_of(actor: Actor, *expected: Head) -> Proof:
    with db.engine.connect() as connection:
        (proof,) = audit_proof.verify(connection, actor.clinic.id, expected)
    return proof


def as_an_attacker(*statements_run: str) -> None:
    """Runs SQL as somebody does who has the database's file or its owner's password: no guard holds them up."""
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for event in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER audit_entry_append_only_{event}"))
        for statement in statements_run:
            connection.execute(text(statement))


def test_every_line_has_its_place_and_follows_from_the_one_before(ten_lines: Actor) -> None:
    write(ten_lines, 11, 12)
    lines = db.session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [line.number for line in lines] == list(range(1, 13))
    assert {line.chain for line in lines} == {ten_lines.clinic.id}
    assert len({line.digest for line in lines}) == 12
    head = db.session.get_one(AuditHead, ten_lines.clinic.id)
    assert (head.number, head.digest) == (12, lines[-1].digest)
    proof = proof_of(ten_lines)
    assert proof.is_whole and (proof.lines, proof.outside) == (12, 0)
    assert proof.head == Head(ten_lines.clinic.id, 12, lines[-1].digest)


def test_each_clinic_has_a_chain_of_its_own_and_what_is_no_clinics_another(ten_lines: Actor) -> None:
    other = factories.make_clinic(name="Hillside")

    @command
    def write_both() -> None:
        audit.note(ten_lines, "read", "patient", 1)
        audit.note(Actor(ten_lines.account, other), "read", "patient", 1)
        audit.note_upkeep("rotated", "data key")

    write_both()
    with db.engine.connect() as connection:
        proofs = audit_proof.verify(connection)
    assert [(proof.chain, proof.lines, proof.faults) for proof in proofs] == [
        (0, 1, []),
        (ten_lines.clinic.id, 11, []),
        (other.id, 1, []),
    ]


def test_a_deed_that_fails_leaves_no_line_and_no_gap(ten_lines: Actor) -> None:
    @command
    def fail() -> None:
        audit.note(ten_lines, "read", "patient", 99)
        raise Conflict("No.")

    with pytest.raises(Conflict):
        fail()
    write(ten_lines, 11)
    assert proof_of(ten_lines).lines == 11
    with pytest.raises(RuntimeError):
        at_end_of_command(print, "no command is running")


def test_a_line_carries_the_request_in_which_it_was_written(admin: Actor) -> None:
    token = logs.request_id.set("a" * 32)
    write(admin, 1)
    logs.request_id.reset(token)
    (line,) = db.session.scalars(select(AuditEntry)).all()
    assert (line.request_id, line.why) == ("a" * 32, "a visit")


def test_the_chain_costs_three_statements_a_deed(ten_lines: Actor) -> None:
    with statements() as asked:
        write(ten_lines, 11)
    assert [each.split()[0] for each in asked if "audit_" in each] == ["SELECT", "INSERT", "UPDATE"]


@pytest.mark.parametrize(
    ("attack", "told"),
    [
        ("UPDATE audit_entry SET subject_id = 99 WHERE number = 4", "line 4 of"),
        ("UPDATE audit_entry SET why = 'another' WHERE number = 4", "line 4 of"),
        ("UPDATE audit_entry SET actor_id = NULL WHERE number = 1", "does not begin the chain"),
        ("UPDATE audit_entry SET detail = '{\"version\": 5}' WHERE number = 4", "line 4 of"),
        ("UPDATE audit_entry SET at = '2020-01-01 10:00:00.000000' WHERE number = 10", "line 10 of"),
        ("DELETE FROM audit_entry WHERE number = 4", "line 4 is not there"),
        ("DELETE FROM audit_entry WHERE number BETWEEN 4 AND 6", "lines 4 to 6 are not there"),
        ("DELETE FROM audit_entry WHERE number = 10", "line 10 is not there"),
        ("DELETE FROM audit_entry", "lines 1 to 10 are not there"),
        ("DELETE FROM audit_head", "its end is not noted"),
    ],
)
def test_a_line_that_was_changed_or_taken_out_is_found(ten_lines: Actor, attack: str, told: str) -> None:
    as_an_attacker(attack)
    proof = proof_of(ten_lines)
    assert not proof.is_whole
    assert any(told in fault for fault in proof.faults), proof.faults


def test_two_lines_that_changed_places_are_found(ten_lines: Actor) -> None:
    as_an_attacker(
        "UPDATE audit_entry SET number = -1 WHERE number = 4",
        "UPDATE audit_entry SET number = 4 WHERE number = 7",
        "UPDATE audit_entry SET number = 7 WHERE number = -1",
    )
    told = " ".join(proof_of(ten_lines).faults)
    assert "line 4 of" in told and "line 7 of" in told


def test_a_line_that_was_put_in_is_found(ten_lines: Actor) -> None:
    columns = "at, clinic_id, actor_id, deed, subject, subject_id, patient_id, detail, why, request_id, chain, key"
    as_an_attacker(
        *(f"UPDATE audit_entry SET number = {number + 1} WHERE number = {number}" for number in range(10, 4, -1)),
        f"INSERT INTO audit_entry ({columns}, number, digest) "
        f"SELECT {columns}, 5, '{'0' * 64}' FROM audit_entry WHERE number = 4",
        "UPDATE audit_head SET number = 11",
    )
    assert "line 5 of" in proof_of(ten_lines).faults[0]


def test_a_line_without_a_place_is_counted_and_told(ten_lines: Actor) -> None:
    """An older version that runs beside this one writes such lines; so may an attacker."""
    columns = "at, clinic_id, deed, subject, detail"
    as_an_attacker(f"INSERT INTO audit_entry ({columns}) SELECT {columns} FROM audit_entry WHERE number = 4")
    proof = proof_of(ten_lines)
    assert (proof.is_whole, proof.outside) == (True, 1)
    assert proof.outside_since is not None


def test_a_tail_that_was_cut_off_with_its_head_is_found_by_an_end_noted_elsewhere(ten_lines: Actor) -> None:
    noted = proof_of(ten_lines).head
    assert noted is not None
    write(ten_lines, 11)
    assert proof_of(ten_lines, noted).is_whole
    as_an_attacker(
        "DELETE FROM audit_entry WHERE number > 7",
        "UPDATE audit_head SET number = 7, digest = (SELECT digest FROM audit_entry WHERE number = 7)",
    )
    assert proof_of(ten_lines).is_whole
    assert proof_of(ten_lines, noted).faults == ["it ends before line 10, which was noted elsewhere"]
    write(ten_lines, *range(20, 30))  # and life went on
    assert proof_of(ten_lines, Head.read(str(noted))).faults == ["line 10 is not the one that was noted elsewhere"]


def test_only_who_has_the_key_can_make_a_line_that_fits(app: Flask, ten_lines: Actor) -> None:
    as_an_attacker("UPDATE audit_entry SET key = 'another' WHERE number = 4")
    assert "can't be proved: The key another is not among the data keys" in proof_of(ten_lines).faults[0]


def test_the_database_itself_refuses_to_change_a_line(ten_lines: Actor) -> None:
    for statement in ("UPDATE audit_entry SET deed = 'x'", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError, match="append_only"), db.engine.begin() as connection:
            connection.execute(text(statement))


def test_lines_from_before_the_chain_are_left_alone(ten_lines: Actor) -> None:
    begun = db.session.scalars(select(AuditEntry.at).order_by(AuditEntry.number)).first()
    assert begun is not None
    db.session.add(AuditEntry(clinic_id=ten_lines.clinic.id, deed="read", subject="x", at=begun - timedelta(days=1)))
    db.session.commit()
    proof = proof_of(ten_lines)
    assert (proof.is_whole, proof.outside) == (True, 0)


def test_many_who_write_at_once_make_one_chain_without_a_gap(app: Flask, admin: Actor) -> None:
    other = Actor(admin.account, factories.make_clinic(name="Hillside"))
    for each in (admin.account, admin.clinic, other.clinic):
        db.session.refresh(each)
    db.session.expunge_all()  # no thread asks another one's session
    db.session.rollback()

    def write_some(number: int) -> None:
        with app.app_context():
            for _ in range(5):
                write_to_both((admin, other) if number % 2 else (other, admin))

    @command
    def write_to_both(actors: tuple[Actor, Actor]) -> None:
        for actor in actors:
            audit.note(actor, "read", "patient", 1)

    with ThreadPoolExecutor(8) as people:
        list(people.map(write_some, range(8)))
    with db.engine.connect() as connection:
        proofs = audit_proof.verify(connection)
    assert [(proof.lines, proof.faults) for proof in proofs] == [(40, []), (40, [])]
