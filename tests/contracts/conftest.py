"""Fixtures of the JSON interfaces: programs with and without a token."""

from collections.abc import Callable

import pytest
from flask import Flask

from medimeet.models import Account, Clinic, Doctor, Patient
from tests.contracts.programs import Program, program_of


@pytest.fixture
def stranger(app: Flask, clinic: Clinic) -> Program:
    """A program without a token."""
    return Program(app)


@pytest.fixture
def program(app: Flask) -> Callable[[Account | Patient | Doctor], Program]:
    """Makes programs that act for a person."""
    return lambda person: program_of(app, person)
