"""Signs of life: written seldom, read often."""

from datetime import timedelta

import time_machine
from flask import Flask

from medimeet import clock
from medimeet.services import heartbeats


def test_who_beats_often_is_written_down_every_ten_seconds(app: Flask, frozen_clock: time_machine.Traveller) -> None:
    assert heartbeats.last("poller") is None
    heartbeats.beat("poller")
    first = clock.now()
    assert heartbeats.last("poller") == first
    frozen_clock.shift(9)
    heartbeats.beat("poller")
    assert heartbeats.last("poller") == first
    frozen_clock.shift(1)
    heartbeats.beat("poller")
    assert heartbeats.last("poller") == first + timedelta(seconds=10)
    assert heartbeats.last("backup") is None


def test_a_clock_that_was_set_back_does_not_silence_the_poller(
    app: Flask, frozen_clock: time_machine.Traveller
) -> None:
    heartbeats.beat("poller")
    frozen_clock.shift(-3600)
    heartbeats.beat("poller")
    assert heartbeats.last("poller") == clock.now()
