"""Reading the audit log through: whether every chain of it is as it was written, from the first line to the last."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, func, select

from medimeet.models import AuditEntry, AuditHead
from medimeet.sealing import CannotOpen
from medimeet.services import data_keys
from medimeet.services.audit_chain import FIRST, columns, digest_of

_BATCH = 2_000
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of a chain: worth noting where nobody who can write to the database can change it."""

    chain: int
    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.chain}:{self.number}:{self.digest}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """The head that was noted as `CHAIN:NUMBER:DIGEST`. Raises ValueError."""
        chain, number, digest = text.strip().split(":")
        return cls(int(chain), int(number), digest.lower())


@dataclass(slots=True)
class Proof:
    """What was found in one chain; `faults` are in words, without a line's content.

    `outside` counts lines that are in no chain though the chain had begun: written by an older version that ran beside
    this one, or by hand.
    """

    chain: int
    lines: int = 0
    head: Head | None = None
    outside: int = 0
    outside_since: datetime | None = None
    faults: list[str] = field(default_factory=list)
    more_faults: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether every line is there, in its place and as it was written."""
        return not self.faults

    def fault(self, words: str) -> None:
        """Notes a fault; only the first few are told one by one."""
        if len(self.faults) < _TOLD:
            self.faults.append(words)
        else:
            self.more_faults += 1


def verify(connection: Connection, only: int | None = None, expected: tuple[Head, ...] = ()) -> list[Proof]:
    """What there is to say of each chain (or of `only` one), and whether the `expected` heads are lines of theirs."""
    heads = {
        row.chain: Head(row.chain, row.number, row.digest) for row in connection.execute(select(AuditHead.__table__))
    }
    chains = set(connection.scalars(select(AuditEntry.chain).where(AuditEntry.number.is_not(None)).distinct()))
    chains |= heads.keys() | {head.chain for head in expected}
    return [
        _verified(connection, chain, heads.get(chain), {head.number: head for head in expected if head.chain == chain})
        for chain in sorted(chains)
        if only is None or chain == only
    ]


def _verified(connection: Connection, chain: int, head: Head | None, expected: Mapping[int, Head]) -> Proof:
    proof = Proof(chain)
    secrets = data_keys.AuditSecrets(connection)
    number, digest = 0, FIRST
    begun: datetime | None = None
    for line in _lines(connection, chain):
        begun = begun or line.at
        if line.number != number + 1:
            proof.fault(f"{_span(number + 1, line.number - 1)} not there any more")
        try:
            fits = digest_of(line._asdict(), digest, secrets[line.key]) == line.digest
        except CannotOpen as fault:
            proof.fault(f"line {line.number} can't be proved: {fault}")
            fits = True
        # After lines that are gone nothing can fit; that they are is told already.
        if not fits and line.number == number + 1:
            place = f"does not follow from line {number}" if number else "does not begin the chain"
            proof.fault(f"line {line.number} of {line.at:%Y-%m-%d %H:%M} UTC {place}: something here was changed")
        if (noted := expected.get(line.number)) is not None and noted.digest != line.digest:
            proof.fault(f"line {line.number} is not the one that was noted elsewhere")
        number, digest = line.number, line.digest
        proof.lines += 1
    proof.head = Head(chain, number, digest) if number else None
    _look_at_end(proof, head, number, digest, expected)
    _count_outside(connection, proof, begun)
    return proof


def _look_at_end(proof: Proof, head: Head | None, number: int, digest: str, expected: Mapping[int, Head]) -> None:
    if head is None:
        proof.fault("its end is not noted any more")
    elif head.number > number:
        proof.fault(f"{_span(number + 1, head.number)} not there any more")
    elif (head.number, head.digest) != (number, digest):
        proof.fault(f"its end is noted as line {head.number}, but line {number} is the last")
    for noted in expected.values():
        if noted.number > max(number, head.number if head else 0):
            proof.fault(f"it ends before line {noted.number}, which was noted elsewhere")


def _count_outside(connection: Connection, proof: Proof, begun: datetime | None) -> None:
    if begun is None:
        return
    is_of_chain = func.coalesce(AuditEntry.clinic_id, 0) == proof.chain
    outside = select(func.count(), func.min(AuditEntry.at)).where(
        is_of_chain, AuditEntry.number.is_(None), AuditEntry.at >= begun
    )
    proof.outside, proof.outside_since = connection.execute(outside).one()


def _lines(connection: Connection, chain: int) -> Iterator[Row[tuple[object, ...]]]:
    found = select(*columns()).where(AuditEntry.chain == chain, AuditEntry.number.is_not(None))
    yield from connection.execute(found.order_by(AuditEntry.number).execution_options(yield_per=_BATCH))


def _span(first: int, last: int) -> str:
    return f"line {first} is" if first == last else f"lines {first} to {last} are"
