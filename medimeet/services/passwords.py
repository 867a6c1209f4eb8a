"""Hashing and checking passwords: argon2id, 19 MiB, two passes, one lane. Never inside a command: it takes 20 ms."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from medimeet.config import setting
from medimeet.domain.passwords import LONGEST, normalised

_NO_ACCOUNT = "no account has this password"


def hashed(password: str) -> str:
    """The hash to keep of a password that the rules of domain/passwords.py have passed."""
    return _hasher().hash(_bytes_of(password))


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash. Without a hash the answer is no, and takes as long."""
    guess = _bytes_of(password) if len(password) <= 18 * LONGEST else b""
    try:
        matches = _hasher().verify(password_hash or _hash_of_nobody(bool(setting("TESTING"))), guess)
    except (VerificationError, InvalidHashError):
        return False
    return matches and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other costs than today's, so that the next sign-in should renew it."""
    return _hasher().check_needs_rehash(password_hash)


def _bytes_of(password: str) -> bytes:
    return normalised(password).encode("utf-8", "surrogatepass")


def _hasher() -> PasswordHasher:
    return _CHEAP if setting("TESTING") else _SOUND


@cache
def _hash_of_nobody(_is_testing: bool) -> str:
    return _hasher().hash(_NO_ACCOUNT)


_SOUND = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
