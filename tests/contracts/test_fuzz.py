"""Random requests, valid and not, as every role: no fault of ours, no undeclared status, no undeclared field.

`make fuzz` sends many more.
"""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.contracts.demo import PEOPLE, demo_of
from tests.contracts.fuzzing import Findings, fuzz, operations_of

EXAMPLES = 8
SHARES = 4


@pytest.mark.parametrize("share", range(SHARES))
def test_random_requests_never_break_anything_and_get_what_is_documented(
    installed: Callable[[str], Flask], share: int
) -> None:
    found = Findings()
    with demo_of(installed("sqlite")) as demo:
        for contract, operation in list(operations_of(demo))[share::SHARES]:
            found.add(fuzz(demo, contract, operation, list(PEOPLE), EXAMPLES))
    assert found.faults == [], "\n\n".join(found.faults)
