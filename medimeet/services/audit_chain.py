"""The audit log as a chain for each clinic: every line carries a digest over itself and the line before.

The digest is made with a key that is derived from the data key, so whoever can write to the database but has no key
can't make a line that fits. A line that was changed, taken out, put in or moved is found by reading the log through
(medimeet/services/audit_proof.py); only a tail that was cut off together with the chain's head needs a head that was
noted elsewhere.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, update

from medimeet.db import connection
from medimeet.models import AuditEntry, AuditHead
from medimeet.prepared import Prepared
from medimeet.prepared_writes import PreparedInsert, PreparedUpdate
from medimeet.sealing import key_ring
from medimeet.writing import at_end_of_command, insert_into

FIRST = ""
"""What the first line of a chain has as the digest of the line before."""


def add(line: Mapping[str, Any]) -> None:
    """Adds a line (the values of an AuditEntry but for its place in the chain) when the running command ends."""
    at_end_of_command(_append, dict(line))


def digest_of(line: Mapping[str, Any], before: str, secret: bytes) -> str:
    """The digest of a line whose every value is known, after the line with the digest `before`."""
    values = [_plain(line[name]) for name in _COVERED]
    covered = _WRITER.encode([before, *values])
    return hmac.digest(secret, covered.encode(), "sha256").hex()


def columns() -> list[Any]:
    """The columns that a line's digest covers, with the digest itself last."""
    return [_LINES.c[name] for name in (*_COVERED, "digest")]


_LINES: Table = AuditEntry.__table__  # type: ignore[assignment]
_HEADS: Table = AuditHead.__table__  # type: ignore[assignment]
# The row's id is left out: the database gives it afterwards, and the number says the same and more.
_COVERED = (
    *("chain", "number", "key", "at", "clinic_id", "actor_id", "deed", "subject", "subject_id", "patient_id"),
    *("detail", "why", "request_id"),
)
_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_READ_HEAD = Prepared(
    select(_HEADS.c.number, _HEADS.c.digest).where(_HEADS.c.chain == bindparam("of_chain")).with_for_update()
)
_MOVE_HEAD = PreparedUpdate(update(_HEADS).where(_HEADS.c.chain == bindparam("of_chain")), ["number", "digest"])
_ADD_LINES = PreparedInsert(_LINES)


def _append(lines: Sequence[dict[str, Any]]) -> None:
    """Gives each line its place in its chain, and writes them. The chain's head is locked from here to the commit."""
    ring = key_ring()
    key = ring.newest
    secret = ring.audit_secret(key)
    chains: dict[int, list[dict[str, Any]]] = {}
    for line in lines:
        chains.setdefault(line["clinic_id"] or 0, []).append(line)
    running = connection()
    for chain in sorted(chains):
        number, digest = _locked_head(running, chain)
        linked = []
        for line in chains[chain]:
            number += 1
            detail = json.loads(json.dumps(line["detail"])) if line["detail"] else {}
            whole = line | {"detail": detail, "chain": chain, "number": number, "key": key}
            digest = digest_of(whole, digest, secret)
            linked.append(whole | {"digest": digest})
        _ADD_LINES.add_all(running, linked)
        _MOVE_HEAD.run(running, {"of_chain": chain, "number": number, "digest": digest})


def _locked_head(running: Connection, chain: int) -> tuple[int, str]:
    found = _READ_HEAD.ask_within(running, {"of_chain": chain})
    if not found:
        first = insert_into(AuditHead).values(chain=chain, number=0, digest=FIRST).on_conflict_do_nothing()
        running.execute(first)
        found = _READ_HEAD.ask_within(running, {"of_chain": chain})
    [(number, digest)] = found
    return number, digest


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value
