"""The commands about what must not be read or changed unseen: the keys of health data, and the audit log."""

import sys
from collections.abc import Callable
from typing import TypeVar

import click

from medimeet import key_file
from medimeet.cli import application, command, require_newest
from medimeet.db import db
from medimeet.errors import InstallationFault
from medimeet.gateways.conversation_store import StoreAway
from medimeet.sealing import key_ring
from medimeet.services import audit_proof, data_keys, sealed_texts
from medimeet.services.audit_proof import Head, Proof

T = TypeVar("T")
_MONGODB_AWAY = "MongoDB can't be reached, and it keeps texts that are sealed, too. Try again when it answers."


@click.group("keys")
def keys() -> None:
    """Look after the keys that seal health data."""


@command("status")
def keys_status() -> None:
    """Say how many texts each key seals, place by place."""
    with application().app_context():
        require_newest()
        ring = key_ring()
        click.echo(f"{'place':<40} {'key':<20} texts")
        for use in _told(sealed_texts.uses):
            for name, number in sorted(use.texts.items()):
                click.echo(f"{use.place:<40} {name:<20} {number}")
        where = ring.file or "MEDIMEET_DATA_KEYS"
        click.echo(f"{ring.newest} seals, and {len(ring.names) - 1} older ones open. They are kept in {where}.")


@command("rotate")
def keys_rotate() -> None:
    """Make a new key and seal everything with it, while people work."""
    with application().app_context():
        require_newest()
        _told(lambda: data_keys.rotate(click.echo))


@command("retire")
@click.argument("name")
def keys_retire(name: str) -> None:
    """Take the key NAME out of use; refused while it still seals a text."""
    with application().app_context():
        require_newest()
        click.echo(_told(lambda: data_keys.retire(name)))


@command("new")
def keys_new() -> None:
    """Print a new key, for MEDIMEET_DATA_KEYS. Nothing is changed."""
    click.echo(key_file.new_key())


for each in (keys_status, keys_rotate, keys_retire, keys_new):
    keys.add_command(each)


@click.group("audit")
def audit() -> None:
    """Look after the audit log."""


@command("verify")
@click.option("--clinic", "chain", type=int, help="Only this clinic's chain, by its id; 0 for what is no clinic's.")
@click.option(
    "--expect", "noted", multiple=True, metavar="CHAIN:NUMBER:DIGEST", help="An end that was printed earlier."
)
def audit_verify(chain: int | None, noted: tuple[str, ...]) -> None:
    """Read the audit log through: whether each line is there, in its place and as it was written.

    Prints each chain's end. Note them where nobody who can write to the database can change them; with --expect a later
    run finds whether the log was cut off before them.
    """
    with application().app_context():
        require_newest()
        with db.engine.connect() as connection:
            proofs = audit_proof.verify(connection, chain, tuple(map(_head, noted)))
    for proof in proofs:
        _print(proof)
    if not proofs:
        click.echo("No line stands in a chain, so nothing is proved. If people worked here, somebody removed them.")
    if not all(proof.is_whole for proof in proofs):
        sys.exit(1)


audit.add_command(audit_verify)


def _print(proof: Proof) -> None:
    name = f"clinic {proof.chain}" if proof.chain else "no clinic"
    end = f", ends with {proof.head}" if proof.head else ""
    click.echo(f"{'✓' if proof.is_whole else '✗'} {name}: {proof.lines} lines{end}")
    for words in [*proof.faults, *([f"and {proof.more_faults} more faults"] if proof.more_faults else [])]:
        click.echo(f"  {words}")
    if proof.outside:
        since = f"{proof.outside_since:%Y-%m-%d %H:%M} UTC"
        click.echo(
            f"  {proof.outside} lines outside the chain since {since}: an older version ran beside this one, or "
            "somebody wrote them by hand"
        )


def _head(text: str) -> Head:
    try:
        return Head.read(text)
    except ValueError:
        words = f"“{text}” is no end of a chain. Write it as it was printed: CHAIN:NUMBER:DIGEST."
        raise click.UsageError(words) from None


def _told(work: Callable[[], T]) -> T:
    try:
        return work()
    except StoreAway:
        raise InstallationFault(_MONGODB_AWAY) from None
