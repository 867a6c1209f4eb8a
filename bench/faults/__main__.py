"""`python -m bench.faults`: breaks one thing after the other while patients book, and prints what came of it."""

import argparse
import sys
import time

from bench import ending
from bench.faults import table
from bench.faults.parts import PARTS, Asked

ROUNDS = {
    "kill": 100,
    "reload": 5,
    "restart": 20,
    "backend": 25,
    "freeze": 3,
    "disk": 5,
    "lock": 4,
    "redis": 3,
    "clock": 3,
    "command": 3,
    "right": 10,
}
QUICK = dict.fromkeys(ROUNDS, 1) | {"kill": 8, "restart": 2, "backend": 3, "right": 2}


def main() -> int:
    """Runs what was asked for; 0 where nothing was wrong, 1 otherwise, a defect that only a log tells of included."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few rounds of each instead of all")
    parser.add_argument("--seed", type=int, default=1, help="another one gives other deeds in another order")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--only", default=",".join(PARTS), help="some of these, with commas between: %(default)s")
    parser.add_argument("--rounds", type=int, help="so many rounds of each")
    parser.add_argument("--clients", type=int, default=12)
    asked = parser.parse_args()
    rounds = QUICK if asked.quick else ROUNDS
    if asked.rounds:
        rounds = dict.fromkeys(rounds, asked.rounds)
    parts = asked.only.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    databases = ("sqlite", "postgresql") if asked.database == "both" else (asked.database,)
    print(table.HEAD, flush=True)
    is_good = True
    for database in databases:
        for part in parts:
            is_good &= _shown(part, Asked(database, asked.seed, asked.clients, rounds))
    return 0 if is_good else 1


def _shown(part: str, asked: Asked) -> bool:
    """Runs one part and prints what came of it; whether nothing was wrong."""
    started = time.monotonic()
    found = PARTS[part](asked)
    table.show(found, asked.database)
    if found.verdicts:
        print(f"    {part} on {asked.database} took {time.monotonic() - started:.0f} s in all", flush=True)
    return found.is_good


if __name__ == "__main__":
    ending.take_everything_along()
    started = time.monotonic()
    status = main()
    print(f"{'nothing was wrong' if status == 0 else 'something was wrong'}, {time.monotonic() - started:.0f} s")
    sys.exit(status)
