"""Codes by SMS: one minute, five tries, right once; within limits that no crowd gets round."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from medimeet.db import db
from medimeet.errors import InvalidInput, NotRegistered, TooManyTries, WrongCode
from medimeet.models import Account, AttemptCount, Clinic, Notification, OneTimeCode
from medimeet.services import accounts, delivery, one_time_codes
from medimeet.services.access import Actor
from medimeet.writing import command
from tests import factories
from tests.portal.people_pages import written

NUMBER = "07400 123456"
SPELLINGS = ("07400123456", "+44 7400 123456", "0044 7400 123456", " 07400-123-456 ")
ADDRESS = "192.0.2.1"


@pytest.fixture
def anna(clinic: Clinic) -> Account:
    return factories.make_patient(clinic, mobile="+447400123456", mobile_as_sent=NUMBER).account


def send(clinic: Clinic, number: str = NUMBER, address: str = ADDRESS) -> str:
    return one_time_codes.send(Actor(None, clinic), number, address)


def messages() -> list[Notification]:
    return list(db.session.scalars(select(Notification).order_by(Notification.id)))


def told_code() -> str:
    """The code of the newest SMS."""
    found = re.search(r"\b[0-9]{6}\b", messages()[-1].body)
    assert found is not None
    return found[0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def deliver() -> int:
    return delivery.deliver_due(delivery.gateways())


def test_a_right_code_signs_in_once_and_shows_that_the_number_is_theirs(clinic: Clinic, anna: Account) -> None:
    verification_id = send(clinic)
    code = told_code()
    assert one_time_codes.verify(NUMBER, verification_id, code).id == anna.id
    assert db.session.get_one(Account, anna.id).mobile_verified_at is not None
    with pytest.raises(WrongCode):
        one_time_codes.verify(NUMBER, verification_id, code)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_number_is_known_in_any_usual_spelling(clinic: Clinic, anna: Account, spelling: str) -> None:
    verification_id = send(clinic, spelling)
    assert one_time_codes.verify(NUMBER, verification_id, told_code()).id == anna.id


def test_a_code_that_lost_its_first_zeros_on_the_way_is_right(clinic: Clinic, anna: Account) -> None:
    verification_id = send(clinic)
    assert one_time_codes.verify(NUMBER, verification_id, told_code().lstrip("0")).id == anna.id


def test_after_five_wrong_codes_the_right_one_is_wrong_too(clinic: Clinic, anna: Account) -> None:
    verification_id = send(clinic)
    code = told_code()
    words = set()
    for tried in [wrong(code)] * 5 + [code]:
        with pytest.raises(WrongCode) as refused:
            one_time_codes.verify(NUMBER, verification_id, tried)
        words.add(refused.value.words)
    assert len(words) == 1
    assert db.session.scalar(select(OneTimeCode.tries)) == 5


def test_of_a_thousand_wrong_codes_at_once_five_are_looked_at(app: Flask, clinic: Clinic, anna: Account) -> None:
    verification_id = send(clinic)
    code = told_code()
    db.session.rollback()

    def guess(number: int) -> bool:
        with app.app_context():
            try:
                one_time_codes.verify(NUMBER, verification_id, f"{(int(code) + 1 + number) % 10**6:06}")
            except WrongCode:
                return False
            return True

    with ThreadPoolExecutor(25) as pool:
        assert not any(pool.map(guess, range(1000)))
    db.session.rollback()
    assert db.session.scalar(select(OneTimeCode.tries)) == 5
    looked_at = select(AttemptCount.count).where(AttemptCount.key.startswith("wrong code:"))
    assert db.session.scalars(looked_at).all() == [5]
    with pytest.raises(WrongCode):
        one_time_codes.verify(NUMBER, verification_id, code)


def test_of_many_who_send_the_right_code_at_once_one_gets_in(app: Flask, clinic: Clinic, anna: Account) -> None:
    verification_id = send(clinic)
    code = told_code()
    db.session.rollback()

    def try_it(_number: int) -> bool:
        with app.app_context():
            try:
                one_time_codes.verify(NUMBER, verification_id, code)
            except WrongCode:
                return False
            return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(try_it, range(30))) == 1


def test_a_code_lives_for_a_minute(clinic: Clinic, anna: Account, frozen_clock: time_machine.Traveller) -> None:
    verification_id = send(clinic)
    code = told_code()
    frozen_clock.shift(60)
    with pytest.raises(WrongCode):
        one_time_codes.verify(NUMBER, verification_id, code)
    verification_id = send(clinic)
    frozen_clock.shift(59)
    assert one_time_codes.verify(NUMBER, verification_id, told_code())


def test_a_newer_code_ends_the_older_and_neither_works_with_the_others_id(clinic: Clinic, anna: Account) -> None:
    first_id = send(clinic)
    first = told_code()
    second_id = send(clinic)
    second = told_code()
    for verification_id, code in ((first_id, first), (first_id, second), (second_id, wrong(second))):
        with pytest.raises(WrongCode):
            one_time_codes.verify(NUMBER, verification_id, code)
    assert one_time_codes.verify(NUMBER, second_id, second)


def test_a_code_works_for_its_own_number_alone(clinic: Clinic, anna: Account) -> None:
    factories.make_patient(clinic, mobile="+447400999999")
    verification_id = send(clinic)
    code = told_code()
    for number in ("07400 999999", "nobody", ""):
        with pytest.raises(WrongCode):
            one_time_codes.verify(number, verification_id, code)
    assert one_time_codes.verify(NUMBER, verification_id, code)


@pytest.mark.parametrize("change", [{"is_active": False}, {"mobile": "+447400999999"}, {"mobile": None}])
def test_a_code_ends_with_the_account_and_with_its_number(
    clinic: Clinic, anna: Account, change: dict[str, Any]
) -> None:
    verification_id = send(clinic)
    code = told_code()
    written(anna, **change)
    with pytest.raises(WrongCode):
        one_time_codes.verify(NUMBER, verification_id, code)


def test_what_is_kept_tells_no_code_to_who_lacks_the_key(app: Flask, clinic: Clinic, anna: Account) -> None:
    verification_id = send(clinic)
    code = told_code()
    row = db.session.scalars(select(OneTimeCode)).one()
    assert code not in f"{row.code_hash}{row.verification_id}{row.number}"
    app.config["SECRET_KEY"] = "another secret key, long enough too"
    with pytest.raises(WrongCode):
        one_time_codes.verify(NUMBER, verification_id, code)


def test_a_number_gets_three_codes_in_ten_minutes_and_a_refused_fourth_leaves_the_third(
    clinic: Clinic, anna: Account, frozen_clock: time_machine.Traveller
) -> None:
    verification_id = [send(clinic, spelling) for spelling in SPELLINGS[:3]][-1]
    code = told_code()
    with pytest.raises(TooManyTries) as refused:
        send(clinic, SPELLINGS[3])
    assert 595 <= refused.value.retry_after <= 601
    assert len(messages()) == 3
    assert one_time_codes.verify(NUMBER, verification_id, code)
    frozen_clock.shift(601)
    assert send(clinic)


def test_an_address_asks_for_so_many_codes_an_hour_known_or_not(app: Flask, clinic: Clinic, anna: Account) -> None:
    app.config.update(CODES=3, RATELIMIT_ENABLED=True)
    for number in range(2):
        with pytest.raises(NotRegistered):
            send(clinic, f"0740011122{number}")
    send(clinic)
    with pytest.raises(TooManyTries):
        send(clinic, "07400111229")
    with pytest.raises(TooManyTries):
        send(clinic)
    assert send(clinic, address="192.0.2.2")
    app.config["RATELIMIT_ENABLED"] = False
    with pytest.raises(NotRegistered):
        send(clinic, "07400111229")


def test_over_the_days_budget_no_sms_is_written(app: Flask, clinic: Clinic) -> None:
    app.config["CODES_A_DAY"] = 4
    for number in range(6):
        factories.make_patient(clinic, mobile=f"+44740012345{number}")
    for number in range(4):
        send(clinic, f"+44740012345{number}")
    for number in (4, 5, 0):
        with pytest.raises(TooManyTries) as refused:
            send(clinic, f"+44740012345{number}")
        assert refused.value.retry_after > 3600
        assert "call the clinic" in refused.value.words
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 4


def test_after_fifty_wrong_codes_in_a_day_none_of_the_account_is_looked_at(
    clinic: Clinic, anna: Account, frozen_clock: time_machine.Traveller
) -> None:
    for _ in range(10):
        verification_id = send(clinic)
        for _ in range(5):
            with pytest.raises(WrongCode):
                one_time_codes.verify(NUMBER, verification_id, wrong(told_code()))
        frozen_clock.shift(601)
    verification_id = send(clinic)
    with pytest.raises(TooManyTries):
        one_time_codes.verify(NUMBER, verification_id, told_code())
    frozen_clock.shift(24 * 3600)
    assert one_time_codes.verify(NUMBER, send(clinic), told_code())


def test_ones_own_clinic_comes_first_then_the_only_account_elsewhere(app: Flask, clinic: Clinic) -> None:
    far = factories.make_clinic(name="Hillside Dental", time_zone="Asia/Kolkata", country="IN")
    other = factories.make_clinic(name="Third", country="GB")
    both = [factories.make_patient(place, mobile="+447400123456").account for place in (clinic, other)]
    ravi = factories.make_patient(far, mobile="+918123456789").account
    assert verified(clinic, NUMBER) == both[0].id
    assert verified(other, NUMBER) == both[1].id
    for national in ("8123456789", "08123 456789"):
        assert verified(clinic, national) == ravi.id
    with pytest.raises(NotRegistered):
        send(far, "+44 7400 123456")


def verified(clinic: Clinic, number: str) -> int:
    verification_id = send(clinic, number)
    return one_time_codes.verify(number, verification_id, told_code()).id


@pytest.mark.parametrize("number", ["", "12", "nobody", "+44", "0" * 500, "٠٧٤٠٠", "07400 123456 ext 5"])
def test_what_is_no_number_is_told_with_an_example(clinic: Clinic, anna: Account, number: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        send(clinic, number)
    assert "07400 123456" in refused.value.faults["mobile"][0]


def test_who_has_gone_is_not_registered(clinic: Clinic, anna: Account) -> None:
    @command
    def leave() -> None:
        accounts.deactivate(Actor(anna, clinic), db.session.get_one(Account, anna.id))

    leave()
    with pytest.raises(NotRegistered):
        send(clinic)


def test_the_code_comes_by_sms_even_to_who_has_an_email_and_is_blanked_once_sent(clinic: Clinic, anna: Account) -> None:
    assert anna.email
    send(clinic)
    (sms,) = messages()
    assert (sms.channel, sms.recipient, sms.kind) == ("sms", "+447400123456", "one_time_code")
    assert re.fullmatch(
        r"Riverside Clinic: your code is \d{6}\. It works for 60 seconds\. Tell it to nobody\.", sms.body
    )
    assert deliver() == 1
    db.session.refresh(sms)
    assert (sms.state, sms.body) == ("sent", "")


def test_a_code_that_died_waiting_is_not_sent(
    clinic: Clinic, anna: Account, frozen_clock: time_machine.Traveller, outbox: Callable[[], int]
) -> None:
    send(clinic)
    frozen_clock.shift(60)
    deliver()
    (sms,) = messages()
    assert (sms.state, sms.body, outbox()) == ("canceled", "", 0)


def test_a_code_that_a_newer_one_killed_is_not_sent(clinic: Clinic, anna: Account, outbox: Callable[[], int]) -> None:
    for _ in range(3):
        send(clinic)
    deliver()
    assert [(sms.state, sms.body) for sms in messages()] == [("canceled", "")] * 2 + [("sent", "")]
    assert outbox() == 1


@pytest.fixture
def outbox(app: Flask, tmp_path: Any) -> Callable[[], int]:
    """How many messages have left."""
    app.config["DATA_DIR"] = str(tmp_path)
    return lambda: len(list((tmp_path / "outbox").rglob("*.json")))
