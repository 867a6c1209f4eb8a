"""Origins of sites, as people type them and as browsers name them."""

import pytest

from medimeet.domain.origins import read_origin


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://www.clinic.example", "https://www.clinic.example"),
        (" HTTPS://WWW.Clinic.Example/ ", "https://www.clinic.example"),
        ("https://clinic.example:443", "https://clinic.example"),
        ("http://clinic.example:80", "http://clinic.example"),
        ("http://clinic.example:443", "http://clinic.example:443"),
        ("https://clinic.example:8443", "https://clinic.example:8443"),
        ("http://localhost:8001", "http://localhost:8001"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001"),
        ("http://[::1]:8001", "http://[::1]:8001"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_a_site_is_kept_as_browsers_name_it(typed: str, origin: str) -> None:
    assert read_origin(typed) == origin


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("www.clinic.example", "must begin with https://"),
        ("null", "must begin with https://"),
        ("ftp://clinic.example", "must begin with https://"),
        ("javascript:alert(1)", "must begin with https://"),
        ("https://clinic.example/contact", "names a page"),
        ("https://clinic.example?", "names a page"),
        ("https://clinic.example/#top", "names a page"),
        ("https://", "names no single site"),
        ("https://*.clinic.example", "names no single site"),
        ("*", "must begin with https://"),
        ("https://anna:secret@clinic.example", "names no single site"),
        ("https://clinic.example evil.example", "names no single site"),
        ("https://clinic.example; script-src *", "names no single site"),
        ("https://clinic.example:port", "no address of a site"),
        ("https://clinic.example:99999", "no address of a site"),
        ("https://[::1", "no address of a site"),
        (f"https://{'a' * 70}.example", "no address of a site"),
    ],
)
def test_what_is_no_site_is_refused_with_words_that_say_how_to_write_it(typed: str, advice: str) -> None:
    with pytest.raises(ValueError, match=r"https://www\.my-clinic\.example") as refused:
        read_origin(typed)
    assert advice in str(refused.value)
