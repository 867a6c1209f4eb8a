"""Whether a MongoDB may be entrusted with what people say: not one that anybody on the network could read."""

import ipaddress
from urllib.parse import urlsplit

from medimeet.config import BadSetting

_OPEN_TO_ALL = (
    "MEDIMEET_MONGODB_URI names a MongoDB that anybody on the network could read: it has no user and password. "
    "Write mongodb://user:password@host/medimeet?tls=true, or run MongoDB on this very machine."
)


def check_address(uri: str) -> None:
    """Nothing, where the log may be kept at `uri` (empty: nowhere). Raises BadSetting; asks nobody."""
    if not uri:
        return
    # Here, so that no clinic without MongoDB waits at each start for what speaks to one.
    from pymongo.errors import PyMongoError  # noqa: PLC0415

    try:
        if not _is_safe(uri):
            raise BadSetting(_OPEN_TO_ALL)
    except (PyMongoError, ValueError) as error:
        raise BadSetting(
            f"MEDIMEET_MONGODB_URI can't be read ({error}). Write it as mongodb://user:password@host/medimeet."
        ) from None


def _is_safe(uri: str) -> bool:
    """Whether a password or a certificate is asked for there, or it is this very machine."""
    from pymongo.uri_parser import parse_uri  # noqa: PLC0415

    if uri.startswith("mongodb+srv://"):  # its hosts stand in the DNS, which is not asked here
        parts = urlsplit(uri)
        return bool(parts.username) or "MONGODB-X509" in parts.query
    parts_of = parse_uri(uri)
    has_credentials = parts_of["username"] or parts_of["options"].get("authMechanism") == "MONGODB-X509"
    return bool(has_credentials) or all(_is_this_machine(host) for host, _port in parts_of["nodelist"])


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".sock")
