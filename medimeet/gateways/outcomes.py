"""How sending a message can end, other than well. The text of each is a short reason for the outbox page."""


class NotSent(Exception):
    """The message did not go out for certain; see the kinds below."""


class TryLater(NotSent):
    """Nothing was sent, and trying again makes sense. `is_down`: the gateway is away, so others would fare alike."""

    def __init__(self, reason: str, is_down: bool = False) -> None:
        self.is_down = is_down
        super().__init__(reason)


class Refused(NotSent):
    """This message will never be taken, e.g. because nobody has the address."""


class MaybeSent(NotSent):
    """It was handed over, and no answer came: it may have arrived."""


class TooLate(NotSent):
    """The message was worth nothing any more, so it was not sent."""
