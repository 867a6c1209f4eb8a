"""The small clinic, 50 doctors by 60 days by 24 half hours, 30 % booked: both databases, two workers and one."""

from bench.speed import lines, rival
from bench.speed.asking import Free
from bench.speed.duels import Pace
from bench.speed.load import run
from bench.speed.places import Server, place
from bench.speed.rows import Size
from bench.speed.sides import Sides, bare_beside, serving
from bench.speed.table import Table

WORKERS = {2: "two workers", 1: "one worker"}
ONE_SLOT = "50 clients on one slot"


def tell(table: Table, pace: Pace, only: str) -> None:
    """Every line with two workers, those that programs ask most with one."""
    for kind in ("sqlite", "postgresql"):
        sections = {f"{kind}, {words}": workers for workers, words in WORKERS.items()}
        wanted = {section: workers for section, workers in sections.items() if _names(section, workers, only)}
        if wanted:
            with place(kind, Size()) as here:
                free = Free(here)
                with bare_beside(here, free) as bare:
                    for section, workers in wanted.items():
                        with serving(here, free, bare, workers) as sides:
                            _tell(table, pace, section, _names(section, workers, only), sides)


def _names(section: str, workers: int, only: str) -> list[str]:
    """The lines of the section that are wanted."""
    names = list(lines.ALL if workers == 2 else lines.HOT)
    if section == "sqlite, two workers":
        names += [ONE_SLOT, *rival.NAMES]
    return [name for name in names if only in f"{section}: {name}"]


def _tell(table: Table, pace: Pace, section: str, names: list[str], sides: Sides) -> None:
    table.begin(section, [lines.BARE, lines.RAW])
    for name in names:
        if name in lines.ALL:
            lines.ALL[name](sides).tell(table, name, pace)
    if ONE_SLOT in names:
        _one_slot(table, sides)
    rival.tell(table, pace, [name for name in names if name in rival.NAMES], sides)


def _one_slot(table: Table, sides: Sides) -> None:
    """Ten times fifty patients want one slot at the same moment: one wins, in ours and by raw SQL."""
    for name, free, server in (("MediMeet", sides.free, sides.ours), ("raw", sides.raw_free, sides.raw.server)):
        won = _winners(free, server)
        print(f"\n{ONE_SLOT} of {name}, ten times: booked {', '.join(map(str, won))}; wanted: 1, always", flush=True)
        if set(won) != {1}:
            table.wrong_answer(ONE_SLOT, f"{name} gave it to {max(won)}")


def _winners(free: Free, server: Server) -> list[int]:
    won = []
    for orders in free.crowds(times=10, people=50):
        load = run(server.port, orders, seconds=30, clients=len(orders))
        won.append(load.statuses[201])
        assert set(load.statuses) <= {201, 409}, load.statuses
    return won
