"""What is logged is looked at where no request is being answered, whatever ran before in this process."""

import pytest

from medimeet import logs


@pytest.fixture(autouse=True)
def outside_any_request() -> None:
    """A browser that is not closed leaves the number of its last request in the context of the test that used it."""
    logs.request_id.set("")
