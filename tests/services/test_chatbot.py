"""A clinic's chatbot: its public token, and the sites that it may stand on."""

from typing import Any

import jwt
import pytest
import time_machine
from sqlalchemy import update

from medimeet.db import db
from medimeet.errors import InvalidInput, NotAllowed, NotFound, NotSignedIn
from medimeet.models import AuditEntry, Clinic
from medimeet.services import chatbot, tokens
from tests import factories
from tests.factories import actor_of


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def test_a_token_names_its_clinic_and_nothing_more(clinic: Clinic) -> None:
    token = chatbot.issue_token(clinic)
    assert chatbot.clinic_of_token(token) == clinic
    assert set(claims_of(token)) == {"iss", "aud", "iat", "exp", "clinic", "generation"}


def test_a_token_ends_after_its_minutes(clinic: Clinic, frozen_clock: time_machine.Traveller) -> None:
    token = chatbot.issue_token(clinic)
    frozen_clock.shift(120 * 60 - 1)
    assert chatbot.clinic_of_token(token) == clinic
    frozen_clock.shift(2)
    with pytest.raises(NotSignedIn):
        chatbot.clinic_of_token(token)


def test_a_clinic_ends_every_token_that_is_out_and_new_ones_work(clinic: Clinic) -> None:
    admin = actor_of(factories.make_admin(clinic), clinic)
    old = chatbot.issue_token(clinic)
    chatbot.renew_token(admin)
    with pytest.raises(NotSignedIn):
        chatbot.clinic_of_token(old)
    assert chatbot.clinic_of_token(chatbot.issue_token(clinic)) == clinic
    assert db.session.query(AuditEntry).filter_by(subject="chatbot", deed="renewed token").count() == 1


def test_nothing_works_while_the_chat_is_switched_off(clinic: Clinic) -> None:
    admin = actor_of(factories.make_admin(clinic), clinic)
    token = chatbot.issue_token(clinic)
    chatbot.switch(admin, enabled=False)
    with pytest.raises(NotSignedIn):
        chatbot.clinic_of_token(token)
    with pytest.raises(NotAllowed):
        chatbot.issue_token(clinic)


def test_a_persons_token_is_no_chatbots_and_a_chatbots_is_nobodys(clinic: Clinic) -> None:
    person = tokens.issue_pair(factories.make_patient(clinic).account)
    for token in (person.access, person.refresh):
        with pytest.raises(NotSignedIn):
            chatbot.clinic_of_token(token)
    with pytest.raises(NotSignedIn):
        tokens.account_of_access(chatbot.issue_token(clinic))
    forged = claims_of(person.access) | {"aud": chatbot.AUDIENCE, "clinic": clinic.id, "generation": 1}
    with pytest.raises(NotSignedIn):
        chatbot.clinic_of_token(jwt.encode(forged, tokens.signing_key(), "HS256"))


@pytest.mark.parametrize("token", ["", "abc", "a.b.c", "\x00", "\ud800.a.b", "x" * 5000])
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_is_no_token_is_refused(clinic: Clinic, token: str) -> None:
    with pytest.raises(NotSignedIn):
        chatbot.clinic_of_token(token)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_clinic_that_does_not_exist_is_not_found(clinic: Clinic) -> None:
    with pytest.raises(NotFound):
        chatbot.find_clinic(clinic.id + 1)


def test_only_listed_sites_are_welcome_and_without_a_list_any(clinic: Clinic) -> None:
    admin = actor_of(factories.make_admin(clinic), clinic)
    assert chatbot.is_welcome(clinic, "https://anywhere.example")
    chatbot.list_sites(admin, ["https://WWW.clinic.example/", "", "https://www.clinic.example:443"])
    assert clinic.chatbot_origins == ["https://www.clinic.example"]
    assert chatbot.is_welcome(clinic, "https://www.clinic.example")
    assert chatbot.is_welcome(clinic, None)
    for other in (
        "null",
        "http://www.clinic.example",
        "https://clinic.example",
        "https://www.clinic.example.evil.example",
    ):
        assert not chatbot.is_welcome(clinic, other)


def test_every_wrong_site_is_named_and_nothing_is_changed(clinic: Clinic) -> None:
    admin = actor_of(factories.make_admin(clinic), clinic)
    with pytest.raises(InvalidInput) as refused:
        chatbot.list_sites(admin, ["clinic.example", "https://good.example", "https://a.example/b"])
    assert [words.split("”")[0] for words in refused.value.faults["origins"]] == [
        "“clinic.example",
        "“https://a.example/b",
    ]
    db.session.expire_all()
    assert clinic.chatbot_origins == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_only_who_runs_the_clinic_changes_its_chatbot(clinic: Clinic) -> None:
    for person in (factories.make_patient(clinic).account, factories.make_doctor(clinic).account):
        with pytest.raises(NotAllowed):
            chatbot.switch(actor_of(person, clinic), enabled=False)
        with pytest.raises(NotAllowed):
            chatbot.list_sites(actor_of(person, clinic), [])
        with pytest.raises(NotAllowed):
            chatbot.renew_token(actor_of(person, clinic))


def test_two_admins_at_once_undo_nothing_of_one_another(clinic: Clinic) -> None:
    admin = actor_of(factories.make_admin(clinic), clinic)
    assert (clinic.chatbot_enabled, clinic.chatbot_origins) == (True, [])  # what this one's page was made of
    meanwhile = update(Clinic).values(chatbot_enabled=False, chatbot_origins=["no origin, in an old row"])
    with db.engine.begin() as another:
        another.execute(meanwhile.where(Clinic.id == clinic.id))
    chatbot.switch(admin, enabled=True)
    assert (clinic.chatbot_enabled, clinic.chatbot_origins) == (True, ["no origin, in an old row"])
    assert chatbot.sites(clinic) == []
