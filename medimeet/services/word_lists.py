"""The clinic's own lists of words that describe its doctors: specialties, designations, languages."""

import re
import unicodedata
from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from medimeet.db import db
from medimeet.errors import InvalidInput, NotFound
from medimeet.models import Designation, Language, Specialty
from medimeet.services import audit, people
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.search import fold
from medimeet.writing import command

Word = TypeVar("Word", Specialty, Designation, Language)

LISTS: dict[str, type[Specialty] | type[Designation] | type[Language]] = {
    "specialties": Specialty,
    "designations": Designation,
    "languages": Language,
}
_SLUG = re.compile(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*")
_LONGEST = {Specialty: 120, Designation: 120, Language: 60}


def of_clinic(actor: Actor, kind: type[Word]) -> list[Word]:
    """Every word of one list, by name."""
    return list(db.session.scalars(select(kind).where(kind.clinic_id == actor.clinic.id).order_by(fold(kind.name))))


def chosen(kind: type[Word], clinic_id: int, ids: Iterable[int], field: str, answers: Answers) -> list[Word]:
    """The words of the clinic's list with these ids, by name; a fault goes to `answers` where one is not in it."""
    wanted = set(ids)
    if not wanted:
        return []
    query = select(kind).where(kind.clinic_id == clinic_id, kind.id.in_(wanted)).order_by(kind.name)
    found = list(db.session.scalars(query))
    if len(found) != len(wanted):
        answers.fault(field, "Choose from the list.")
    return found


@command
def add(actor: Actor, kind: type[Word], name: str, slug: str = "") -> Word:
    """A new word of a list; its slug is made of the name unless one is given.

    Raises InvalidInput for `name` or `slug`, also where one is in the list already; NotAllowed.
    """
    people.refuse_non_admin(actor)
    word = kind(clinic_id=actor.clinic.id)
    _write(word, name, slug)
    db.session.add(word)
    _keep(word)
    audit.note(actor, "added", kind.__tablename__, word.id)
    return word


@command
def rename(actor: Actor, kind: type[Word], word_id: int, name: str) -> Word:
    """The word under another name, wherever doctors use it. Raises InvalidInput, NotAllowed, NotFound."""
    people.refuse_non_admin(actor)
    word = find(actor, kind, word_id)
    _write(word, name)
    _keep(word)
    audit.note(actor, "changed", kind.__tablename__, word.id)
    return word


@command
def remove(actor: Actor, kind: type[Word], word_id: int) -> str:
    """Takes a word out of its list and from every doctor who had it; its name. Raises NotAllowed, NotFound."""
    people.refuse_non_admin(actor)
    word = find(actor, kind, word_id)
    db.session.delete(word)
    audit.note(actor, "removed", kind.__tablename__, word_id)
    return word.name


def slug_of(name: str) -> str:
    """The name in small plain letters with dashes, as addresses and contracts use it."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[\W_]+", "-", "".join(sign for sign in plain if not unicodedata.combining(sign))).strip("-")


def find(actor: Actor, kind: type[Word], word_id: int) -> Word:
    """A word of one of the clinic's lists. Raises NotFound."""
    word = db.session.scalar(select(kind).where(kind.id == word_id, kind.clinic_id == actor.clinic.id))
    if word is None:
        raise NotFound("We can't find this entry. Perhaps somebody else has removed it.")
    return word


def _write(word: Specialty | Designation | Language, name: str, slug: str = "") -> None:
    answers = Answers()
    word.name = answers.line("name", name, _LONGEST[type(word)], "Write the name of the new entry.")
    if not isinstance(word, Language):
        word.slug = answers.line("slug", slug, 120) or slug_of(word.name)[:120]
        if slug.strip() and not _SLUG.fullmatch(word.slug):
            answers.fault("slug", "Use letters from A to Z and digits, with dashes between them: heart-surgeon.")
        elif not word.slug:
            answers.fault("name", "Use letters or digits in the name.")
    answers.check()


def _keep(word: Specialty | Designation | Language) -> None:
    try:
        db.session.flush()
    except IntegrityError:
        if not isinstance(word, Language) and word.slug != slug_of(word.name)[:120]:
            raise InvalidInput({"slug": f"Another entry has the slug {word.slug}. Choose another one."}) from None
        raise InvalidInput({"name": f"{word.name} is in the list already."}) from None
