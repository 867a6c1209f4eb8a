"""Every answer to every route in the world of the access walk: a visitor, all who are let in, one who is not."""

from collections.abc import Iterator
from dataclasses import dataclass

from werkzeug.test import TestResponse

from tests.architecture.access_walk import Line, Walk, read_table, sign_of

PEOPLE = ("patient", "doctor", "admin", "superuser")


@dataclass(frozen=True)
class Answered:
    """Who asked what, and what came back."""

    line: Line
    actor: str
    answer: TestResponse

    def __str__(self) -> str:
        return f"{self.line.method} {self.line.route} as {self.actor}: {self.answer.status}"

    @property
    def is_let_in(self) -> bool:
        """Whether the person was let in as this person, and not as anybody."""
        return self.line.sign_for("anonymous") != "." and sign_of(self.answer) == "."


def answers_of(walk: Walk) -> Iterator[Answered]:
    """The answers, one after the other; the database is put back after each."""
    for line in read_table():
        if line.route == "/ws/transcription/":
            continue
        let_in = [actor for actor in PEOPLE if line.sign_for(actor) == "."]
        refused = [actor for actor in PEOPLE if actor not in let_in][:1]
        for actor in ("anonymous", *let_in, *refused):
            yield Answered(line, actor, walk.ask(line, actor))
            walk.put_back()
