"""What the built-in assistant and a person are in the middle of, kept as plain JSON in the talk."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from medimeet.domain.spoken_times import SpokenTime
from medimeet.services.assistant.events import numbered
from medimeet.services.assistant.talk import Talk

ANY_DOCTOR = 0
AT_ONCE = 5


@dataclass(slots=True)
class Subject:
    """A deed (`book`, `move`, `cancel`, or "") with what is known of it: ids, days (ISO), minutes of the day.

    `choices` are what was offered by numbers: what each sets; `labels` how each is called. `asked` is what was asked
    for last: `treatment`, `doctor`, `time`, `visit` or `confirm`. `offset` is how many choices "more" passed over.
    """

    deed: str = ""
    treatment_id: int | None = None
    doctor_id: int | None = None
    appointment_id: int | None = None
    slot_id: int | None = None
    first_day: str | None = None
    last_day: str | None = None
    earliest: int | None = None
    latest: int | None = None
    minute: int | None = None
    is_first: bool = False
    choices: list[dict[str, Any]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    asked: str = ""
    offset: int = 0

    @classmethod
    def of(cls, talk: Talk) -> "Subject":
        """The talk's subject; a new one where there is none that can be read."""
        try:
            return cls(**talk.subject)
        except TypeError:
            return cls()

    def keep(self, talk: Talk) -> None:
        """Remembers the subject in the talk."""
        talk.subject = asdict(self)

    def hear(self, said: SpokenTime) -> None:
        """Takes in what was said of when: a new day replaces the old one, a new time of day the old time."""
        if said.first_day is not None and said.last_day is not None:
            self.first_day, self.last_day = said.first_day.isoformat(), said.last_day.isoformat()
            self.minute, self.slot_id = None, None
        if said.minute is not None or said.earliest is not None or said.latest is not None:
            self.minute, self.earliest, self.latest, self.slot_id = said.minute, said.earliest, said.latest, None
        self.is_first = self.is_first or said.is_first

    def forget_time(self) -> None:
        """What was said of when holds no more."""
        self.slot_id = self.first_day = self.last_day = self.earliest = self.latest = self.minute = None
        self.is_first = False

    def keep_day(self) -> None:
        """What was said of the day still holds, not that of the time."""
        self.slot_id = self.earliest = self.latest = self.minute = None
        self.is_first = False

    def offer(self, labels: Iterable[str], choices: Iterable[dict[str, Any]]) -> str:
        """Remembers what can be chosen now; gives it as numbered lines."""
        self.labels, self.choices = list(labels), list(choices)
        return "\n".join(map(numbered, range(1, len(self.labels) + 1), self.labels))

    def forget_choices(self) -> None:
        """Nothing is offered any more."""
        self.labels, self.choices, self.offset = [], [], 0

    def number_of(self, label: str) -> int | None:
        """The number of the choice that is called so, as when somebody presses it."""
        return self.labels.index(label) + 1 if label in self.labels else None

    def choose(self, number: int) -> bool:
        """Takes the choice with this number, from 1; False where there is none."""
        if not 1 <= number <= len(self.choices):
            return False
        for name, value in self.choices[number - 1].items():
            setattr(self, name, value)
        self.forget_choices()
        return True

    @property
    def one_day(self) -> date | None:
        """The only day that is wanted, if it is one."""
        return date.fromisoformat(self.first_day) if self.first_day and self.first_day == self.last_day else None

    def clear(self) -> None:
        """Begins anew."""
        for name, value in asdict(Subject()).items():
            setattr(self, name, value)
