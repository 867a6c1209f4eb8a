"""1,000 doctors and a million appointments: what size costs, beside the small clinic and the other applications."""

from bench.speed import lines
from bench.speed.asking import Free
from bench.speed.duels import Pace
from bench.speed.lines import Line
from bench.speed.places import place
from bench.speed.rows import Size
from bench.speed.sides import Sides, bare_beside, serving
from bench.speed.small import WORKERS
from bench.speed.table import Table, Wanted

MILLION = Size(doctors=1000, days=60, days_before=79)
SMALL = "small"
DAY = "day's free slots of all doctors"
# Size may cost half as much again at most; a day of all doctors has twenty times as many slots, and its own time.
AS_QUICK, DAY_OF_ALL = Wanted(SMALL, 0.67, 0.91), Wanted("", 300, 100)


def tell(table: Table, pace: Pace, only: str) -> None:
    """The lines that programs ask most, on both databases, with two workers and one."""
    for kind in ("sqlite", "postgresql"):
        sections = {f"a million appointments, {kind}, {words}": workers for workers, words in WORKERS.items()}
        wanted = {
            section: workers
            for section, workers in sections.items()
            if any(only in f"{section}: {name}" for name in lines.HOT)
        }
        if wanted:
            _tell(table, pace, only, kind, wanted)


def _tell(table: Table, pace: Pace, only: str, kind: str, sections: dict[str, int]) -> None:
    with place(kind, Size()) as small, place(kind, MILLION) as large:
        free_of_small, free = Free(small), Free(large)
        with bare_beside(small, free_of_small) as bare_of_small, bare_beside(large, free) as bare:
            for section, workers in sections.items():
                with (
                    serving(small, free_of_small, bare_of_small, workers) as sides_of_small,
                    serving(large, free, bare, workers) as sides,
                ):
                    table.begin(section, [lines.BARE, lines.RAW, SMALL])
                    for name in lines.HOT:
                        if only in f"{section}: {name}":
                            _line(name, sides, sides_of_small).tell(table, name, pace)


def _line(name: str, sides: Sides, sides_of_small: Sides) -> Line:
    large, small = lines.HOT[name](sides), lines.HOT[name](sides_of_small)
    in_time = tuple(each for each in large.wanted if not each.beside)
    return Line(
        large.ours,
        large.others | {SMALL: small.ours},
        (DAY_OF_ALL,) if name == DAY else (*in_time, AS_QUICK),
        lambda: lines.both(large.check, small.check),
    )
