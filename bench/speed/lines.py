"""The lines of the table: what each side is asked, what must come back, and what is wanted of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import cycle

from bench.speed.asking import PAGES, expected
from bench.speed.duels import Pace, Side, alone, duel
from bench.speed.load import Request, ask
from bench.speed.places import Server
from bench.speed.sides import FRAGMENT, Sides
from bench.speed.table import Table, Wanted

BARE, RAW = "bare", "raw"
COUNTED = ("appointment", "notification", "audit_entry")


@dataclass(frozen=True)
class Line:
    """One line: its sides, what is wanted, and a look afterwards whether all that was answered is so."""

    ours: Side
    others: dict[str, Side]
    wanted: tuple[Wanted, ...] = ()
    check: Callable[[], None] = lambda: None

    def tell(self, table: Table, name: str, pace: Pace) -> None:
        """Runs the rounds and prints the line, or that an answer was wrong."""
        try:
            self._tell(table, name, pace)
        except AssertionError as error:
            table.wrong_answer(name, str(error))

    def _tell(self, table: Table, name: str, pace: Pace) -> None:
        ours, others = duel(self.ours, self.others, pace)
        is_timed = any(not each.beside for each in self.wanted)
        table.line(name, ours, others, self.wanted, alone(self.ours, pace) if is_timed else 0.0)
        self.check()


def slots(sides: Sides) -> Line:
    """A day's free slots of one doctor, the same bytes from all."""
    asked = sides.asked
    bodies = _bodies(sides.bare, asked.bare_slots())
    assert all(len(body) > 500 for body in bodies)
    return Line(
        _gives(sides.ours, asked.our_slots(), bodies),
        {
            BARE: _gives(sides.bare, asked.bare_slots(), bodies),
            RAW: _gives(sides.raw.server, asked.our_slots(), bodies),
        },
        (Wanted(BARE, 0.50, 0.80),),
    )


def day_of_all(sides: Sides) -> Line:
    """Every doctor's free slots of a day, the same bytes from all."""
    asked = sides.asked
    bodies = _bodies(sides.bare, asked.bare_days())
    return Line(
        _gives(sides.ours, asked.our_days(), bodies),
        {
            BARE: _gives(sides.bare, asked.bare_days(), bodies),
            RAW: _gives(sides.raw.server, asked.our_days(), bodies),
        },
    )


def long_list(sides: Sides) -> Line:
    """The clinic's 1,000 latest appointments, the same bytes by raw SQL; the bare table knows other ones in part."""
    asked = sides.asked
    bodies = _bodies(sides.raw.server, [asked.our_list()])
    assert bodies[0].count(b'"id":') == 1000
    return Line(
        _gives(sides.ours, [asked.our_list()], bodies),
        {BARE: _asks(sides.bare, [asked.bare_list()]), RAW: _gives(sides.raw.server, [asked.our_list()], bodies)},
        (Wanted("", 150, 60),),
    )


def fragment(sides: Sides) -> Line:
    """The times of a day as htmx swaps them, beside a template of as many bytes, and its statements by the driver."""
    asked = sides.asked
    size = len(_bodies(sides.ours, asked.our_fragments()[:1])[0])
    return Line(
        _asks(sides.ours, asked.our_fragments()),
        {
            BARE: _asks(sides.bare, asked.bare_fragments(size)),
            RAW: _asks(sides.raw.server, [asked.raw_page(FRAGMENT, size)]),
        },
        (Wanted(BARE, 0.35, 0.60),),
    )


def page(sides: Sides, *, name: str) -> Line:
    """A page, beside as many bytes from memory, and its statements by the driver with as many bytes."""
    asked = sides.asked
    sent = asked.our_pages()[name]
    size = len(_bodies(sides.ours, [sent])[0])
    return Line(
        _asks(sides.ours, [sent]),
        {
            BARE: _asks(sides.bare, [asked.bare_bytes(size)]),
            RAW: _asks(sides.raw.server, [asked.raw_page(name, size)]),
        },
    )


def booking(sides: Sides) -> Line:
    """What was answered 201 is in the database, ours and the copy, with two messages and a line of the audit log."""
    ours, raw, bare = sides.free.ours(), sides.raw_free.ours(), sides.bare_free.bare()
    look_at_ours = _counting(sides.here.count, lambda: sides.free.given)
    look_at_raw = _counting(sides.raw.count, lambda: sides.raw_free.given)
    return Line(
        Side(sides.ours, lambda: ours),
        {BARE: Side(sides.bare, lambda: bare), RAW: Side(sides.raw.server, lambda: raw)},
        (Wanted(BARE, 0.40, 0.60),),
        lambda: both(look_at_ours, look_at_raw),
    )


Build = Callable[[Sides], Line]
READING: dict[str, Build] = {
    "day's free slots of one doctor": slots,
    "day's free slots of all doctors": day_of_all,
    "list of 1,000 appointments": long_list,
}
OF_PAGES: dict[str, Build] = {
    "slot page (fragment)": fragment,
    **{f"page: {name}": partial(page, name=name) for name in PAGES},
}
# A booking changes what lists say, so it is the last.
BOOKING: dict[str, Build] = {"booking": booking}
HOT, ALL = READING | BOOKING, READING | OF_PAGES | BOOKING


def both(first: Callable[[], None], second: Callable[[], None]) -> None:
    """Two looks, one after the other."""
    first()
    second()


def _counting(count: Callable[[str], int], given: Callable[[], int]) -> Callable[[], None]:
    """A look that the rows have grown by what was given out since."""
    already, before = given(), {table: count(table) for table in COUNTED}

    def look() -> None:
        booked = given() - already
        added = {table: count(table) - before[table] for table in COUNTED}
        assert added == dict(zip(COUNTED, (booked, 2 * booked, booked), strict=True)), (added, booked)

    return look


def _bodies(server: Server, asked: Iterable[bytes]) -> list[bytes]:
    answers = [ask(server.port, sent) for sent in asked]
    assert all(status == 200 for status, _body in answers), answers[0]
    return [body for _status, body in answers]


def _gives(server: Server, asked: list[bytes], bodies: list[bytes]) -> Side:
    return Side(server, lambda: cycle(map(expected, asked, bodies)))


def _asks(server: Server, asked: list[bytes]) -> Side:
    return Side(server, lambda: cycle(map(Request, asked)))
