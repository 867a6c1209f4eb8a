"""Lines of a calendar file say to programs what a general library would have them say."""

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medimeet.domain import calendar_lines

WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]) | st.sampled_from('\\;,:^"\n'), max_size=200)
ODD = [
    "",
    "\\n is no new line",
    "a;b,c:d\\",
    "^'",
    'Ann "the first" ^n, of Ærøskøbing',
    "😀" * 60,
    "a;" * 60,
    "^" * 150,
]


def read(line: str) -> icalendar.Event:
    [event] = icalendar.Calendar.from_ical(
        f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{line}END:VEVENT\r\nEND:VCALENDAR\r\n"
    ).walk("VEVENT")
    return event


@given(WORDS)
def test_calendar_programs_read_words_as_they_were_written(words: str) -> None:
    line = calendar_lines.line("SUMMARY", calendar_lines.text(words))
    assert line == calendar_lines.line("SUMMARY", icalendar.vText(words).to_ical().decode())
    assert all(len(part.encode()) <= 75 for part in line.split("\r\n"))
    assert line.replace("\r\n ", "").endswith("\r\n")


@pytest.mark.parametrize("words", ODD)
def test_calendar_programs_read_odd_words_and_names_as_they_were_written(words: str) -> None:
    assert str(read(calendar_lines.line("SUMMARY", calendar_lines.text(words)))["SUMMARY"]) == words
    organizer = f"ORGANIZER;CN={calendar_lines.parameter(words or 'x')}"
    assert read(calendar_lines.line(organizer, "mailto:desk@riverside.example"))["ORGANIZER"].params["CN"] == (
        words or "x"
    )
