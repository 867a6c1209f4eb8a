"""A picture that somebody sends along with other answers: kept as a file, shown if the command is carried out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from medimeet import clock
from medimeet.config import shared_path
from medimeet.db import db
from medimeet.errors import InvalidInput
from medimeet.gateways import pictures
from medimeet.models import Account, ClinicService
from medimeet.services.answers import Answers

UPLOADS = "uploads"
_STRAY_AFTER = timedelta(days=1)  # by then the command that kept it has long ended


@dataclass(slots=True)
class NewPicture:
    """The name of its file, or what is wrong with it; with neither of them no picture is shown any more."""

    name: str | None = None
    fault: str | None = None
    replaced: str | None = None

    def show(self, row: Account | ClinicService, answers: Answers) -> None:
        """Shows it with the row, in the running command; a fault of `picture` goes to `answers`."""
        if self.fault is not None:
            answers.fault("picture", self.fault)
            return
        if row.id is not None:  # of two who send one at once, the second replaces the first one's
            db.session.get(type(row), row.id, with_for_update={"of": type(row)})
        self.replaced, row.picture = row.picture, self.name


@contextmanager
def kept(sent: bytes | None, size: tuple[int, int] = pictures.PORTRAIT) -> Iterator[NewPicture]:
    """What was sent (None: there shall be no picture), for a command inside, which is too short to read pictures.

    Its file goes away again if the command fails, the replaced one if it doesn't.
    """
    picture = _read(sent, size) if sent is not None else NewPicture()
    try:
        yield picture
    except BaseException:
        pictures.remove(picture.name, shared_path(UPLOADS))
        raise
    pictures.remove(picture.replaced, shared_path(UPLOADS))


def remove_strays() -> int:
    """Deletes pictures that no row shows, left by a process that was killed before it could; how many."""
    strays = set(pictures.names(shared_path(UPLOADS), until=clock.now() - _STRAY_AFTER))
    for model in (Account, ClinicService):
        strays -= set(db.session.scalars(select(model.picture).where(model.picture.is_not(None))))
    db.session.rollback()
    for name in strays:
        pictures.remove(name, shared_path(UPLOADS))
    return len(strays)


def _read(sent: bytes, size: tuple[int, int]) -> NewPicture:
    try:
        return NewPicture(name=pictures.keep(sent, shared_path(UPLOADS), size))
    except InvalidInput as error:
        return NewPicture(fault=error.words)
