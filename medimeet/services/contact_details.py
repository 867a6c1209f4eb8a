"""E-mail addresses, mobile numbers and usernames in the one spelling that is kept and compared."""

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

LONGEST_EMAIL = 254
LONGEST_USERNAME = 150
_EMAIL = re.compile(r"[^\s@\"(),:;<>\[\]\\]{1,64}@[^\s@\"(),:;<>\[\]\\_]+\.[^\s@\"(),:;<>\[\]\\_]{2,}")
_USERNAME = re.compile(r"[A-Za-z0-9._+@-]+")


def email(text: str) -> str:
    """The e-mail address in lower case. Raises ValueError, in words for the person."""
    address = unicodedata.normalize("NFC", text.strip()).lower()
    domain = address.rpartition("@")[2]
    is_sound = _EMAIL.fullmatch(address) and address.isprintable() and ".." not in address
    if not is_sound or address[0] == "." or ".@" in address or domain[0] in ".-" or domain[-1] in ".-":
        raise ValueError("Write the whole e-mail address, for example anna@example.com.")
    if len(address) > LONGEST_EMAIL:
        raise ValueError(f"This address is too long. Use one of at most {LONGEST_EMAIL} characters.")
    return address


def mobile(text: str, country: str | None) -> str:
    """The number in E.164; one without a country code is read in `country` (two letters).

    Raises ValueError, in words with an example.
    """
    try:
        number = phonenumbers.parse(text.strip()[:40], country)
    except NumberParseException:
        raise ValueError(advice(country)) from None
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise ValueError(advice(country))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def advice(country: str | None) -> str:
    """How to write a phone number there, with an example."""
    example = country and phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    if not example:
        return "Write the number with its country code, for example +44 7400 123456."
    national = phonenumbers.format_number(example, PhoneNumberFormat.NATIONAL)
    international = phonenumbers.format_number(example, PhoneNumberFormat.INTERNATIONAL)
    return f"Write a whole phone number, for example {national}, or with its country code, {international}."


@lru_cache(maxsize=4096)
def readable_phone(text: str) -> str:
    """A phone number as people read it, '+44 20 7946 0123'; what is no whole number stays as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(text), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return text


def national_digits(text: str, country: str | None) -> str:
    """The digits that all spellings of a phone number end with: without country code, signs and a leading zero."""
    try:
        return str(phonenumbers.parse(text.strip()[:40], country).national_number)
    except NumberParseException:
        return re.sub(r"[^0-9]", "", text).lstrip("0")


def username(text: str) -> str:
    """The username without blanks around it. Raises ValueError, in words for the person."""
    name = text.strip()
    if len(name) > LONGEST_USERNAME:
        raise ValueError(f"Use at most {LONGEST_USERNAME} characters.")
    if not _USERNAME.fullmatch(name):
        raise ValueError("Use letters from A to Z, digits, and the signs . _ - + @, without spaces.")
    return name
