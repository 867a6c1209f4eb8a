"""Statements that read sealed columns."""

from flask import Flask
from sqlalchemy import select

from medimeet.db import db
from medimeet.models import Clinic
from medimeet.models.data_key import DataKey


def test_a_statement_that_reads_a_sealed_column_can_be_asked_again_and_again(app: Flask, clinic: Clinic) -> None:
    def read() -> list[str]:
        return list(db.session.connection().execute(select(DataKey.name, DataKey.audit_secret)).scalars())

    assert read() == read() == read()
