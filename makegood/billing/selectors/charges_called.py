"""Charges by what people call them: the id at its source, an invoice, a telephone number in any punctuation, our id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from makegood.kernel import sql
from makegood.kernel.phones import to_e164
from makegood.kernel.prepared import fetch_for
from makegood.parties.entries import Principal
from makegood.parties.selectors import scope_parameters

MOST = 20
"""Of one name so many charges are offered, the newest."""
_PHONE = re.compile(r"[\d\s()+./\u2010-\u2015-]+")
_FEWEST_DIGITS = 7
_LONGEST_NUMBER = 18


class Called(NamedTuple):
    """What a name was found to mean: ids of charges in scope, the newest first; ``more`` were found than are named."""

    ids: tuple[int, ...]
    more: bool = False


def phone_of(name: str) -> str | None:
    """The telephone number that a name is, whatever its punctuation; None when it is none."""
    digits = re.sub(r"\D", "", name)
    if len(digits) < _FEWEST_DIGITS or not _PHONE.fullmatch(name):
        return None
    return to_e164(name)


def charges_called(principal: Principal, names: Sequence[str]) -> list[Called]:
    """What each name means, in their order. An id at the source comes first, then an invoice, a caller, our own id.

    What is absent and what is out of scope is the same: nothing found.
    """
    wanted = [name.strip() for name in names]
    found: dict[int, dict[int, list[int]]] = {}
    params = {
        "texts": wanted,
        "numbers": [_number(name) for name in wanted],
        "phones": [phone_of(name) for name in wanted],
        "most": MOST + 1,
        **scope_parameters(principal.scope),
    }
    for ordinal, way, pk in fetch_for(len(wanted), sql.load("billing.charges_called"), params):
        found.setdefault(ordinal - 1, {}).setdefault(way, []).append(pk)
    return [_called(found.get(place, {})) for place in range(len(wanted))]


def _called(ways: dict[int, list[int]]) -> Called:
    ids = ways[min(ways)] if ways else []
    return Called(tuple(ids[:MOST]), len(ids) > MOST)


def _number(name: str) -> int | None:
    return int(name) if name.isascii() and name.isdecimal() and len(name) <= _LONGEST_NUMBER else None
