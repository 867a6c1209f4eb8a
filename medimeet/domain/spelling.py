"""Typed and spoken words, made comparable. The chat's `static/widget/spelling.js` reads them the same way."""

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]")
_SIGNS = re.compile(r"[^\w:@]+|_+")
_SHORTEST_WITH_A_SLIP = 5


def plain(text: str) -> str:
    """Words without capitals, accents and signs: "dr muller 10:30" of "Dr. Müller, 10:30!"."""
    return _SIGNS.sub(" ", _ACCENTS.sub("", unicodedata.normalize("NFD", text.lower()))).strip()


def is_alike(one: str, other: str) -> bool:
    """Whether two words are the same but for one letter, or two that changed places; short words must be the same."""
    if one == other:
        return True
    shorter, longer = sorted((len(one), len(other)))
    if shorter < _SHORTEST_WITH_A_SLIP or longer - shorter > 1:
        return False
    start = _common(one, other)
    end = min(_common(one[::-1], other[::-1]), shorter - start)
    differ = longer - start - end
    if differ <= 1:
        return True
    return shorter == longer and differ == 2 and one[start : start + 2] == other[start : start + 2][::-1]


def respelled(words: str, right: tuple[str, ...]) -> str:
    """The words with each that is nearly one of `right` in its place."""
    return " ".join(next((each for each in right if is_alike(word, each)), word) for word in words.split(" "))


def _common(one: str, other: str) -> int:
    """How many letters the two begin with alike."""
    for place, (letter, another) in enumerate(zip(one, other, strict=False)):
        if letter != another:
            return place
    return min(len(one), len(other))
