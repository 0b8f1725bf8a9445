"""No body, however bad, is our fault: every route that reads one, against every way of being wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from makegood.api.openapi.codes import takes_json
from makegood.api.routes import ROUTES
from makegood.api.routing import Keyed, Route
from makegood.parties.states import Dimension
from tests.api.places import PLACES, names_of
from tests.api.seeded import Accounts, build_accounts
from tests.api_client import client_for
from tests.world import World

READING = [route for route in ROUTES if route.body is not None and takes_json(route)]
HUGE = 10 * 1024 * 1024
DEEP = 10_000


@dataclass(frozen=True)
class Bad:
    """A way of being wrong: what is sent, and the statuses that are right for it (empty: any below 500)."""

    name: str
    make: Callable[[str], bytes]
    statuses: frozenset[int] = frozenset()


def _with(text: str) -> Callable[[str], bytes]:
    """The text as the value of a member that the body has."""
    return lambda member: f'{{"{member}": {text}}}'.encode()


def _raw(content: bytes) -> Callable[[str], bytes]:
    return lambda _: content


MALFORMED = frozenset({400})
BADS = (
    Bad("empty", _raw(b"")),
    Bad("half", _raw(b'{"amount": 1'), MALFORMED),
    Bad("not json", _raw(b"<dispute/>"), MALFORMED),
    Bad("two texts", _raw(b"{} {}"), MALFORMED),
    Bad("a trailing comma", _raw(b'{"amount": 1,}'), MALFORMED),
    Bad("a byte order mark", _raw(b"\xef\xbb\xbf{}"), MALFORMED),
    Bad("UTF-16", _raw("{}".encode("utf-16")), MALFORMED),
    Bad("not UTF-8", _raw(b'{"description": "\xff\xfe"}'), MALFORMED),
    Bad("a member twice", lambda member: f'{{"{member}": 1, "{member}": 2}}'.encode(), MALFORMED),
    Bad("not a number", _with("NaN"), MALFORMED),
    Bad("infinity", _with("-Infinity"), MALFORMED),
    Bad("a raw control character", _with('"\x01"'), MALFORMED),
    Bad("deep lists", _with("[" * DEEP + "]" * DEEP), MALFORMED),
    Bad("deep objects", _with('{"a":' * DEEP + "1" + "}" * DEEP), MALFORMED),
    Bad("unclosed depth", _raw(b"[" * DEEP), MALFORMED),
    Bad("a huge integer", _with("9" * 5000), frozenset({400, 422})),
    Bad("a huge exponent", _with("1e999999999"), MALFORMED),
    Bad("a tiny number", _with("1e-300"), frozenset({422})),
    Bad("beyond bigint", _with(str(2**63)), frozenset({422})),
    Bad("below bigint", _with(str(-(2**63) - 1)), frozenset({422})),
    Bad("NUL", _with(r'"a\u0000b"'), frozenset({422})),
    Bad("half a surrogate pair", _with(r'"\ud800"'), frozenset({422})),
    Bad("a NUL name", _raw(rb'{"\u0000": 1}'), frozenset({422})),
    Bad("a surrogate name", _raw(rb'{"\udfff": 1}'), frozenset({422})),
    Bad("an unknown member", _raw(b'{"amout": 1}'), frozenset({422})),
    Bad("a boolean", _with("true"), frozenset({422})),
    Bad("an object", _with("{}"), frozenset({422})),
    Bad("a list", _with("[[]]"), frozenset({422})),
    Bad("a text", _raw(b'"text"'), frozenset({400, 422})),
    Bad("a number alone", _raw(b"1"), frozenset({400, 422})),
    Bad("null", _raw(b"null"), frozenset({400, 422})),
    Bad("a list alone", _raw(b"[1]"), frozenset({400, 422})),
    Bad("ten megabytes", _with('"' + "a" * HUGE + '"'), frozenset({413})),
    Bad("ten megabytes of blanks", _raw(b" " * HUGE + b"{}"), frozenset({413})),
)


def member_of(route: Route) -> str:
    """A member that the route's body has."""
    return next(iter(getattr(route.body, "__struct_encode_fields__", ())), "op")


def _is_right(route: Route, bad: Bad, status: int) -> bool:
    """Whether the status is one for this; a patch document that is none is malformed, whatever it holds."""
    patched = frozenset({400}) if route.body is Any else frozenset()
    return status < 500 if not bad.statuses else status in bad.statuses | patched


def address_of(route: Route, accounts: Accounts) -> str:
    """The route's address for an open dispute of mine."""
    account = accounts.mine
    values = {name: PLACES[name](account, account.disputes["pending"]).value for name in names_of(route)}
    return route.path_of(values)


@pytest.fixture(scope="module")
def _names() -> None:
    missing = {name for route in READING for name in names_of(route)} - set(PLACES)
    assert not missing, f"say in tests/api/places.py what {missing} are"


@pytest.fixture
def sender(world: World, _names: None) -> Callable[[Route, bytes], int]:
    accounts = build_accounts(world)
    client = client_for(None, grants=[(Dimension.ALL, "")])

    def send(route: Route, content: bytes) -> int:
        headers = {"If-Match": "*"} | ({"Idempotency-Key": "k"} if route.keyed is Keyed.REQUIRED else {})
        address = address_of(route, accounts)
        return client.send(route.method, address, raw=content, headers=headers, media=route.media[0]).status

    return send


def test_no_bad_body_is_our_fault(sender: Callable[[Route, bytes], int]) -> None:
    wrong = []
    for route in READING:
        for bad in BADS:
            status = sender(route, bad.make(member_of(route)))
            if not _is_right(route, bad, status):
                wrong.append(f"{route.method} {route.path}: {bad.name} gives {status}")
    assert wrong == [], "\n".join(wrong)
