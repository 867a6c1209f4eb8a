"""Whether a clinic lets its assistant ask a language model: its admin decides, and it holds from the next question."""

from medimeet.models import Clinic
from medimeet.services import audit, people
from medimeet.services.access import Actor
from medimeet.writing import command, lock


@command
def let_ask(actor: Actor, *, asks: bool) -> Clinic:
    """The actor's clinic, whose assistant may ask a language model from now on, or not. Raises NotAllowed."""
    people.refuse_non_admin(actor)
    clinic = actor.clinic
    lock("clinic", clinic.id)
    clinic.assistant_uses_model = asks
    audit.note(actor, "changed", "assistant", clinic.id, asks_model=asks)
    return clinic
