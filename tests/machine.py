"""What this machine lacks: the tests that need it say so and are skipped, or fail where all must run."""

import os
from typing import NoReturn

import pytest

MUST_RUN_ALL = os.environ.get("MEDIMEET_TEST_REQUIRE_ALL") == "1"


def lacks(what: str, and_so: str) -> NoReturn:
    """Skips the test, loudly; fails it under MEDIMEET_TEST_REQUIRE_ALL=1, where a skip could go unseen."""
    words = f"no {what} here: {and_so}"
    pytest.fail(words) if MUST_RUN_ALL else pytest.skip(words)
