"""Who asks, by the token that MediMeet gave them: one statement."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import jwt

from bench.speed.driver import Database

HOLDER = """
SELECT account.id, account.role, account.first_name, account.last_name, account.username, account.email,
  coalesce(issued_token.last_used_at, issued_token.created_at),
  clinic.id, clinic.name, clinic.time_zone, clinic.phone, clinic.email, clinic.address, patient.id, patient.closed_at
FROM account JOIN issued_token ON issued_token.account_id = account.id
JOIN clinic ON clinic.id = account.clinic_id
LEFT JOIN patient ON patient.account_id = account.id
WHERE issued_token.jti = ? AND issued_token.kind = 'access' AND issued_token.revoked_at IS NULL
  AND issued_token.expires_at > ? AND account.is_active
"""
TOUCH = "UPDATE issued_token SET last_used_at = ? WHERE jti = ?"
TOUCH_EVERY = timedelta(minutes=10)


class Refused(Exception):
    """What is not done: the status, and why in a word."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Person(NamedTuple):
    """A person as messages name them."""

    id: int
    full_name: str
    email: str | None


class Clinic(NamedTuple):
    """A clinic as messages name it."""

    id: int
    name: str
    time_zone: str
    phone: str
    email: str
    address: str

    @property
    def zone(self) -> ZoneInfo:
        """As models have it."""
        return ZoneInfo(self.time_zone)


class Asker(NamedTuple):
    """Who asks, in which clinic, and whose patient's profile is theirs."""

    account: Person
    role: str
    clinic: Clinic
    patient_id: int | None


class Tokens:
    """The tokens of one database, signed with this secret key."""

    def __init__(self, database: Database, secret_key: str) -> None:
        self._database = database
        self._key = hashlib.sha256(b"medimeet tokens " + secret_key.encode()).digest()

    def asker(self, header: str, now: datetime) -> Asker:
        """Who sent this Authorization header. Raises Refused (401)."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise Refused(401, "no token")
        jti = self._claims(token)["jti"]
        found = self._database.run(HOLDER, jti, self._database.kept(now)).fetchone()
        if found is None:
            raise Refused(401, "dead token")
        account_id, role, first_name, last_name, username, email, used_at, *clinic, patient_id, closed_at = found
        if self._database.instant(used_at) <= now - TOUCH_EVERY:
            with self._database.writing():
                self._database.run(TOUCH, self._database.kept(now), jti)
        account = Person(account_id, full_name(first_name, last_name, username), email)
        return Asker(account, role, Clinic(*clinic), patient_id if closed_at is None else None)

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            claims = jwt.decode(token, self._key, algorithms=["HS256"], audience="medimeet", issuer="medimeet")
        except jwt.InvalidTokenError:
            raise Refused(401, "bad token") from None
        if claims.get("typ") != "access":
            raise Refused(401, "no access token")
        return claims


def full_name(first_name: str, last_name: str, username: str) -> str:
    """What people call somebody."""
    return f"{first_name} {last_name}".strip() or username
