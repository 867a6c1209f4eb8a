"""Sixty texts that would be programs, in every text that people can leave here, on every page that shows it."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from sqlalchemy import String, Table, Text, text, update

from medimeet.db import db
from medimeet.model_base import Base
from medimeet.sealing import SealedText
from tests.architecture.access_walk import Line, Walk
from tests.attacks import payloads

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])

# Texts that nobody types: what we make, count and look things up by.
OURS = re.compile(
    r"(^|_)(id|key|hash|jti|kind|family|role|state|status|reference|picture|digest|secret|number|slug|zone)$"
    r"|^(country|currency|domain|deed|subject|channel|source|last_error|chatbot_origins|purpose|gender|blood_group)$"
)
TABLES_OF_OURS = {"attempt_count", "audit_entry", "audit_head", "heartbeat", "idempotency_key", "emergency_access"}
ADDRESSES = {"meet_link"}
# Where a browser fetches, goes to or runs what an attribute holds.
LEADING = re.compile(
    r"^(href|src|srcset|action|formaction|data|poster|xlink:href|(data-)?hx-(get|post|put|delete|ext))$"
)
LEADS_WITHIN = re.compile(r"^(/(?!/)|#|\?|mailto:|tel:|http://localhost/|data:image/)|^$")
NO_PLACE = ("base", "iframe", "object", "embed", "math", "marquee", "video", "audio", "style")


def test_what_people_leave_here_is_text_on_every_page(walk: Walk) -> None:
    """W3: a script in a patient's name that runs in the admin's browser (OpenEMR, CVE-2026-21443)."""
    poison()
    walk.remember()
    found, shown = [], 0
    for line in walk.lines("pages"):
        for actor in readers(line):
            answer = walk.ask(line, actor)
            if answer.mimetype != "text/html":
                continue
            page = answer.get_data(as_text=True)
            shown += payloads.CANARY in page
            found += [f"{line.route} as {actor}: {fault}" for fault in faults_of(page)]
    assert found == []
    assert shown > 60, "hardly any page showed what was left"


def test_a_calendar_file_holds_one_visit_whatever_its_doctor_is_called(walk: Walk) -> None:
    """W3: lines of a calendar file, and formulas of a spreadsheet, from a name."""
    poison("\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nATTACH:http://canary.example/\r\n", but={"email"})
    walk.remember()
    url = walk.world.url_of("/appointment-calendar/<int:appointment_id>/")
    calendar = walk.open("GET", url, walk.session_of("patient")).get_data(as_text=True)
    lines = re.sub(r"\r\n[ \t]", "", calendar).splitlines()
    assert lines.count("BEGIN:VEVENT") == 1
    assert [line for line in lines if line.startswith("ATTACH")] == []


@pytest.mark.parametrize("formula", ["=HYPERLINK(1)", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1"])
def test_what_people_say_is_no_formula_in_a_spreadsheet(walk: Walk, formula: str) -> None:
    """W3: a cell that begins as a formula does (CSV injection)."""
    poison(formula)
    walk.remember()
    rows = walk.open("GET", "/transcription/log/export/?format=csv", walk.session_of("patient"))
    assert rows.status_code == 200
    assert re.search(r"(^|[,\n])\"?[=+@\t\r-]", rows.get_data(as_text=True)) is None


def readers(line: Line) -> list[str]:
    """Who may look at the page; a superuser where nobody else may, for they see the admin's pages."""
    people = [actor for actor in ("anonymous", "patient", "doctor", "admin") if line.sign_for(actor) == "."]
    if line.method != "GET":
        return []
    return people or (["superuser"] if line.sign_for("superuser") == "." else [])


def poison(words: str = " ".join(payloads.ALL), but: frozenset[str] | set[str] = frozenset()) -> None:
    """Puts the words into every text that people can leave here, but for those; addresses begin with a script."""
    for name in db.session.scalars(text("SELECT name FROM sqlite_master WHERE name LIKE '%append_only%'")).all():
        db.session.execute(text(f"DROP TRIGGER {name}"))  # the reasons in the ledger were typed, too
    for table in Base.metadata.sorted_tables:
        columns = list(texts_of(table))
        if table.name in TABLES_OF_OURS or not columns:
            continue
        for row in db.session.execute(table.select()).mappings().all():
            keys = [column == row[column.name] for column in table.primary_key.columns]
            values = {name: f"{words} {row_number(row)}" for name in columns if name not in but}
            values |= {name: payloads.ADDRESSES[0] for name in columns if name in ADDRESSES}
            db.session.execute(update(table).where(*keys).values(values))
    db.session.commit()


def texts_of(table: Table) -> Iterator[str]:
    """The columns of a table that hold what people type."""
    for column in table.columns:
        is_text = isinstance(column.type, String | Text | SealedText) and not getattr(column.type, "enums", None)
        if is_text and not OURS.search(column.name) and not column.primary_key:
            yield column.name


def row_number(row: object) -> str:
    """What keeps texts that must differ apart."""
    return str(next(iter(dict(row).values())))  # type: ignore[call-overload]


class Seen(HTMLParser):
    """A page as a browser reads it: its text, and what of it is more than text and not of our making."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.faults = "", []  # type: tuple[str, list[str]]
        self._script: dict[str, str | None] | None = None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in NO_PLACE or (tag == "meta" and "http-equiv" in given):
            self.faults.append(f"<{tag}>")
        self._script = given if tag == "script" else None
        for name, value in attrs:
            is_program = name.startswith(("on", "hx-on", "data-hx-on", "style"))
            if is_program or (LEADING.match(name) and not LEADS_WITHIN.match(value or "")):
                self.faults.append(f"{name}={value}"[:80])

    def handle_endtag(self, tag: str) -> None:
        self._script = None

    def handle_data(self, data: str) -> None:
        if self._script is None:
            self.text += data
        elif "src" in self._script or self._script.get("type") != "application/json" or "<" in data:
            self.faults.append(f"script: {data[:60]}")


def faults_of(page: str) -> Iterator[str]:
    """What of the page is more than text."""
    seen = Seen(page)
    yield from seen.faults
    if "1337" in seen.text:
        yield "a template in a text was filled in"
