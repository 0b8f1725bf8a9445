"""Pure: which addresses of the internet may be asked on behalf of somebody who names them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_CLOSED: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "unspecified"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "documentation"),
    ("192.52.193.0/24", "reserved"),
    ("192.88.99.0/24", "translated"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("::ffff:0:0/96", "mapped"),
    ("::ffff:0:0:0/96", "translated"),
    ("64:ff9b::/96", "translated"),
    ("64:ff9b:1::/48", "translated"),
    ("100::/64", "discarded"),
    ("2001::/32", "translated"),
    ("2001::/23", "reserved"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "translated"),
    ("3fff::/20", "documentation"),
    ("fc00::/7", "unique-local"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "private"),
    ("ff00::/8", "multicast"),
)
_RANGES: tuple[tuple[Network, str], ...] = tuple((ip_network(text), word) for text, word in _CLOSED)
_GLOBAL_V6 = IPv6Network("2000::/3")


def closed_range(address: Address) -> str | None:
    """The kind of range that keeps an address from being public: ``private``, ``loopback`` ..; None for a public one.

    A network that nobody has listed yet counts as reserved: what is not known to be public is not public.
    """
    for network, word in _RANGES:
        if address.version == network.version and address in network:
            return word
    if isinstance(address, IPv6Address) and address not in _GLOBAL_V6:
        return "reserved"
    return None if address.is_global and not address.is_multicast else "reserved"


@dataclass(frozen=True)
class Allowed:
    """The operator's list: hosts (with the port they are listed for, None: any) and networks.

    What is listed is also asked without TLS, at any port (of a listed host: at the listed one), and privately.
    """

    hosts: frozenset[tuple[str, int | None]] = frozenset()
    networks: tuple[Network, ...] = ()

    def has_host(self, host: str, port: int) -> bool:
        """Whether the host is listed, for this port or for any."""
        return (host, None) in self.hosts or (host, port) in self.hosts

    def has_address(self, address: Address) -> bool:
        """Whether the address lies in a listed network."""
        return any(address.version == network.version and address in network for network in self.networks)


def allowed_from(entries: Iterable[str]) -> Allowed:
    """Read the operator's list: ``host``, ``host:port``, ``[address]:port`` or ``network/bits``. Raises ValueError."""
    hosts: set[tuple[str, int | None]] = set()
    networks: list[Network] = []
    for entry in (entry.strip().lower() for entry in entries):
        if "/" in entry:
            networks.append(ip_network(entry))
        elif entry.count(":") > 1 and not entry.startswith("["):
            hosts.add((str(ip_address(entry)), None))
        elif entry:
            host, port = _host_and_port(entry)
            hosts.add((host, port))
    return Allowed(frozenset(hosts), tuple(networks))


def _host_and_port(entry: str) -> tuple[str, int | None]:
    if entry.startswith("["):
        inner, bracket, rest = entry[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise ValueError(f'"{entry}" is no host')
        host, port = str(ip_address(inner)), rest[1:]
    else:
        host, _, port = entry.partition(":")
        rest = entry[len(host) :]
    if not host or not host.isascii() or any(sign in host for sign in " @?#\\%"):
        raise ValueError(f'"{entry}" is no host')
    if not rest:
        return host, None
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise ValueError(f'"{entry}" has no port')
    return host, int(port)
