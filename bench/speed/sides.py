"""What one section of the table compares: MediMeet on a place, and the applications beside it on the same slots."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.speed.asking import Free, Lookups
from bench.speed.places import Place, RawServer, Server
from bench.speed.recorded import record

FRAGMENT = "slot page"


@dataclass(frozen=True)
class Bare:
    """The bare routes' database, and the slots that are free in it."""

    database: str
    free: Free


@dataclass(frozen=True)
class Sides:
    """The servers on one place, each with the slots that are free in its own database."""

    here: Place
    ours: Server
    free: Free
    bare: Server
    bare_free: Free
    raw: RawServer
    raw_free: Free

    @property
    def asked(self) -> Lookups:
        """What all of them are asked."""
        return Lookups(self.here)


@contextmanager
def bare_beside(here: Place, free: Free) -> Iterator[Bare]:
    """A bare database for all sections on the place."""
    with here.bare_database() as database:
        yield Bare(database, free.beside())


@contextmanager
def serving(here: Place, free: Free, bare: Bare, workers: int) -> Iterator[Sides]:
    """All sides with so many workers each; the copy for raw SQL is of the place as it is now."""
    asked = Lookups(here)
    pages = record(here, asked.our_pages() | {FRAGMENT: asked.our_fragments()[0]})
    with (
        here.raw_served(workers, pages) as raw,
        here.served(workers) as ours,
        here.bare_served(bare.database, workers) as bare_server,
    ):
        yield Sides(here, ours, free, bare_server, bare.free, raw, free.beside())
