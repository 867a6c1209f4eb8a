"""Why a conversation ends: the socket's codes, and the refusals that lead to one."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy.exc import DBAPIError

from medimeet.blueprints.transcription import frames
from medimeet.blueprints.transcription.allowance import Allowance
from medimeet.blueprints.transcription.frames import BadFrame, Frame
from medimeet.database_faults import is_busy
from medimeet.errors import Busy, MediMeetError, NotSignedIn

NORMAL, GOING_AWAY, POLICY, FAULTY, TRY_LATER, SIGNED_OUT, SOMEBODY_ELSE = 1000, 1001, 1008, 1011, 1013, 4401, 4403
MOST_BAD_FRAMES = 20
FRAMES_A_SECOND, FRAMES_AT_ONCE = 200, 1000
FRAMES_WORTH = {"start": 20, "token": 20}  # they ask the database
BUSY = "busy"


class Ended(Exception):
    """The end of the conversation: the socket's code, and the `closed` frame's code and words."""

    def __init__(self, reason: int, code: str, message: str) -> None:
        self.reason, self.code, self.message = reason, code, message
        super().__init__(code)


class Patience:
    """How much a client may ask of us before its conversation ends."""

    def __init__(self) -> None:
        self._bad_frames = 0
        self._pace = Allowance(FRAMES_A_SECOND, FRAMES_AT_ONCE)

    def spend(self, frame: Frame) -> None:
        """Counts a frame. Raises Ended where they come too fast."""
        self._pace.spend(FRAMES_WORTH.get(frame.action, 1))
        if self._pace.is_spent:
            raise Ended(TRY_LATER, "too_fast", "These frames come faster than anybody speaks or types.")

    def forgive(self) -> None:
        """A frame was good: those that were not are forgotten."""
        self._bad_frames = 0

    def bear(self, fault: BadFrame) -> None:
        """Counts a frame that could not be taken. Raises Ended for too many in a row."""
        self._bad_frames += 1
        if self._bad_frames > MOST_BAD_FRAMES:
            raise Ended(POLICY, fault.code, f"{MOST_BAD_FRAMES} frames in a row could not be taken. {fault.message}")


@contextmanager
def at_database(app: Flask) -> Iterator[None]:
    """For what needs the database: its refusals end the conversation, or are told as a frame that can't be taken."""
    with app.app_context():
        try:
            yield
        except NotSignedIn as refusal:
            raise Ended(SIGNED_OUT, "signed_out", refusal.words) from None
        except MediMeetError as refusal:
            raise BadFrame(frames.code_of(refusal), refusal.words) from None
        except DBAPIError as fault:
            if not is_busy(fault):
                raise
            raise BadFrame(BUSY, Busy.default_words) from None
