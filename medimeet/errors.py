"""What can go wrong, in words.

Services raise these; each door maps them to its own shape (HTML page, JSON envelope).
`words` is a sentence for the person at the other end and says how to mend it.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar


class MediMeetError(Exception):
    """Anything a service refuses to do. `status` is the HTTP status unless a contract prints another."""

    status: int = 400
    default_words: ClassVar[str] = "This can't be done."

    def __init__(self, words: str | None = None) -> None:
        self.words = words or self.default_words
        super().__init__(self.words)


class InvalidInput(MediMeetError):
    """Fields that can't be taken as they are. `faults` maps each field's name to what is wrong with it."""

    default_words = "Some answers need another look."

    def __init__(self, faults: Mapping[str, Sequence[str] | str], words: str | None = None) -> None:
        self.faults = {name: [said] if isinstance(said, str) else list(said) for name, said in faults.items()}
        super().__init__(words or " ".join(sentence for said in self.faults.values() for sentence in said))


class NotSignedIn(MediMeetError):
    """Nobody is signed in, or the credential is no longer good."""

    status = 401
    default_words = "Sign in to go on."


class WrongCredentials(MediMeetError):
    """The name or the password is wrong; never says which."""

    status = 401
    default_words = "That name and password don't match an account here. Check both, or ask for a new password."


class NeedsOneTimeCode(MediMeetError):
    """The password or code was right, but the account also asks for a code of its authenticator app."""

    status = 401
    default_words = (
        "This account also asks for the code of its authenticator app. Sign in on the clinic's own site, or send the "
        "code along (programs: in the header X-One-Time-Code)."
    )


class NeedsSecondFactor(MediMeetError):
    """The installation asks its staff for a second factor, and this person has none yet."""

    status = 403
    default_words = "This clinic asks its staff for a second factor. Sign in on the site and set it up first."


class NotAllowed(MediMeetError):
    """The person is known, but this is not theirs to do."""

    status = 403
    default_words = "Your account can't do this."


class ForeignPage(MediMeetError):
    """The page of another site sent this with the browser's session of ours."""

    default_words = (
        "This was sent from the page of another site, so nothing was done. Open our own page, and send it from there."
    )


class NotFound(MediMeetError):
    """Unknown, or another clinic's: never tell which."""

    status = 404
    default_words = "We can't find what you are looking for."


class Conflict(MediMeetError):
    """The request is fine in itself, but clashes with what is already there."""

    status = 409
    default_words = "This clashes with something that is already there."


class SlotTaken(Conflict):
    """Somebody else has this doctor's time."""

    default_words = "This time was taken a moment ago. Choose another one."


class SlotTooShort(SlotTaken):
    """This doctor's time is free, but not for as long as the visit takes."""


class PatientBusy(Conflict):
    """The patient already has an appointment that overlaps: `appointment_id`, where it is known."""

    default_words = "There is already an appointment at this time. Move that one, or choose another time."

    def __init__(self, words: str | None = None, appointment_id: int | None = None) -> None:
        self.appointment_id = appointment_id
        super().__init__(words)


class PastSlot(MediMeetError):
    """The time has gone by."""

    default_words = "This time has passed. Choose a later one."


class NoSuchSlot(NotFound):
    """The doctor's declared hours have no slot that starts then."""

    default_words = "The doctor has no appointment at this time. Choose one of the times shown."


class AppointmentClosed(MediMeetError):
    """The appointment is completed, missed, canceled or past, so it can't be changed that way."""

    default_words = "This appointment is over, so it can't be changed any more."


class KeyReused(MediMeetError):
    """One idempotency key came with two different requests."""

    status = 422
    default_words = "This key was already used for another request. Send a new key."


class WrongCode(MediMeetError):
    """A one-time code or link that is wrong, expired, used or replaced; never says which."""

    default_words = "This code or link is no longer good. Ask for a new one."


class NotRegistered(MediMeetError):
    """Nobody here has this mobile number, or this e-mail."""

    default_words = "Nobody is registered here with this mobile number. Register first."


class TooManyTries(MediMeetError):
    """A limit that protects an account or a number was reached."""

    status = 429
    default_words = "Too many tries. Wait a few minutes, then try again."

    def __init__(self, retry_after: int, words: str | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(words)


class Busy(MediMeetError):
    """The database did not come free in time. Nothing was changed; trying again is safe."""

    status = 503
    default_words = "The clinic's computer is very busy. Nothing was changed. Try again in a few seconds."
    retry_after: ClassVar[int] = 2


class NoRoom(Busy):
    """The disk is full, broken or can't be written. Nothing was changed; reading goes on."""

    default_words = (
        "The clinic's computer can't save anything at the moment. Nothing was changed. "
        "Try again in a minute. If it goes on, call the clinic."
    )
    retry_after: ClassVar[int] = 30


class InDoubt(Busy):
    """The line broke while the database was keeping the change: it may be kept, or not."""

    default_words = (
        "The clinic's computer lost its database just now, so we can't tell whether this was saved. "
        "Look at what you have before you send it again."
    )


class InstallationFault(MediMeetError):
    """Something that whoever runs the installation must mend, such as a database newer than the code."""

    status = 503
    default_words = "MediMeet can't run like this. Run `flask doctor`."
