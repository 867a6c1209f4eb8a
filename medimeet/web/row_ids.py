"""Row numbers that come as text, in a form or in the query string."""

_LARGEST = 2**53 - 1  # as app.RowId: what JavaScript and every database keep


def row_id(text: str | int | None) -> int:
    """The row's number. Raises ValueError for what can't be one, so it serves as `type=` and `coerce=`."""
    number = int(str(text)[:20])
    if not 0 < number <= _LARGEST:
        raise ValueError("This is no row's number.")
    return number
