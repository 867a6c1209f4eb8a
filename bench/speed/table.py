"""The table: a line for each route, what is wanted of it, and at the end what held and what did not."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.speed.duels import Rounds

WIDE = 38


@dataclass(frozen=True)
class Wanted:
    """What a line is to reach at least, and its aim: times as fast as a side; `beside` empty: milliseconds alone."""

    beside: str
    least: float
    aim: float

    def verdict(self, found: float) -> str:
        """What a median comes to: "aim", "holds" or "misses"."""
        is_time = not self.beside
        if found <= self.aim if is_time else found >= self.aim:
            return "aim"
        return "holds" if (found <= self.least if is_time else found >= self.least) else "misses"

    def __str__(self) -> str:
        unit = f"of {self.beside}" if self.beside else "ms"
        return f"{self.least:g}, {self.aim:g} {unit}"


@dataclass
class Table:
    """Prints lines as they come, Markdown that can be read as it is, and remembers what became of each."""

    section: str = ""
    verdicts: dict[str, list[str]] = field(default_factory=lambda: {"aim": [], "holds": [], "misses": []})
    wrong: list[str] = field(default_factory=list)

    def begin(self, section: str, others: Sequence[str]) -> None:
        """The head of a section, whose lines stand beside these other sides."""
        self.section = section
        beside = [words for other in others for words in (f"{other}/s", f"of {other} (min to max)")]
        costs = [f"{what} ms, {', '.join(others)}" for what in ("p99", "CPU")]
        names = [section, "MediMeet/s", *beside, "p50 ms", *costs, "wanted", ""]
        print()
        _print_cells(names)
        _print_cells(["---"] * len(names))

    def line(
        self, name: str, ours: Rounds, others: Mapping[str, Rounds], wanted: Iterable[Wanted] = (), alone: float = 0.0
    ) -> None:
        """One line; `alone` is what `duels.alone` says, where milliseconds are wanted."""
        beside = []
        for other in others.values():
            ratios = ours.ratios(other)
            beside += [
                _rate(other),
                f"{_ratio(statistics.median(ratios))} ({_ratio(min(ratios))} to {_ratio(max(ratios))})",
            ]
        judged = {each: self._judged(name, each, ours, others, alone) for each in wanted}
        costs = ", ".join(f"{side.cost:.2f}" for side in (ours, *others.values()) if side.costs)
        waits = [f"{ours.wait(0.5):.1f}", ", ".join(f"{side.wait(0.99):.0f}" for side in (ours, *others.values()))]
        verdict = "; ".join(f"{word}{f' ({alone:.0f} ms)' if not each.beside else ''}" for each, word in judged.items())
        _print_cells([name, _rate(ours), *beside, *waits, costs, "; ".join(map(str, judged)), verdict])

    def wrong_answer(self, name: str, words: str) -> None:
        """Notes that a side of a line answered wrongly, or did not do what it said."""
        self.wrong.append(f"{self.section}: {name}: {words}")
        print(f"WRONG: {name}: {words}", flush=True)

    def sum_up(self) -> None:
        """How many lines hold what is wanted of them, and which miss it."""
        aimed, held, missed = self.verdicts["aim"], self.verdicts["holds"], self.verdicts["misses"]
        print(f"\n{len(aimed) + len(held)} held, {len(aimed)} of them reached their aim; {len(missed)} missed.")
        for word, names in (("reached", aimed), ("held", held), ("missed", missed), ("WRONG", self.wrong)):
            for name in names:
                print(f"  {word}: {name}")

    def _judged(self, name: str, each: Wanted, ours: Rounds, others: Mapping[str, Rounds], alone: float) -> str:
        found = statistics.median(ours.ratios(others[each.beside])) if each.beside else alone
        verdict = each.verdict(found)
        shown = f"{_ratio(found)} of {each.beside}" if each.beside else f"{found:.0f} ms"
        self.verdicts[verdict].append(f"{self.section}: {name}: {shown}, wanted {each}")
        return verdict


def _rate(rounds: Rounds) -> str:
    return f"{rounds.rate:,.0f}" if rounds.rate >= 10 else f"{rounds.rate:.1f}"


def _ratio(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def _print_cells(cells: Sequence[str]) -> None:
    first, *others = cells
    print(f"| {first:{WIDE}} | {' | '.join(f'{each:>11}' for each in others)} |", flush=True)
