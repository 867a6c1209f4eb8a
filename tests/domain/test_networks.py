"""Who shares a limit: one address of IPv4, one network of IPv6."""

import pytest

from medimeet.domain.networks import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:0DB8:1:2:ffff::9%eth0", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", ""),
        ("localhost", "localhost"),
    ],
)
def test_whoever_has_a_whole_network_of_addresses_is_counted_once(address: str, network: str) -> None:
    assert network_of(address) == network
