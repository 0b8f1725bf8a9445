"""What may be asked outside: addresses, spellings, the operator's list."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from makegood.kernel.outside.addresses import Allowed, allowed_from, closed_range
from makegood.kernel.outside.urls import AddressNotAllowed, checked_addresses, parse_url

PUBLIC = "93.184.215.14"


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("0.0.0.0", "unspecified"),  # noqa: S104 - compared with, never bound
        ("10.1.2.3", "private"),
        ("100.64.0.1", "shared"),
        ("127.0.0.1", "loopback"),
        ("127.255.0.9", "loopback"),
        ("169.254.169.254", "link-local"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.0.0.8", "reserved"),
        ("192.0.2.1", "documentation"),
        ("192.88.99.1", "translated"),
        ("192.168.1.1", "private"),
        ("198.18.0.1", "benchmarking"),
        ("198.51.100.1", "documentation"),
        ("203.0.113.1", "documentation"),
        ("224.0.0.1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("::ffff:93.184.215.14", "mapped"),
        ("::ffff:127.0.0.1", "mapped"),
        ("::127.0.0.1", "reserved"),
        ("64:ff9b::7f00:1", "translated"),
        ("64:ff9b:1::1", "translated"),
        ("100::1", "discarded"),
        ("2001::1", "translated"),
        ("2001:2::1", "reserved"),
        ("2001:10::1", "reserved"),
        ("2001:db8::1", "documentation"),
        ("2002:7f00:1::", "translated"),
        ("3fff::1", "documentation"),
        ("4000::1", "reserved"),
        ("fc00::1", "unique-local"),
        ("fd12:3456::1", "unique-local"),
        ("fe80::1", "link-local"),
        ("fec0::1", "private"),
        ("ff02::1", "multicast"),
        (PUBLIC, None),
        ("1.1.1.1", None),
        ("172.32.0.1", None),
        ("100.128.0.1", None),
        ("2606:4700:4700::1111", None),
        ("2a00:1450:4001::200e", None),
    ],
)
def test_only_public_addresses_are_open(address: str, word: str | None) -> None:
    assert closed_range(ip_address(address)) == word


NOT_ASCII = "it needs visible ASCII characters alone; write a host's other letters as xn--"
SPELLINGS = [
    ("https://0x7f.1/", "its host is a number that is not spelled like 198.51.100.7"),
    ("https://127.1/", "its host is a number that is not spelled like 198.51.100.7"),
    ("https://2130706433/", "its host is a number that is not spelled like 198.51.100.7"),
    ("https://0x7f000001/", "its host is a number that is not spelled like 198.51.100.7"),
    ("https://0177.0.0.1/", "its host is a number that is not spelled like 198.51.100.7"),
    ("https://127.0.0.1./", "its host is a number that is not spelled like 198.51.100.7"),
    ("https://host.0x1/", "its host is a number that is not spelled like 198.51.100.7"),
    (
        "https://\uff11\uff12\uff17.0.0.1/",
        NOT_ASCII,
    ),
    ("https://exam\tple.com/", NOT_ASCII),
    (" https://example.com/", NOT_ASCII),
    ("https://example.com/\x00", NOT_ASCII),
    ("https://exämple.com/", NOT_ASCII),
    ("https://user@example.com/", "it has user info (@)"),
    ("https://user:secret@example.com/", "it has user info (@)"),
    ("https://example.com@127.0.0.1/", "it has user info (@)"),
    ("https://example.com/#", "it has a fragment (#)"),
    ("https://example.com#@127.0.0.1/", "it has a fragment (#)"),
    ("https://example.com\\@127.0.0.1/", "it does not begin with https://"),
    ("https:/example.com/", "it does not begin with https://"),
    ("https:example.com", "it does not begin with https://"),
    ("//example.com/", "it does not begin with https://"),
    ("ftp://example.com/", "it does not begin with https://"),
    ("file:///etc/passwd", "it does not begin with https://"),
    ("gopher://example.com/", "it does not begin with https://"),
    ("", NOT_ASCII),
    ("https://", "its host cannot be read"),
    ("https:///path", "its host cannot be read"),
    ("https://:443/", "its host cannot be read"),
    ("https://[::1/", "its host cannot be read"),
    ("https://[fe80::1%25eth0]/", "its host cannot be read"),
    ("https://[1.2.3]/", "its host is no IPv6 address"),
    ("https://example.com:/", "its port is not a number from 1 to 65535"),
    ("https://example.com:0/", "its port is not a number from 1 to 65535"),
    ("https://example.com:0443/", "its port is not a number from 1 to 65535"),
    ("https://example.com:65536/", "its port is not a number from 1 to 65535"),
    ("https://example.com:44 3/", NOT_ASCII),
    ("https://example.com:+443/", "its port is not a number from 1 to 65535"),
    ("https://example.com:443:443/", "its port is not a number from 1 to 65535"),
    ("https://example.com./", "its host is no name of the DNS"),
    ("https://.example.com/", "its host is no name of the DNS"),
    ("https://-example.com/", "its host is no name of the DNS"),
    ("https://exa_mple.com/", "its host is no name of the DNS"),
    ("https://exa%6dple.com/", "its host is no name of the DNS"),
    ("https://" + "a" * 64 + ".com/", "its host is no name of the DNS"),
    ("https://example.com/" + "a" * 2_000, "it is longer than 2,000 characters"),
]


@pytest.mark.parametrize(("url", "rule"), SPELLINGS, ids=lambda text: ascii(text)[:40])
def test_odd_spellings_are_refused(url: str, rule: str) -> None:
    with pytest.raises(AddressNotAllowed) as caught:
        parse_url(url)
    assert caught.value.rule == rule


def test_a_plain_address_is_read() -> None:
    target = parse_url("HTTPS://Hooks.Example.COM/In?a=b%20c")
    assert (target.scheme, target.host, target.port, target.path) == ("https", "hooks.example.com", 443, "/In?a=b%20c")
    assert (target.authority, target.literal) == ("hooks.example.com", None)
    assert parse_url("https://xn--exmple-cua.com").path == "/"
    assert parse_url("https://example.com?x").path == "/?x"
    literal = parse_url("https://[2606:4700:4700:0::1111]:8443/")
    assert (literal.host, literal.authority) == ("2606:4700:4700::1111", "[2606:4700:4700::1111]:8443")


def rule_of(url: str, addresses: list[str], allowed: Allowed = Allowed()) -> str:  # noqa: B008 - frozen
    """The rule that keeps a request from going there; empty when it may."""
    try:
        checked_addresses(parse_url(url), addresses, allowed)
    except AddressNotAllowed as refusal:
        return refusal.rule
    return ""


@pytest.mark.parametrize(
    ("url", "addresses", "rule"),
    [
        ("https://example.com/", [PUBLIC], ""),
        ("https://example.com:443/", [PUBLIC, "2606:4700:4700::1111"], ""),
        ("https://example.com/", [], "example.com has no address"),
        ("http://example.com/", [PUBLIC], "it does not begin with https://"),
        ("https://example.com:8443/", [PUBLIC], "its port is not 443"),
        (
            "https://example.com/",
            [PUBLIC, "10.0.0.1"],
            "example.com leads to an address that is not public (private)",
        ),
        ("https://localhost/", ["::1"], "localhost leads to an address that is not public (loopback)"),
        (
            "https://[::ffff:7f00:1]/",
            ["::ffff:127.0.0.1"],
            "::ffff:7f00:1 is not public (mapped)",
        ),
        ("https://h/", ["fe80::1%eth0"], "h leads to an address that is not public (link-local)"),
    ],
)
def test_every_address_must_be_public(url: str, addresses: list[str], rule: str) -> None:
    assert rule_of(url, addresses) == rule


@pytest.mark.parametrize(
    ("entry", "url", "address", "rule"),
    [
        ("127.0.0.1", "http://127.0.0.1:9000/", "127.0.0.1", ""),
        ("127.0.0.1:9000", "http://127.0.0.1:9000/", "127.0.0.1", ""),
        ("127.0.0.1:9000", "https://127.0.0.1:9001/", "127.0.0.1", "its port is not 443"),
        ("crm.intern", "http://crm.intern/", "10.0.0.7", ""),
        ("CRM.intern:8080", "http://crm.intern:8080/", "10.0.0.7", ""),
        ("crm.intern", "http://other.intern/", "10.0.0.7", "it does not begin with https://"),
        ("10.0.0.0/8", "http://crm.intern:81/", "10.0.0.7", ""),
        ("10.0.0.0/8", "http://crm.intern/", "11.0.0.7", "it does not begin with https://"),
        ("[::1]:8443", "https://[::1]:8443/", "::1", ""),
        ("::1", "http://[::1]:81/", "::1", ""),
        ("fd00::/8", "http://crm.intern/", "fd00::7", ""),
    ],
)
def test_the_operators_list_opens_what_it_names(entry: str, url: str, address: str, rule: str) -> None:
    assert rule_of(url, [address], allowed_from([entry])) == rule


def test_a_listed_network_opens_nothing_beside_itself() -> None:
    listed = allowed_from(["10.0.0.0/8"])
    assert rule_of("https://mixed.example/", ["10.0.0.7", PUBLIC], listed) == ""
    assert rule_of("http://mixed.example/", ["10.0.0.7", PUBLIC], listed) == "it does not begin with https://"
    closed = rule_of("https://mixed.example/", ["10.0.0.7", "192.168.0.1"], listed)
    assert closed == "mixed.example leads to an address that is not public (private)"


@pytest.mark.parametrize("entry", ["10.0.0.1/8", "host:", "host:99999", "a b", "[::1", "[::1]x", "x@y", "1:2:3"])
def test_a_list_that_cannot_be_read_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        allowed_from([entry])
