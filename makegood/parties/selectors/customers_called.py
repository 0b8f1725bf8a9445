"""Customers in scope by what people call them."""

from __future__ import annotations

from django.db.models import Q

from makegood.parties.entries import Principal
from makegood.parties.models import Customer
from makegood.parties.selectors.visible import customers_visible_to

MOST_NAMED, MOST_OFFERED = 4, 200


def customers_called(principal: Principal, text: str) -> list[Customer]:
    """The customers in scope with this number or name; else those whose name holds the text, at most MOST_NAMED."""
    wanted = text.strip()
    customers = customers_visible_to(principal).order_by("name", "pk")
    exact = list(customers.filter(Q(number=wanted) | Q(name__iexact=wanted))[:MOST_NAMED])
    return exact or list(customers.filter(name__icontains=wanted)[:MOST_NAMED])


def customers_offered(principal: Principal) -> list[Customer]:
    """The customers in scope that a field proposes, by name, at most MOST_OFFERED."""
    return list(customers_visible_to(principal).order_by("name", "pk")[:MOST_OFFERED])
