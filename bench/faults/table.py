"""The printed table: a line for each kind of fault, below it whatever was wrong."""

from collections import Counter
from dataclasses import dataclass, field

from bench.faults.rounds import Verdict

BACK_SECONDS = 5.0
MOST_LINES = 10

HEAD = (
    f"{'fault':<40} {'database':<10} {'rounds':>6} {'deeds':>6} {'503':>5} {'broken':>6} {'in doubt':>8} "
    f"{'back s':>6} {'slowest s':>9} {'took s':>6}  wrong"
)


@dataclass(frozen=True)
class Found:
    """What came of one part: verdicts by the names of the faults, defects that the logs tell of, and lines to print."""

    verdicts: dict[str, Verdict]
    defects: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether nothing at all was wrong."""
        return not self.defects and not any(_wrong(verdict) for verdict in self.verdicts.values())


def show(found: Found, database: str) -> None:
    """Prints it."""
    for name, verdict in found.verdicts.items():
        wrong = _wrong(verdict)
        print(
            f"{name:<40} {database:<10} {verdict.rounds:>6} {verdict.deeds:>6} {verdict.statuses['503']:>5} "
            f"{verdict.statuses['line broke'] + verdict.statuses['no server']:>6} {verdict.settled_late:>8} "
            f"{verdict.longest_back:>6.1f} {verdict.slowest:>9.1f} {verdict.seconds:>6.0f}  {len(wrong) or 'nothing'}"
        )
        for fault, times in Counter(wrong).most_common(MOST_LINES):
            print(f"    {times} × {fault}")
    for line, times in Counter(found.defects).most_common(MOST_LINES):
        print(f"    {times} × wrong, in the log: {line}")
    print(*found.notes, sep="\n", end="\n" * bool(found.notes), flush=True)


def _wrong(verdict: Verdict) -> list[str]:
    late = [seconds for seconds in verdict.back_seconds if seconds > BACK_SECONDS]
    return verdict.wrong + [f"back only after {seconds:.1f} s" for seconds in late]
