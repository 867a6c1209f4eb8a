"""What is remembered while somebody talks to the assistant."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Talk:
    """One conversation, from its opening until it closes; everything in it is plain JSON.

    `appointment_id` is the visit during which a doctor talks. `exchanges` are the last questions with their answers,
    for the model. `subject` is what the built-in assistant is in the middle of, such as a treatment that was chosen.
    """

    appointment_id: int | None = None
    exchanges: list[tuple[str, str]] = field(default_factory=list)
    subject: dict[str, Any] = field(default_factory=dict)

    def note_confirmed(self, words: str, appointment_id: int) -> None:
        """Remembers what was confirmed just now: nothing is in the middle any more, and "it" is that visit."""
        self.exchanges = [*self.exchanges, ("(I pressed Confirm.)", words)]
        self.subject = {"appointment_id": appointment_id}
