"""A model's words on their way to a person: nothing leaves before its whole sentence was judged."""

import re
from collections.abc import Collection

from medimeet.domain.claims import Claim, claim_in
from medimeet.domain.dangers import with_own_number
from medimeet.domain.plain_words import plain

NOTHING_IS_DONE = (
    "I can’t book, move or cancel anything myself. I can only show you a card, and it is done when you press Confirm "
    "on it."
)
NO_ADVICE = (
    "I can’t say what somebody suffers from, or which medicine to take. A doctor can, and I can look for a time with "
    "one."
)
NO_SECRETS = "Please tell nobody your password, a code or your card’s number, here neither. Nothing of that is needed."

_THOUGHT = re.compile(r"\s*<(think|thinking|reasoning)>.*?(</\1>|$)", re.IGNORECASE | re.DOTALL)
LONGEST = 300  # characters that wait for a full stop
_REMEMBERED = 90
_END = re.compile(r"[.!?…。！？؟।]+[\"'”’)\]*_]*(?=\s)|[。！？]|\n")
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|prof|st|no|nr|e\.g|i\.e|approx|a\.m|p\.m|tel|incl)|\b[A-Za-z])\.$", re.I
)
_OURS = {Claim.DEED: NOTHING_IS_DONE, Claim.ADVICE: NO_ADVICE, Claim.SECRET: NO_SECRETS}


class Sentences:
    """One answer. What may not be said is replaced by our own sentence, each of ours once."""

    def __init__(self, own_hosts: Collection[str] = (), number_in_danger: str = "") -> None:
        self._own_hosts, self._number_in_danger = own_hosts, number_in_danger
        self._waiting = ""
        self._before = ""  # what was said of a sentence that is not over yet
        self._said: set[Claim] = set()

    def add(self, text: str) -> str:
        """What may be said now that these words have come, "" while the sentence goes on."""
        self._waiting += text
        if self._is_thinking():
            return ""
        ready = ""
        while end := self._end_of_first():
            first, self._waiting = self._waiting[:end], self._waiting[end:]
            ready += self._judged(first)
        return ready

    def end(self) -> str:
        """What was still waiting."""
        rest, self._waiting = "" if self._is_thinking() else self._waiting, ""
        return self._judged(rest) if rest else ""

    def _is_thinking(self) -> bool:
        """Whether the model still talks to itself; what it said so is forgotten once it has come to an end."""
        thought = _THOUGHT.match(self._waiting)
        if thought is None:
            return False
        if not thought[2]:
            return True
        self._waiting = self._waiting[thought.end() :].lstrip()
        return False

    def _end_of_first(self) -> int:
        """Where the first sentence ends, 0 where it goes on."""
        for found in _END.finditer(self._waiting):
            if found.end() > LONGEST:
                break
            if not _ABBREVIATION.search(self._waiting[max(0, found.end() - 8) : found.end()]):
                return self._behind_spaces(found.end())
        return self._cut() if len(self._waiting) > LONGEST else 0

    def _behind_spaces(self, end: int) -> int:
        while end < len(self._waiting) and self._waiting[end].isspace():
            end += 1
        return end

    def _cut(self) -> int:
        """Between two words, and not inside [brackets], behind which names are put in later."""
        head = self._waiting[:LONGEST]
        place = head.rfind(" ") + 1
        opened = head.rfind("[", 0, place)
        if opened > 0 and "]" not in head[opened:place]:
            place = opened
        return place or LONGEST

    def _judged(self, sentence: str) -> str:
        words = plain(sentence, self._own_hosts)
        if self._number_in_danger:
            words = with_own_number(words, self._number_in_danger)
        claim = claim_in(self._before + words)
        is_whole = _END.search(words + " ") is not None
        self._before = "" if is_whole else (self._before + words)[-_REMEMBERED:]
        if claim is None:
            return words
        self._before = ""
        if claim in self._said:
            return ""
        self._said.add(claim)
        return _OURS[claim] + words[len(words.rstrip()) :]
