"""E-mail addresses, numbers and usernames in one spelling."""

import pytest

from medimeet.services import contact_details


@pytest.mark.parametrize(
    ("written", "country", "kept"),
    [
        ("07400 123456", "GB", "+447400123456"),
        ("+44 (0)7400-123456", "IN", "+447400123456"),
        ("0044 7400 123456", "GB", "+447400123456"),
        ("8123456789", "IN", "+918123456789"),
        ("081234 56789", "IN", "+918123456789"),
        (" +91 81234 56789 ", "GB", "+918123456789"),
    ],
)
def test_a_number_is_read_in_the_clinics_country(written: str, country: str, kept: str) -> None:
    assert contact_details.mobile(written, country) == kept


@pytest.mark.parametrize("written", ["12", "call me", "", "\x00", "+44", "1" * 1000, "07400 123456 ext. 5", "999"])
def test_what_is_no_number_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match=r"for example 07400 123456, or with its country code, \+44 7400 123456"):
        contact_details.mobile(written, "GB")


def test_without_a_country_the_number_needs_its_code() -> None:
    assert contact_details.mobile("+44 7400 123456", None) == "+447400123456"
    with pytest.raises(ValueError, match="with its country code"):
        contact_details.mobile("07400 123456", None)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Anna@Example.COM ", "anna@example.com"),
        ("o'neil+visits@people.example", "o'neil+visits@people.example"),
        ("a\u0308nna@people.example", "änna@people.example"),
        ("riverside-admin@clinic.example", "riverside-admin@clinic.example"),
    ],
)
def test_an_e_mail_is_kept_in_small_letters(written: str, kept: str) -> None:
    assert contact_details.email(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "anna",
        "anna@",
        "@example.com",
        "anna@localhost",
        "an na@example.com",
        "anna@exa mple.com",
        "anna@example..com",
        "anna@-example.com",
        "anna@example.com, eve@evil.example",
        "anna@example.com\r\nBcc: eve@evil.example",
        "Anna <anna@example.com>",
        '"anna"@example.com',
        "anna@eve@example.com",
        "anna\x00@example.com",
        "anna\u202e@example.com",
        "a" * 300 + "@example.com",
    ],
)
def test_what_is_no_e_mail_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(ValueError, match="anna@example.com"):
        contact_details.email(written)


def test_a_username_is_made_of_plain_signs() -> None:
    assert contact_details.username(" anna.bell-2 ") == "anna.bell-2"
    for wrong in ("", "anna bell", "änna", "anna\n", "<b>", "anna\x00"):
        if wrong.strip() == wrong:
            with pytest.raises(ValueError, match="letters from A to Z"):
                contact_details.username(wrong)
    with pytest.raises(ValueError, match="at most 150 characters"):
        contact_details.username("a" * 151)
