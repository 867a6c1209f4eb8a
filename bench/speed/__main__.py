"""`python -m bench.speed`: one table of ratios from one run."""

import argparse

from bench.speed import duels, large, small
from bench.speed.duels import Pace


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter rounds, and no million of appointments")
    parser.add_argument("--only", default="", help="the lines whose name holds this")
    wanted = parser.parse_args()
    pace = Pace(rounds=3, seconds=0.5) if wanted.quick else Pace()
    print(duels.HEAD)
    small.tell(pace, wanted.only)
    if not wanted.quick:
        large.tell(pace, wanted.only)


if __name__ == "__main__":
    main()
