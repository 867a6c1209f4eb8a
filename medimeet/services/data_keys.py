"""The keys that seal health data, seen from the database: which are the right ones, which are in use, sealing anew."""

import time
from collections.abc import Callable

from sqlalchemy import Connection, select, update

from medimeet import clock, key_file
from medimeet.db import db
from medimeet.errors import InstallationFault
from medimeet.models import DataKey
from medimeet.sealing import LOOK_SECONDS, CannotOpen, key_ring
from medimeet.services import audit, sealed_texts
from medimeet.writing import command, insert_into

PROOF = "data_key.proof"
_ROUNDS = 5
MEND = (
    "Put back the file data-keys that belongs to this database (or MEDIMEET_DATA_KEYS) from your backup of the data "
    "folder; without it nobody can read what was sealed with it."
)
_TWO_STEPS = (
    "MediMeet can't change MEDIMEET_DATA_KEYS by itself. 1. Put this new key in front of the others, on every host, "
    "and restart: {new} From then on all can read with it. 2. Move it behind the others, on every host, "
    "and restart: from then on it seals. 3. Run `flask keys rotate` again."
)


def require() -> None:
    """Sees to it that the keys are those which sealed this database, and notes new ones. Raises InstallationFault."""
    with db.engine.connect() as connection:
        found = fault(connection)
        known = set(connection.scalars(select(DataKey.name)))
    if found:
        raise InstallationFault(f"{found}. {MEND}")
    ring = key_ring()
    if not known.issuperset({ring.newest, *ring.names}):
        _note_keys()


def fault(connection: Connection) -> str:
    """What is wrong with the keys, in words; empty where each is here and the right one."""
    ring = key_ring()
    for name, proof in connection.execute(select(DataKey.name, DataKey.proof).where(DataKey.retired_at.is_(None))):
        try:
            ring.open(proof, PROOF)
        except CannotOpen:
            where = "in MEDIMEET_DATA_KEYS" if ring.file is None else f"in {ring.file}"
            missing = "is another one" if name in ring.names else "is not"
            return f"The key {name} that sealed this database {missing} {where}"
    return ""


class AuditSecrets(dict[str, bytes]):
    """What the lines of the audit log are proved with, by the name of the key; a retired key's is in the database.

    Raises CannotOpen for a key that nobody has.
    """

    def __init__(self, connection: Connection) -> None:
        kept = select(DataKey.name, DataKey.audit_secret).where(DataKey.retired_at.is_not(None))
        super().__init__({name: bytes.fromhex(secret) for name, secret in connection.execute(kept) if secret})

    def __missing__(self, name: str) -> bytes:
        self[name] = key_ring().audit_secret(name)
        return self[name]


def retire(name: str) -> str:
    """Takes a key out of use that seals nothing any more; says what is left to do. Raises InstallationFault."""
    ring = key_ring()
    if name not in ring.names:
        raise InstallationFault(f"There is no key {name}. `flask keys status` lists them.")
    if name == ring.newest:
        raise InstallationFault(f"{name} is the key that seals now. `flask keys rotate` makes a newer one.")
    left = sum(use.texts.get(name, 0) for use in sealed_texts.uses())
    if left:
        raise InstallationFault(f"{left} texts are still sealed with {name}. Run `flask keys rotate`, then try again.")
    _note_retired(name)
    if ring.file is None:
        return f"Now take {name} out of MEDIMEET_DATA_KEYS, and keep it with the backups from before today."
    kept = key_file.take_out(ring.file, name)
    return f"It stands in {kept} now: backups from before today can be read with it alone."


def rotate(tell: Callable[[str], None]) -> None:
    """Makes a new key and seals everything with it, in small steps, while people work; `tell` hears how it goes.

    One that was broken off is finished, without another key. Raises InstallationFault, StoreAway.
    """
    ring = key_ring()
    if sealed_texts.stale():
        tell(f"Sealing with {ring.newest} what it does not seal yet; no new key is made.")
    else:
        if ring.file is None:
            raise InstallationFault(_TWO_STEPS.format(new=key_file.new_key()))
        name = key_file.add(ring.file)
        ring.look_again()
        require()
        tell(f"Made the key {name} in {ring.file}. Keep a copy of that file apart from the database's.")
        time.sleep(2 * LOOK_SECONDS)  # by now every process that runs on this folder seals with it
    _note_deed("rotated", ring.newest)
    for _ in range(_ROUNDS):
        done = sealed_texts.seal_anew(tell)
        if not sealed_texts.stale():
            tell(f"Everything is sealed with {ring.newest}.")
            return
        tell(f"{done} texts done; some were being written meanwhile.")
    raise InstallationFault("Some texts are still sealed with another key. Run `flask keys rotate` again to finish.")


@command
def _note_keys() -> None:
    ring = key_ring()
    for name in ring.names:
        values = {"name": name, "proof": ring.seal("This is the right key.", PROOF, name)}
        db.session.execute(insert_into(DataKey).values(**values).on_conflict_do_nothing())


@command
def _note_retired(name: str) -> None:
    secret = key_ring().audit_secret(name).hex()
    db.session.execute(update(DataKey).where(DataKey.name == name).values(retired_at=clock.now(), audit_secret=secret))
    audit.note_upkeep("retired", "data key", name=name)


@command
def _note_deed(deed: str, name: str) -> None:
    audit.note_upkeep(deed, "data key", name=name)
