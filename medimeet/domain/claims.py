"""What a language model must not say: that it has done something, what somebody suffers from, what they shall take.

It has no hands: a deed is done by the person's own confirmation and told in our words. Words are matched, not what
stands behind them, and rather too many than too few: a fact that is lost costs a question, a lie costs a visit.
"""

import re
from enum import Enum

from medimeet.domain import advice_patterns, deed_patterns
from medimeet.domain.plain_words import folded


class Claim(Enum):
    """What a sentence claims."""

    DEED = "deed"
    ADVICE = "advice"


def claim_in(sentence: str) -> Claim | None:
    """What the sentence claims, or None. Of deeds, questions, conditions and denials claim nothing."""
    text = folded(sentence)
    if advice_patterns.ADVICE.search(advice_patterns.NO_ADVICE.sub(" ", text)):
        return Claim.ADVICE
    if _is_question(text) or deed_patterns.CONDITION.search(text):
        return None
    if deed_patterns.DEED.search(deed_patterns.NO_DEED.sub(" ", text)):
        return Claim.DEED
    return Claim.DEED if deed_patterns.FOREIGN_DEED.search(sentence.casefold()) else None


def _is_question(text: str) -> bool:
    return text.endswith("?") and _ASKS.search(text) is not None and _TELLS.search(text) is None


_ASKS = re.compile(
    r"^(?:(?:so|and|or|but|ok|okay|then|great|sure|perfect|thanks|sorry|hello|hi)[,!]? )*(?:\w+, )?"
    r"(?:shall|should|would|do|does|did|can|could|may|is|are|was|were|has|have|when|which|what|who|how|where|why|will|"
    r"want|any|for which|at what|on which|with whom)\b"
    r"|[,;:–—-] (?:shall|should|would|do|can|could|may|which|what|when)\b"
)
_TELLS = re.compile(r"\b(?:did you know|guess what|have you heard|are you aware|do you know that)\b")
