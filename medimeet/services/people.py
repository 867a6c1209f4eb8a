"""What is told of a person, whoever writes it down: the person, or the clinic's admin."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from medimeet import clock
from medimeet.db import db
from medimeet.domain.ages import age_on
from medimeet.domain.statuses import Role
from medimeet.errors import InvalidInput, NotAllowed, NotFound
from medimeet.models import Account, Clinic
from medimeet.services import accounts, audit, new_picture, notifications
from medimeet.services.access import Actor
from medimeet.services.answers import Answers
from medimeet.services.new_picture import NewPicture
from medimeet.writing import command

GENDERS = {"female": "Female", "male": "Male", "other": "Other"}
_GENDER = f"Choose one of {', '.join(GENDERS)}."
_FIRST_NAME = "Enter the first name."
_BORN = "Write the day of birth, with a year between 1900 and now."
_FOR_STAFF = {
    accounts.TAKEN["username"]: "Somebody in the clinic already has this username. Choose another one.",
    accounts.TAKEN["email"]: "Somebody in the clinic already has this e-mail, perhaps a person who was removed. Look "
    "for them in the lists, or use another e-mail.",
    accounts.TAKEN[
        "mobile"
    ]: "Somebody in the clinic already has this mobile number, perhaps a person who was removed. "
    "Look for them in the lists, or use another number.",
}


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """Names, ways to reach the person, what identifies them. Without a username one is made up or kept."""

    first_name: str
    last_name: str = ""
    email: str | None = None
    mobile: str | None = None
    username: str | None = None
    gender: str = ""
    date_of_birth: date | None = None
    address: str = ""
    bio: str = ""


def details_of(account: Account) -> PersonDetails:
    """What is known of the person now, to be written back with changes."""
    return PersonDetails(
        first_name=account.first_name,
        last_name=account.last_name,
        email=account.email,
        mobile=account.mobile_as_sent or account.mobile,
        username=account.username,
        gender=account.gender,
        date_of_birth=account.date_of_birth,
        address=account.address,
        bio=account.bio,
    )


def age_of(account: Account) -> int | None:
    """Whole years of age, by the day of birth, else as the person said; None where neither is known."""
    if account.date_of_birth is None or account.clinic is None:
        return account.stated_age
    return age_on(account.date_of_birth, clock.today(account.clinic.zone))


def add(clinic: Clinic, role: Role, details: PersonDetails, answers: Answers) -> Account:
    """A new account with these details, in the running command. Who has a username needs no name.

    Raises InvalidInput with every fault of `answers`.
    """
    read = _read(clinic, details, answers)
    answers.line("first_name", details.first_name, 100, None if details.username else _FIRST_NAME)
    account = accounts.add_account(
        clinic,
        role,
        answers,
        first_name=details.first_name,
        last_name=details.last_name,
        email=details.email,
        mobile=details.mobile,
        username=details.username,
    )
    _write(account, read)
    return account


def change(account: Account, clinic: Clinic, details: PersonDetails, answers: Answers) -> None:
    """Writes the details into the account, in the running command; a new e-mail gets a link.

    Who has a first name keeps one; programs register people without. Raises InvalidInput with every fault of `answers`.
    """
    old_email, old_mobile = account.email, account.mobile
    read = _read(clinic, details, answers)
    needed = _FIRST_NAME if account.first_name else None
    with db.session.no_autoflush:  # what is wrong must not reach the database before it is told
        account.first_name = answers.line("first_name", details.first_name, 100, needed)
        account.last_name = answers.line("last_name", details.last_name, 100)
        if details.username:
            accounts.write_username(account, details.username, answers)
        accounts.write_email(account, details.email, answers)
        accounts.write_mobile(account, details.mobile, clinic.country, answers)
        answers.check()
    _write(account, read)
    accounts.keep(account)
    if account.email and account.email != old_email:
        mail_first_link(account)
    if (account.email, account.mobile) != (old_email, old_mobile):
        notifications.tell_reached_otherwise(account, old_email)


@command
def change_own(actor: Actor, details: PersonDetails) -> Account:
    """The actor's own account with new details. Raises InvalidInput."""
    change(actor.person, actor.clinic, details, Answers())
    audit.note(actor, "changed", "account", actor.person.id)
    return actor.person


def mail_first_link(account: Account) -> None:
    """Mails what the person needs next, in the running command: a link to set the first password, or to verify."""
    if account.credential is None:
        accounts.mail_first_password(account)
    else:
        accounts.mail_verification(account)


def set_picture(actor: Actor, account: Account, sent: bytes | None) -> None:
    """Shows the sent picture for a person, or none; one's own, or anybody's of the clinic for its admin.

    Raises InvalidInput for `picture`, NotAllowed.
    """
    _refuse_others(actor, account)
    with new_picture.kept(sent) as picture:
        _write_picture(actor, account.id, picture)


@contextmanager
def in_staff_words() -> Iterator[None]:
    """Says that a name or number is taken as one says it to the clinic's staff, not to the person."""
    try:
        yield
    except InvalidInput as error:
        faults = {field: [_FOR_STAFF.get(words, words) for words in said] for field, said in error.faults.items()}
        raise InvalidInput(faults) from None


def refuse_non_admin(actor: Actor) -> None:
    """Raises NotAllowed unless the actor runs the clinic."""
    if not actor.is_admin:
        raise NotAllowed("Only the clinic's admin can do this.")


def refuse_to_remove(actor: Actor, account: Account) -> None:
    """Raises NotAllowed where removing the person would leave the clinic without whoever runs it."""
    if not account.is_staff:
        return
    if account.id == actor.person.id:
        raise NotAllowed("You can't remove your own account. Ask another admin of the clinic to do it.")
    raise NotAllowed(f"{account.full_name} runs the clinic, so the account can't be removed here.")


@command
def _write_picture(actor: Actor, account_id: int, picture: NewPicture) -> None:
    account = db.session.get(Account, account_id)
    if account is None:
        raise NotFound("We can't find this person.")
    answers = Answers()
    picture.show(account, answers)
    answers.check()
    audit.note(actor, "changed the picture of", "account", account.id)


def _refuse_others(actor: Actor, account: Account) -> None:
    is_own = account.id == actor.person.id
    if not is_own and not (actor.is_admin and account.clinic_id == actor.clinic.id):
        raise NotAllowed("You can change your own picture only.")


def _read(clinic: Clinic, details: PersonDetails, answers: Answers) -> dict[str, object]:
    return {
        "gender": answers.one_of("gender", details.gender, GENDERS, _GENDER),
        "date_of_birth": answers.past_day("date_of_birth", details.date_of_birth, clock.today(clinic.zone), _BORN),
        "address": answers.text("address", details.address, 500),
        "bio": answers.text("bio", details.bio, 2000),
    }


def _write(account: Account, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(account, name, value)
