"""What the table of speed says of a line: whether it holds what is wanted of it, whatever one odd round was."""

import pytest

from bench.speed.duels import Rounds
from bench.speed.load import Load
from bench.speed.table import Table, Wanted

HALF = Wanted("bare", 0.5, 0.8)
QUICK = Wanted("", 150, 60)


@pytest.mark.parametrize(
    ("wanted", "found", "verdict"),
    [
        (HALF, 0.80, "aim"),
        (HALF, 0.50, "holds"),
        (HALF, 0.49, "misses"),
        (QUICK, 60, "aim"),
        (QUICK, 150, "holds"),
        (QUICK, 151, "misses"),
    ],
)
def test_a_line_holds_from_its_least_on_and_milliseconds_up_to_it(wanted: Wanted, found: float, verdict: str) -> None:
    assert wanted.verdict(found) == verdict


def test_one_odd_round_turns_no_line_and_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table()
    table.begin("sqlite", ["bare"])
    table.line("slots", _rounds(60, 60, 60, 3, 60), {"bare": _rounds(100, 100, 100, 100, 100)}, [HALF])
    table.line("booking", _rounds(40, 40, 900, 40, 40), {"bare": _rounds(100, 100, 100, 100, 100)}, [HALF])
    table.wrong_answer("list", "a 500")
    table.sum_up()
    said = capsys.readouterr().out
    assert "0.60 (0.03 to 0.60)" in said
    assert "1 held, 0 of them reached their aim; 1 missed." in said
    assert "held: sqlite: slots: 0.60 of bare" in said
    assert "missed: sqlite: booking: 0.40 of bare" in said
    assert "WRONG: sqlite: list: a 500" in said


def _rounds(*rates: int) -> Rounds:
    return Rounds([Load(answers=rate, seconds=1.0, waits=[1.0]) for rate in rates], [1.0 for _rate in rates])
