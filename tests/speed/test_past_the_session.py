"""Statements that are compiled once and read past the session behave as all others do."""

import pytest
from flask import Flask
from sqlalchemy import Integer, String, bindparam, column, select, table
from sqlalchemy.exc import SQLAlchemyError

from medimeet.db import db, prepared_rows
from medimeet.models import Clinic
from medimeet.prepared import Prepared
from medimeet.writing import command

NAMES = Prepared(select(Clinic.name, Clinic.created_at).where(Clinic.name == bindparam("name", type_=String())))


def test_what_a_command_has_just_written_is_read_within_it_and_by_others_only_afterwards(
    app: Flask, clinic: Clinic
) -> None:
    @command
    def rename() -> int:
        db.session.get_one(Clinic, clinic.id).name = "Riverside"
        assert NAMES.find(db.engine, {"name": "Riverside"}).rows() == []
        return len(prepared_rows(NAMES, name="Riverside"))

    assert rename() == 1
    db.session.remove()
    [(name, created_at)] = prepared_rows(NAMES, name="Riverside")
    assert (name, created_at.utcoffset().total_seconds()) == ("Riverside", 0)


def test_a_database_that_refuses_a_statement_is_told_of_as_everywhere(app: Flask) -> None:
    nowhere = Prepared(select(column("id", Integer)).select_from(table("no_such_table")))
    with pytest.raises(SQLAlchemyError):
        prepared_rows(nowhere)
