"""Origins of web pages, as browsers name them: scheme, host and port (RFC 6454)."""

import re
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_ADVICE = "Write it as browsers show it, for example https://www.my-clinic.example"


def read_origin(text: str) -> str:
    """The origin that a person means, spelled as browsers do: lower case, without a usual port, a path or a slash.

    Raises ValueError, with words, for what is no address of a site.
    """
    typed = text.strip().lower()
    try:
        parts = urlsplit(typed)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:  # a port that is none, a bracket too many, a name too long
        raise ValueError(f"“{text.strip()}” is no address of a site. {_ADVICE}.") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError(f"“{text.strip()}” must begin with https:// or http://. {_ADVICE}.")
    host = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(host) or parts.username is not None or parts.password is not None:
        raise ValueError(f"“{text.strip()}” names no single site. {_ADVICE}.")
    if parts.path not in {"", "/"} or parts.query or parts.fragment or typed.endswith(("?", "#")):
        raise ValueError(f"“{text.strip()}” names a page. Leave out what follows the site's name. {_ADVICE}.")
    if port in {None, _DEFAULT_PORTS[parts.scheme]}:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{port}"


def is_origin(text: str) -> bool:
    """Whether the text is an origin, spelled as browsers do."""
    try:
        return read_origin(text) == text
    except ValueError:
        return False
