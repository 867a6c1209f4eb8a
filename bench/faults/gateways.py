"""What MediMeet talks to outside refused, silent, slow or talking nonsense, while people book, sign in and ask."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.faults import messages, outside, servers, world
from bench.faults.outside import LOG, MAIL, MODEL, SMS, SPEECH, Outside
from bench.faults.pace import Pace, pace, slowed
from bench.faults.rounds import Course, Verdict
from bench.faults.servers import Service
from bench.faults.talkers import SigningIn, Speaking, Talker, Typing, prepare_to_speak
from medimeet.services import delivery
from tests.peers.faulty import BROKEN, FaultyServer, Mode

BEFORE_SECONDS, BROKEN_SECONDS = 2.0, 4.0
LOOKS_EVERY_SECONDS = 0.05
HEARD_AGAIN_SECONDS = 10.0
# What misbehaved in the round before rests; until it is asked again, nothing is proved.
ASKED_AGAIN_SECONDS = delivery.REST_SECONDS + 10
NAMES = (MAIL, SMS, SPEECH, MODEL, LOG)


@dataclass
class Meanwhile:
    """How quickly people were served in one round, before something broke and while it was broken; and by how many
    threads at most.
    """

    name: str
    bookings: list[Pace] = field(default_factory=list)
    sign_ins: list[Pace] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)

    def __str__(self) -> str:
        cells = [f"{str(each):>16}" for each in (*self.bookings, *self.sign_ins)]
        return f"    {self.name:<26} {' '.join(cells)}  {' → '.join(map(str, self.threads))}"


HEAD = (
    f"    {'meanwhile':<26} {'bookings before':>16} {'while broken':>16} {'sign-ins before':>16} {'while broken':>16}  "
    "threads"
)


@dataclass
class Bench:
    """What all rounds have in common."""

    course: Course
    web: Service
    people: list[Meanwhile] = field(default_factory=list)

    def round(self, name: str, line: FaultyServer, mode: Mode) -> Verdict:
        """One of them misbehaves for a while."""
        meanwhile, talkers, moments = Meanwhile(f"{name} {mode.value}"), self._talkers(name), [time.monotonic()]
        calls: list[int] = []

        def strike() -> float:
            time.sleep(BEFORE_SECONDS)
            meanwhile.threads.append(self.web.threads)
            moments.append(time.monotonic())
            calls.append(line.calls)
            line.mode = mode
            if mode != Mode.REFUSED:  # nobody is there who could count
                wait_until_asked(line, calls[0])
            time.sleep(BROKEN_SECONDS)
            return moments[1]

        def heal() -> None:
            moments.append(time.monotonic())
            meanwhile.threads.append(self.web.threads)
            calls.append(line.calls)
            line.mode = Mode.GOOD
            _end(talkers, moments[1])

        for talker in talkers:
            talker.start()
        verdict = self.course.round(strike, heal)
        verdict.wrong += [fault for talker in talkers for fault in talker.wrong]
        signed_in = next(talker.served for talker in talkers if isinstance(talker, SigningIn))
        for since, until in zip(moments, moments[1:], strict=False):
            meanwhile.bookings.append(pace(verdict.booked, since, until))
            meanwhile.sign_ins.append(pace(signed_in, since, until))
        verdict.wrong += _too_slow(meanwhile)
        if mode != Mode.REFUSED and calls[0] == calls[1]:
            verdict.wrong.append("nobody asked it, so this proves nothing")
        if verdict.statuses["503"]:
            verdict.wrong.append("somebody who booked was sent away")
        self.people.append(meanwhile)
        return verdict

    def _talkers(self, name: str) -> list[Talker]:
        port, people = self.course.port, self.course.world.people
        talkers: list[Talker] = [Typing(port, people[0]), SigningIn(port, people[1])]
        return [*talkers, Speaking(port, people[2])] if name == SPEECH else talkers


def run(url: str, folder: Path, seed: int, clients: int) -> tuple[dict[str, Verdict], list[Meanwhile], list[str]]:
    """A round for each of them and each way to misbehave; at the end every message has arrived, each once.

    Also answers how quickly people were served meanwhile, and what the logs tell of.
    """
    made = world.made(url, folder)
    verdicts = {}
    with outside.outside(folder) as peers, tempfile.TemporaryDirectory() as logs:
        settings = world.settings_of(url, folder) | peers.settings
        with servers.serving(settings, Path(logs)) as (port, web, poller):
            bench = Bench(Course(made, port, seed, clients), web)
            prepare_to_speak(made, made.people[2])
            verdicts["nothing broken"] = bench.course.round(lambda: None)
            for mode in BROKEN:  # the others first: what was away rests for half a minute, and must be asked again
                for name in NAMES:
                    verdicts[f"{name} {mode.value}"] = bench.round(name, peers.lines[name], mode)
            verdicts["every message has left"] = _afterwards(bench, peers)
            defects = [line for service in (web, poller) if service is not None for line in service.defects]
        return verdicts, bench.people, defects


def wait_until_asked(line: FaultyServer, calls: int) -> None:
    """Until it was called more than so often, but not for ever."""
    deadline = time.monotonic() + ASKED_AGAIN_SECONDS
    while line.calls <= calls and time.monotonic() < deadline:
        time.sleep(LOOKS_EVERY_SECONDS)


def _end(talkers: Sequence[Talker], broken_at: float) -> None:
    """Ends them; who speaks must have been told of the trouble, and hear words again."""
    for talker in talkers:
        if isinstance(talker, Speaking):
            if not talker.was_told_since(broken_at):
                talker.wrong.append("who spoke was not told that nobody heard it")
            if not talker.hears_within(HEARD_AGAIN_SECONDS):
                talker.wrong.append("who spoke was not heard again")
        talker.is_over.set()
    for talker in talkers:
        talker.join(60)


def _too_slow(meanwhile: Meanwhile) -> list[str]:
    pairs = {"bookings": meanwhile.bookings, "sign-ins": meanwhile.sign_ins}
    return [
        f"{what}: {before} before, {then} meanwhile" for what, (before, then) in pairs.items() if slowed(before, then)
    ]


def _afterwards(bench: Bench, peers: Outside) -> Verdict:
    started = time.monotonic()
    wrong = messages.missing(bench.course.world, peers)
    wrong += [] if peers.model.calls else ["nobody asked the language model"]
    seconds = time.monotonic() - started
    return Verdict(rounds=1, wrong=wrong, slowest=seconds, seconds=seconds)
