import pytest

from medimeet.domain.passwords import common_passwords, normalised, password_fault

OWN_WORDS = ["riverside-patient", "Asha.Rao@clinic.example", "Asha", "Ramanujan", ""]


@pytest.mark.parametrize(
    "password",
    [
        "medimeet-demo",
        "seven wet hats",
        "correct horse battery",
        "        x",
        "😀" * 64,
        "ü" * 128,
        "пароль-кошка",
        "密码密码密码密码",
        "Xk3!9f_Q",
        "asha has seven hats",
        "riverside hats",
        "ramanujan's theorem",
    ],
)
def test_a_password_of_ones_own_is_taken_whatever_it_is_made_of(password: str) -> None:
    assert password_fault(password, OWN_WORDS) is None


@pytest.mark.parametrize("password", ["", "123", "1234567", "😀" * 7, "ﬁ" * 3, "u\u0308" * 7])
def test_a_short_one_is_refused(password: str) -> None:
    assert password_fault(password, OWN_WORDS) == "Use at least 8 characters."


@pytest.mark.parametrize("password", ["x" * 129, "x" * 1_000_000, "ﷺ" * 8])
def test_a_very_long_one_is_refused_at_once(password: str) -> None:
    assert password_fault(password, OWN_WORDS) == "Use at most 128 characters."


def test_a_long_spelling_of_a_password_that_is_short_enough_is_taken() -> None:
    assert password_fault("u\u0308" * 128, []) is None


@pytest.mark.parametrize(
    "password",
    ["password", "PASSWORD", "Password1", "P@ssw0rd", "12345678", "qwertyuiop", "iloveyou", "trustno1", "Summer2026!"]
    + ["1qaz2wsx", "aaaaaaaa", "11111111", "medimeet1", "ｐａｓｓｗｏｒｄ", " password ", "        "],
)
def test_one_that_everybody_uses_is_refused(password: str) -> None:
    assert "easily guessed" in str(password_fault(password, OWN_WORDS))


@pytest.mark.parametrize(
    "password",
    ["riverside-patient", "Riverside-Patient", "riverside-patient1", "2026 Ramanujan!", "ramanujan1988"]
    + ["asha.rao", "asha.rao@clinic.example", "ASHA.RAO-88", "asha-ramanujan-1988", "ramanujan asha"],
)
def test_ones_own_name_with_a_few_digits_is_refused(password: str) -> None:
    assert "your name" in str(password_fault(password, OWN_WORDS))


@pytest.mark.parametrize("password", ["seven\x00hats!", "seven\nhats!!", "seven hats \ud800"])
def test_what_no_keyboard_types_is_refused(password: str) -> None:
    assert "can be typed" in str(password_fault(password, OWN_WORDS))


def test_a_short_name_may_be_part_of_a_password() -> None:
    assert password_fault("asha1988!", ["Asha"]) is None


def test_at_least_three_thousand_common_passwords_are_known_and_all_could_be_typed_here() -> None:
    known = common_passwords()
    assert len(known) >= 3000
    assert all(len(password) >= 8 and password == normalised(password).casefold().strip() for password in known)


def test_a_password_is_the_same_on_every_keyboard() -> None:
    assert normalised("u\u0308ber") == normalised("über") == "über"
