"""Whether somebody's question may go to a language model now, and to which."""

import logging
from datetime import timedelta

from medimeet.config import setting
from medimeet.gateways import language_model
from medimeet.gateways.language_model import LanguageModel
from medimeet.services import attempts
from medimeet.services.access import Actor
from medimeet.writing import command

logger = logging.getLogger(__name__)


def model_of(actor: Actor) -> LanguageModel | None:
    """The model that the actor's clinic lets be asked; None where there is none, or the clinic doesn't want it."""
    if not actor.clinic.assistant_uses_model:
        return None
    try:
        return language_model.gateway(
            setting("LLM_BASE_URL"), setting("LLM_API_KEY"), setting("LLM_MODEL"), setting("LLM_SECONDS")
        )
    except ValueError as error:
        logger.warning("the language model can't be asked: %s", error)
        return None


@command
def count_question(actor: Actor) -> bool:
    """Counts one question of the actor to a model; False where they asked enough in the last hour."""
    most = setting("ASSISTANT_QUESTIONS")
    return attempts.count_one(attempts.Limit(attempts.key_of("assistant", actor.person.id), most, timedelta(hours=1)))
