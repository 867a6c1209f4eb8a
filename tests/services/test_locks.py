"""Locks of the database, by number."""

import pytest
from flask import Flask

from medimeet.db import command, lock


@pytest.mark.parametrize("number", [1, 2**31 - 1, 2**31, 2**53 - 1])
def test_a_number_that_no_row_has_can_be_locked_like_any_other(app: Flask, number: int) -> None:
    command(lock)("doctor", number, 1)
