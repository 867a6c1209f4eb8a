"""Network addresses, as limits count them."""

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """What one household or office has: an IPv4 address by itself, of IPv6 the network of 64 bits.

    What is no address stays as it is.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), 64), strict=False))
