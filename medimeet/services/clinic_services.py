"""What the clinic offers beside treatments, such as a car park or vaccinations, for its public pages."""

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, select

from medimeet.db import db
from medimeet.errors import NotFound
from medimeet.models import ClinicService
from medimeet.services import audit, people
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.new_picture import NewPicture
from medimeet.services.search import any_part, fold
from medimeet.writing import command


def find(actor: Actor, service_id: int) -> ClinicService:
    """A service that the actor's clinic offers. Raises NotFound."""
    service = db.session.scalar(_offered(actor).where(ClinicService.id == service_id))
    if service is None:
        raise NotFound("We can't find this service.")
    return service


def offered(actor: Actor) -> list[ClinicService]:
    """Every service that the clinic offers, by name."""
    return list(db.session.scalars(_offered(actor)))


def listed(actor: Actor, *, search: str = "", page: int = 1, per_page: int = 25) -> Pagination:
    """One page of the clinic's services, by name. `search` is any part of name or description."""
    query = _offered(actor).where(any_part(search, ClinicService.name, ClinicService.description))
    return db.paginate(query, page=page, per_page=per_page, error_out=False)


@command
def add(actor: Actor, *, name: str, description: str = "", picture: NewPicture | None = None) -> ClinicService:
    """A new service of the clinic. Raises InvalidInput, NotAllowed."""
    people.refuse_non_admin(actor)
    service = ClinicService(clinic_id=actor.clinic.id)
    _fill(actor, service, name, description, picture)
    db.session.add(service)
    db.session.flush()
    audit.note(actor, "added", "service", service.id)
    return service


@command
def change(
    actor: Actor,
    service_id: int,
    *,
    name: str | None = None,
    description: str | None = None,
    picture: NewPicture | None = None,
) -> ClinicService:
    """The service with new words and a new picture; what is None stays. Raises InvalidInput, NotFound, NotAllowed."""
    people.refuse_non_admin(actor)
    service = find(actor, service_id)
    name = service.name if name is None else name
    _fill(actor, service, name, service.description if description is None else description, picture)
    audit.note(actor, "changed", "service", service.id)
    return service


@command
def remove(actor: Actor, service_id: int) -> ClinicService:
    """Stops offering the service; its row stays. Raises NotFound, NotAllowed."""
    people.refuse_non_admin(actor)
    service = find(actor, service_id)
    service.is_active = False
    audit.note(actor, "removed", "service", service.id)
    return service


def _offered(actor: Actor) -> Select[ClinicService]:
    return (
        select(ClinicService)
        .where(ClinicService.clinic_id == actor.clinic.id, ClinicService.is_active)
        .order_by(fold(ClinicService.name), ClinicService.id)
    )


def _fill(actor: Actor, service: ClinicService, name: str, description: str, picture: NewPicture | None) -> None:
    answers = Answers()
    if picture is not None:
        picture.show(service, answers)  # first of all, since it reads the row anew
    with db.session.no_autoflush:
        others = db.session.scalars(_offered(actor).where(ClinicService.id != (service.id or 0)))
        taken = {other.name.casefold() for other in others}
    service.name = answers.line("name", name, 120, "Write the name of the service, for example Vaccinations.")
    if service.name.casefold() in taken:
        answers.fault("name", f"There is already a service called {service.name}. Choose another name.")
    service.description = answers.text("description", description, 2000)
    answers.check()
