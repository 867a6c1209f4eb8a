"""Whether each message that was written has left, and left once."""

import json
import time
from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select

from bench.faults.outside import Outside
from bench.faults.rounds import Verdict
from bench.faults.world import World
from medimeet.db import db
from medimeet.models import Notification
from tests.peers.faulty import BROKEN

ARRIVING_SECONDS = 180
# A gateway that takes a text message and says nothing of use may have sent it: it is not risked again. One each time.
MOST_UNKNOWN = len(BROKEN)
# A mail whose answer is lost as the line breaks is sent again, with the same Message-ID: each mode breaks it twice.
MOST_MAILS_TWICE = 2 * len(BROKEN)


def missing(world: World, peers: Outside) -> list[str]:
    """What of the messages did not arrive in time, or arrived twice."""
    found = _settled(world)
    mails = [str(message["Message-ID"]) for message in peers.mail.messages]
    texts = [json.loads(body)["id"] for _path, _headers, body in peers.sms.requests]
    wrong = [*_wrong_with("email", found, mails), *_wrong_with("sms", found, texts)]
    if found["sms", "unknown"] > MOST_UNKNOWN:
        wrong.append(f"{found['sms', 'unknown']} text messages may have been lost")
    return wrong


def states(world: World) -> Counter[tuple[str, str]]:
    """How many messages of each channel are in each state."""
    with world.app.app_context():
        rows = db.session.execute(select(Notification.channel, Notification.state))
        found = Counter((channel, state) for channel, state in rows)
        db.session.remove()
        return found


def _settled(world: World) -> Counter[tuple[str, str]]:
    """The states once no message waits any more, or nobody should have to wait longer."""
    deadline = time.monotonic() + ARRIVING_SECONDS
    while True:
        found = states(world)
        if not any(state == "queued" for _channel, state in found) or time.monotonic() > deadline:
            return found
        time.sleep(1)


def _wrong_with(channel: str, found: Counter[tuple[str, str]], arrived: Iterable[str]) -> list[str]:
    times = Counter(arrived)
    good = {"sent", "unknown"} if channel == "sms" else {"sent"}
    wrong = [
        f"{count} of {channel} are {state}"
        for (of, state), count in found.items()
        if of == channel and state not in good
    ]
    again = times.total() - len(times)
    if again > (MOST_MAILS_TWICE if channel == "email" else 0):
        wrong.append(f"{again} of {channel} arrived again")
    sent, unknown = found[channel, "sent"], found[channel, "unknown"]
    if not sent <= len(times) <= sent + unknown:
        wrong.append(f"{sent} of {channel} are noted as sent, {len(times)} arrived")
    return wrong if sent else [*wrong, f"nothing was sent by {channel}"]


def left(world: World) -> Verdict:
    """Whether all messages leave in the end, also those that a poller had in hand when it was killed."""
    started = time.monotonic()
    found = _settled(world)
    wrong = [f"{count} of {channel} are {state}" for (channel, state), count in found.items() if state != "sent"]
    seconds = time.monotonic() - started
    return Verdict(rounds=1, wrong=wrong, slowest=seconds, seconds=seconds)
