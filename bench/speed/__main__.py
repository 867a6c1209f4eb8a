"""`python -m bench.speed`: one table of ratios from one run. Fails for a wrong answer, never for a slow one."""

import argparse
import sys

from bench import ending
from bench.speed import large, machine, small
from bench.speed.duels import Pace
from bench.speed.table import Table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter rounds, and no million of appointments")
    parser.add_argument("--only", default="", help="the lines whose name (with its section's) holds this")
    wanted = parser.parse_args()
    pace, table = Pace(seconds=0.5) if wanted.quick else Pace(), Table()
    machine.tell()
    small.tell(table, pace, wanted.only)
    if not wanted.quick:
        large.tell(table, pace, wanted.only)
    table.sum_up()
    machine.tell()
    sys.exit(1 if table.wrong else 0)


if __name__ == "__main__":
    ending.take_everything_along()
    main()
