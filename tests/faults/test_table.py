"""What the bench of faults says at its end: 1 for anything that was wrong, wherever it showed."""

from bench.faults import servers
from bench.faults.pace import pace, slowed
from bench.faults.rounds import Verdict
from bench.faults.table import Found, show


def test_nothing_wrong_is_good() -> None:
    assert Found({"kill": Verdict(rounds=1, back_seconds=[4.9])}).is_good


def test_what_a_client_saw_what_took_too_long_and_what_only_a_log_tells_are_each_wrong_and_printed(capsys) -> None:
    seen = Found({"kill": Verdict(wrong=["500  'oh'"])})
    late = Found({"kill": Verdict(back_seconds=[0.1, 5.1])})
    logged = Found({"kill": Verdict()}, defects=["Traceback (most recent call last):"])
    for found, words in ((seen, "1 × 500"), (late, "back only after 5.1 s"), (logged, "in the log: Traceback")):
        show(found, "sqlite")
        assert not found.is_good
        assert words in capsys.readouterr().out


def test_two_benches_at_once_never_take_the_same_port() -> None:
    with servers.steady_port() as one, servers.steady_port() as other:
        assert one != other


def test_people_who_are_served_far_less_often_are_noticed_whatever_the_machine_does() -> None:
    served = [(second / 10, second / 10 + 0.05) for second in range(20)] + [(2.0, 2.9), (3.0, 3.9)]
    before, then = pace(served, 0, 2), pace(served, 2, 4)
    assert (before.rate, round(before.p95), then.rate, round(then.p95)) == (10, 50, 1, 900)
    assert slowed(before, then) and not slowed(before, pace(served, 1, 2))
