"""Limits as administrators type them, and the scope of limits that nobody has yet."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.parties.entries import Principal, Scope
from makegood.parties.errors import UnknownCustomer, UnknownLimit, UnknownVendor
from makegood.parties.models import AccessGrant
from makegood.parties.selectors.scopes import scope_of
from makegood.parties.selectors.visible import customers_visible_to, programs_visible_to, vendors_visible_to
from makegood.parties.states import Dimension

_LONGEST = 200


def grant_typed(principal: Principal, dimension: str, text: str) -> tuple[Dimension, str]:
    """The grant meant by a number, a key or a word; of customers, programs and vendors only what the principal sees.

    Raises UnknownLimit, UnknownCustomer, UnknownVendor.
    """
    word = text.strip()
    if dimension not in set(Dimension):
        raise UnknownLimit(kind="limit", value=dimension)
    kind = Dimension(dimension)
    if kind is Dimension.ALL:
        return kind, ""
    if not word or len(word) > _LONGEST:
        raise UnknownLimit(kind=kind.value.replace("_", " "), value=word[:40])
    if kind is Dimension.CUSTOMER_SUBTREE:
        customer = customers_visible_to(principal).filter(number=word).first()
        if customer is None:
            raise UnknownCustomer(number=word)
        return kind, str(customer.pk)
    if kind is Dimension.VENDOR:
        vendor = vendors_visible_to(principal).filter(number=word).first()
        if vendor is None:
            raise UnknownVendor(number=word)
        return kind, str(vendor.pk)
    if kind is Dimension.PROGRAM:
        program = programs_visible_to(principal).filter(key=word).first()
        if program is None:
            raise UnknownLimit(kind="program", value=word)
        return kind, str(program.pk)
    return kind, word


def scope_of_grants(grants: Sequence[tuple[Dimension, str]]) -> Scope:
    """What such limits would open."""
    return scope_of([AccessGrant(dimension=dimension, value=value) for dimension, value in grants])
