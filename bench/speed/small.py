"""The small clinic, 50 doctors by 60 days by 24 half hours, 30 % booked: each route beside a bare one."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle

from bench.speed import rival
from bench.speed.asking import Free, Lookups, expected
from bench.speed.duels import Pace, Side, duel
from bench.speed.load import Request, ask, run
from bench.speed.places import Place, Server, place
from bench.speed.rows import Size


def tell(pace: Pace, only: str) -> None:
    """All routes on SQLite with two workers; the two that matter most also with one, and on PostgreSQL."""
    with place("sqlite", Size()) as here:
        free = Free(here)
        with _both(here, 2) as (ours, bare):
            for name, line in LINES.items():
                if only in name:
                    line(name, here, free, ours, bare, pace)
            if only in ONE_SLOT:
                one_slot(free, ours)
            if only in "beside django-appointment":
                rival.tell(pace, here, free, ours)
        _hot_routes("one worker", here, free, 1, pace, only)
    if only in "PostgreSQL: ":
        with place("postgresql", Size()) as here:
            _hot_routes("PostgreSQL", here, Free(here), 2, pace, "")


def slots(name: str, here: Place, free: Free, ours: Server, bare: Server, pace: Pace) -> None:
    """The same bytes: the bare route reads 24 rows."""
    asked = Lookups(here)
    bodies = [body for _status, body in (ask(bare.port, sent) for sent in asked.bare_slots())]
    assert all(len(body) > 500 for body in bodies)
    duel(
        name,
        Side(ours, lambda: cycle(map(expected, asked.our_slots(), bodies))),
        Side(bare, lambda: cycle(map(expected, asked.bare_slots(), bodies))),
        pace,
        "0.50 0.80",
    )


def booking(name: str, here: Place, free: Free, ours: Server, bare: Server, pace: Pace) -> None:
    """What was answered 201 is in the database afterwards, each with its two messages and its line in the audit log."""
    already, before = free.asked, {table: here.count(table) for table in ("appointment", "notification", "audit_entry")}
    our_orders, bare_orders = free.ours(), free.bare()
    duel(name, Side(ours, lambda: our_orders), Side(bare, lambda: bare_orders), pace, "0.40 0.60")
    added = {table: here.count(table) - count for table, count in before.items()}
    asked = free.asked - already
    wanted = {"appointment": asked, "notification": 2 * asked, "audit_entry": asked}
    assert added == wanted, (added, wanted)


def fragment(name: str, here: Place, free: Free, ours: Server, bare: Server, pace: Pace) -> None:
    """The times of a day as htmx swaps them, beside a template of as many bytes."""
    asked = Lookups(here)
    _status, body = ask(ours.port, asked.our_fragments()[0])
    _pages(name, ours, asked.our_fragments(), bare, asked.bare_fragments(len(body)), pace, "0.35 0.60")


def day_of_all(name: str, here: Place, free: Free, ours: Server, bare: Server, pace: Pace) -> None:
    """Every doctor's free times of a day."""
    asked = Lookups(here)
    _pages(name, ours, asked.our_days(), bare, asked.bare_days(), pace)


def long_list(name: str, here: Place, free: Free, ours: Server, bare: Server, pace: Pace) -> None:
    """The clinic's 1,000 latest appointments."""
    asked = Lookups(here)
    _pages(name, ours, [asked.our_list()], bare, [asked.bare_list()], pace)


def pages(_name: str, here: Place, free: Free, ours: Server, bare: Server, pace: Pace) -> None:
    """The pages that people see most, beside a route that answers the very same number of bytes from memory."""
    asked = Lookups(here)
    for name, sent in asked.our_pages().items():
        status, body = ask(ours.port, sent)
        assert status == 200, (name, status, body[:300])
        _pages(f"page: {name}", ours, [sent], bare, [asked.bare_bytes(len(body))], pace)


LINES = {
    "day's free slots of one doctor": slots,
    "booking": booking,
    "slot page (fragment)": fragment,
    "day's free slots of 50 doctors": day_of_all,
    "list of 1,000 appointments": long_list,
    "page: ": pages,
}
ONE_SLOT = "50 clients on one slot"


def one_slot(free: Free, server: Server) -> None:
    """Ten times fifty patients want one slot at the same moment: one wins."""
    won = []
    for orders in free.crowds(times=10, people=50):
        load = run(server.port, orders, seconds=30, clients=len(orders))
        won.append(load.statuses[201])
        assert set(load.statuses) <= {201, 409}, load.statuses
    print(f"{ONE_SLOT + ', ten times':44} booked {', '.join(map(str, won))}; wanted: 1, always", flush=True)
    assert set(won) == {1}


def _hot_routes(what: str, here: Place, free: Free, workers: int, pace: Pace, only: str) -> None:
    lines = {name: line for name, line in LINES.items() if line in (slots, booking) and only in f"{what}: {name}"}
    if not lines:
        return
    with _both(here, workers) as (ours, bare):
        for name, line in lines.items():
            line(f"{what}: {name}", here, free, ours, bare, pace)


@contextmanager
def _both(here: Place, workers: int) -> Iterator[tuple[Server, Server]]:
    with here.served(workers) as ours, here.bare_served(workers) as bare:
        yield ours, bare


def _pages(
    name: str, ours: Server, our_asked: list[bytes], bare: Server, bare_asked: list[bytes], pace: Pace, wanted: str = ""
) -> None:
    duel(
        name,
        Side(ours, lambda: cycle(map(Request, our_asked))),
        Side(bare, lambda: cycle(map(Request, bare_asked))),
        pace,
        wanted,
    )
