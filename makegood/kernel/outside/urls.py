"""Pure: reads an address as strictly as can be, and says whether it may be asked.

One parser reads the text, and what it gives is what is connected to: no second reading by another library, hence no
spelling that means one host here and another one there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address

from makegood.kernel.outside.addresses import Address, Allowed, closed_range

LONGEST = 2_000
DEFAULT_PORTS = {"https": 443, "http": 80}
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_PARTS = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<place>[^/?\\]*)(?P<path>/[^?\\]*)?(?P<query>\?[^\\]*)?", re.DOTALL
)
_PLACE = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?P<port>:.*)?")
_PORT = re.compile(r":[1-9][0-9]{0,4}")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class AddressNotAllowed(ValueError):
    """This address may not be asked; ``rule`` says why, as the rest of a sentence that ends in a colon."""

    def __init__(self, *, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True)
class Target:
    """Where a request goes: scheme, host in lower case (an address without brackets), port, path with query.

    ``literal`` is the address when the host is one.
    """

    scheme: str
    host: str
    port: int
    path: str
    literal: Address | None = None

    @property
    def authority(self) -> str:
        """What the ``Host`` header says."""
        name = f"[{self.host}]" if isinstance(self.literal, IPv6Address) else self.host
        return name if self.port == DEFAULT_PORTS[self.scheme] else f"{name}:{self.port}"


def parse_url(text: str) -> Target:
    """Read an address. Raises AddressNotAllowed, which says the rule, for whatever is not spelled plainly."""
    if len(text) > LONGEST:
        raise AddressNotAllowed(rule=f"it is longer than {LONGEST:,} characters")
    if not _VISIBLE.fullmatch(text):
        raise AddressNotAllowed(rule="it needs visible ASCII characters alone; write a host's other letters as xn--")
    if "#" in text:
        raise AddressNotAllowed(rule="it has a fragment (#)")
    parts = _PARTS.fullmatch(text)
    if parts is None or parts["scheme"].lower() not in DEFAULT_PORTS:
        raise AddressNotAllowed(rule="it does not begin with https://")
    if "@" in parts["place"]:
        raise AddressNotAllowed(rule="it has user info (@)")
    place = _PLACE.fullmatch(parts["place"])
    if place is None:
        raise AddressNotAllowed(rule="its host cannot be read")
    scheme = parts["scheme"].lower()
    literal = _literal(place["host"].lower())
    return Target(
        scheme=scheme,
        host=str(literal) if literal is not None else _name(place["host"].lower()),
        port=_port(place["port"], scheme),
        path=(parts["path"] or "/") + (parts["query"] or ""),
        literal=literal,
    )


def _port(text: str | None, scheme: str) -> int:
    if text is None:
        return DEFAULT_PORTS[scheme]
    if not _PORT.fullmatch(text) or int(text[1:]) > 65_535:
        raise AddressNotAllowed(rule="its port is not a number from 1 to 65535")
    return int(text[1:])


def _literal(host: str) -> Address | None:
    """The address that a host is; None for a name. What others would read as an address has to be spelled as one."""
    if host.startswith("["):
        try:
            return IPv6Address(host[1:-1])
        except AddressValueError as error:
            raise AddressNotAllowed(rule="its host is no IPv6 address") from error
    if not _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        return None
    try:
        return IPv4Address(host)
    except AddressValueError as error:
        raise AddressNotAllowed(rule="its host is a number that is not spelled like 198.51.100.7") from error


def _name(host: str) -> str:
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise AddressNotAllowed(rule="its host is no name of the DNS")
    return host


def checked_addresses(target: Target, addresses: Sequence[str], allowed: Allowed) -> tuple[Address, ...]:
    """The addresses of a target, once all of them are permitted. Raises AddressNotAllowed, which says the rule."""
    if not addresses:
        raise AddressNotAllowed(rule=f"{target.host} has no address")
    found = tuple(ip_address(address) for address in addresses)
    if allowed.has_host(target.host, target.port) or all(allowed.has_address(address) for address in found):
        return found
    if target.scheme != "https":
        raise AddressNotAllowed(rule="it does not begin with https://")
    if target.port != DEFAULT_PORTS["https"]:
        raise AddressNotAllowed(rule="its port is not 443")
    for address in found:
        word = None if allowed.has_address(address) else closed_range(address)
        if word is not None:
            # Which address a name leads to inside is nothing that whoever may name hosts should learn here.
            what = "leads to an address that is" if target.literal is None else "is"
            raise AddressNotAllowed(rule=f"{target.host} {what} not public ({word})")
    return found
