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

STANDSTILL_SECONDS = 180  # longer than a lease that a dead poller holds, and than what waits for its gateway
LOOKS_EVERY_SECONDS = 1.0
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
    """The states once no message waits any more, or none has left for so long that none will."""
    found = states(world)
    fewest, since = _waiting(found), time.monotonic()
    while _waiting(found) and time.monotonic() < since + STANDSTILL_SECONDS:
        time.sleep(LOOKS_EVERY_SECONDS)
        found = states(world)
        if _waiting(found) < fewest:
            fewest, since = _waiting(found), time.monotonic()
    return found


def _waiting(found: Counter[tuple[str, str]]) -> int:
    return sum(count for (_channel, state), count in found.items() if state == "queued")


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
