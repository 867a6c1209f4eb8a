"""Which passwords are refused, and why, in words that say how to mend it."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

SHORTEST, LONGEST = 8, 128
# NFKC composes, so a longer text may still be short enough; past this it is not worth normalising.
_LONGEST_RAW = 18 * LONGEST
_SHORT_WORD, _LONG_WORD = 3, 5


def normalised(password: str) -> str:
    """The password in the one spelling (NFKC) that is checked and hashed, whichever keyboard typed it."""
    return unicodedata.normalize("NFKC", password)


def password_fault(password: str, own_words: Iterable[str]) -> str | None:
    """Why the password is refused and what to do, or None. `own_words`: username, e-mail address, names."""
    if len(password) > _LONGEST_RAW:
        return f"Use at most {LONGEST} characters."
    password = normalised(password)
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in password):
        return "Use only letters, digits, spaces and signs that can be typed."
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters."
    folded = password.casefold().strip()
    if not folded or folded in common_passwords():
        return "Many people use this password, so it is easily guessed. Try three words that do not belong together."
    if _is_made_of(folded, own_words):
        return "Leave out your name, username and e-mail address. Try three words that do not belong together."
    return None


@cache
def common_passwords() -> frozenset[str]:
    """The commonest passwords of eight and more characters, in small letters."""
    lines = files(__package__).joinpath("common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("# "))


def _is_made_of(folded: str, own_words: Iterable[str]) -> bool:
    """Whether the password is an own word, or own words (one of five characters or more) and digits and signs."""
    words = {normalised(word).casefold().strip() for word in own_words}
    words |= {word.partition("@")[0] for word in words}
    if folded in words:
        return True
    if not any(len(word) >= _LONG_WORD and word in folded for word in words):
        return False
    rest = folded
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, " ") if len(word) >= _SHORT_WORD else rest
    return not re.search(r"[^\W\d_]", rest)
