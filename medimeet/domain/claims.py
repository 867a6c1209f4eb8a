"""What a language model must not say: that it has done something, what somebody suffers from, what they shall take.
Nor may it ask for what opens an account or a purse.

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
    SECRET = "secret"


def claim_in(sentence: str) -> Claim | None:
    """What the sentence claims, or None. Of deeds, questions, conditions and denials claim nothing."""
    text = folded(sentence)
    if advice_patterns.ADVICE.search(advice_patterns.NO_ADVICE.sub(" ", text)):
        return Claim.ADVICE
    if _SECRET.search(_KEPT.sub(" ", text)):
        return Claim.SECRET
    if deed_patterns.UNASKED.search(text):
        return Claim.DEED
    told = _told(_TO_CONFIRM.sub("", text))
    if deed_patterns.DEED.search(deed_patterns.NO_DEED.sub(" ", told)):
        return Claim.DEED
    return Claim.DEED if told and deed_patterns.FOREIGN_DEED.search(sentence.casefold()) else None


def _told(text: str) -> str:
    """What the sentence tells as a fact: all of it, or what stands before its question or its condition."""
    place = _place_of_question(text)
    if place is None:
        place = _place_of_condition(text)
    if place is None:
        return text
    breaks = [each.start() for each in _BREAK.finditer(text) if each.start() < place]
    return text[: breaks[-1]] if breaks else ""


def _place_of_question(text: str) -> int | None:
    asks = _ASKS.search(text) if text.endswith("?") and not _TELLS.search(text) else None
    return asks.end() if asks else None


def _place_of_condition(text: str) -> int | None:
    """Where the last condition begins; the patterns would find the first."""
    place, found = None, deed_patterns.CONDITION.search(text)
    while found:
        place, found = found.start(), deed_patterns.CONDITION.search(text, found.start() + 1)
    return place


_SECRET = re.compile(
    r"\b(?:tell|give|send|type|enter|share|text|need|provide|say|confirm|verify|submit|reply with|"
    r"what(?:'s| is|'re| are))\b[^.;:!]{0,50}"
    r"\b(?:pass(?:word|code|phrase)s?|pin|(?:card|account|passport) numbers?|cvv|cvc|iban|"
    r"(?:security|one-time|verification|sms) codes?|(?:card|bank) details)\b"
)
_KEPT = re.compile(r"(?:\bnever|\bnot|n't|\bnobody|\bno need to) [^.,;:!?]*")
_BREAK = re.compile(
    r"(?:[,;:!…–—]| -)(?= )(?! (?:once|if|until|till|unless|when|as soon as|after|before|only)\b)"
    r"| (?:and|but|so)(?= (?:once|if|when|as soon as|after|please|now|then|you|i|we|it|your)\b)"
)
_TO_CONFIRM = re.compile(r"^(?:\w+, )?(?:just )?to confirm[:,] ")
_ASKS = re.compile(
    r"^(?:(?:so|and|or|but|ok|okay|then|great|sure|perfect|thanks|sorry|hello|hi)[,!]? )*(?:\w+, )?"
    r"(?:shall|should|would|do|does|did|can|could|may|is|are|was|were|has|have|when|which|what|who|how|where|why|will|"
    r"want|any|for which|at what|on which|with whom)\b"
    r"|[,;:–—-] (?:shall|should|would|do|can|could|may|which|what|when)\b"
)
_TELLS = re.compile(r"\b(?:did you know|guess what|have you heard|are you aware|do you know that)\b")
