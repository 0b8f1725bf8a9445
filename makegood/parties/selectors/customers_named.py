"""Customers in scope by what a caller says: their number or name, and who stands above and below them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from makegood.parties.entries import Principal
from makegood.parties.models import Customer
from makegood.parties.selectors.visible import customers_visible_to

FEWEST = 2
_WORDS = 5
_MOST_PARENTS = 20


@dataclass(frozen=True)
class Near:
    """A customer above or below another one."""

    id: int
    number: str
    name: str


def customers_numbered(principal: Principal, text: str, most: int) -> list[Customer]:
    """Those whose account number is the text, in any case; else those whose number begins with it."""
    spelled = {text, text.upper(), text.lower()}
    seen = customers_visible_to(principal).order_by("number")
    exact = list(seen.filter(number__in=spelled)[:most])
    if exact or len(text) < FEWEST:
        return exact
    begins = Q()
    for one in spelled:
        begins |= Q(number__startswith=one)
    return list(seen.filter(begins)[:most])


def customers_with_name(principal: Principal, text: str, most: int) -> list[Customer]:
    """Those whose name holds every word of the text, in any order and case; who is called exactly so comes first."""
    words = text.split()[:_WORDS]
    if len(text) < FEWEST or not words:
        return []
    seen = customers_visible_to(principal)
    holds = Q()
    for word in words:
        holds &= Q(name__icontains=word)
    exact = list(seen.filter(name__iexact=text).order_by("pk")[:most])
    found = [one for one in seen.filter(holds).order_by("pk")[:most] if one not in exact]
    return [*exact, *sorted(found, key=lambda one: (one.name.lower(), one.pk))][:most]


def parents_of(principal: Principal, customer: Customer) -> list[Near]:
    """Who stands above a customer, the uppermost first, as far as the principal sees them."""
    ids = [int(part[1:]) for part in customer.path.split(".") if part.startswith("c") and part[1:].isdecimal()]
    above = [pk for pk in ids if pk != customer.pk][-_MOST_PARENTS:]
    known = customers_visible_to(principal).in_bulk(above) if above else {}
    return [_near(known[pk]) for pk in above if pk in known]


def children_of(principal: Principal, customer_id: int, most: int) -> list[Near]:
    """Who stands directly below a customer, by name, at most ``most``."""
    found = customers_visible_to(principal).filter(parent_id=customer_id).order_by("name", "pk")
    return [_near(one) for one in found[:most]]


def _near(customer: Customer) -> Near:
    return Near(customer.pk, customer.number, customer.name)
