"""1,000 doctors and a million appointments beside the small clinic: what size costs. Both sides are MediMeet."""

from itertools import cycle

from bench.speed.asking import Free, Lookups
from bench.speed.duels import Pace, Side, cost, duel
from bench.speed.load import Request
from bench.speed.places import Place, Server, place
from bench.speed.rows import Size

MILLION = Size(doctors=1000, days=60, days_before=79)


def tell(pace: Pace, only: str) -> None:
    """Slots and a booking in the large clinic against the small one; a day of all doctors, a list of 1,000."""
    for kind in ("sqlite", "postgresql"):
        if only in f"a million appointments, {kind}":
            _tell(kind, pace)


def _tell(kind: str, pace: Pace) -> None:
    with (
        place(kind, Size()) as small,
        place(kind, MILLION) as large,
        small.served() as of_small,
        large.served() as of_large,
    ):
        duel(
            f"a million appointments, {kind}: free slots",
            _asks(of_large, Lookups(large).our_slots()),
            _asks(of_small, Lookups(small).our_slots()),
            pace,
            "0.67 0.91",
        )
        duel(
            f"a million appointments, {kind}: booking",
            _books(large, of_large),
            _books(small, of_small),
            pace,
            "0.67 0.91",
        )
        days, latest = Lookups(large).our_days(), Lookups(large).our_list()
        cost(f"day's free slots of 1,000 doctors, {kind}", _asks(of_large, days), pace, "300 100 ms")
        cost(f"list of 1,000 appointments, {kind}", _asks(of_large, [latest]), pace, "150 60 ms")


def _asks(server: Server, asked: list[bytes]) -> Side:
    return Side(server, lambda: cycle(map(Request, asked)))


def _books(here: Place, server: Server) -> Side:
    orders = Free(here).ours()
    return Side(server, lambda: orders)
