"""Booking references: short enough to read out on the telephone."""

import re
import secrets

# One or none of what is mistaken for each other: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
ALPHABET = "ABCDEFGHJKMNPQRTWXY2345679"
_REFERENCE = re.compile(f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}")


def new_reference() -> str:
    """A new random reference such as 'ABCD-2345': unguessable, but the caller's table must keep it unique."""
    number, letters = secrets.randbelow(len(ALPHABET) ** 8), ""
    for _ in range(8):
        number, place = divmod(number, len(ALPHABET))
        letters += ALPHABET[place]
    return f"{letters[:4]}-{letters[4:]}"


def is_reference(text: str) -> bool:
    """Whether the text is a reference exactly as new_reference writes it."""
    return _REFERENCE.fullmatch(text) is not None


def reference_of(text: str) -> str | None:
    """The reference that a person typed, in small letters or without the dash, or None."""
    letters = re.sub(r"[\s-]", "", text).upper()
    reference = f"{letters[:4]}-{letters[4:]}"
    return reference if is_reference(reference) else None
