"""Who a customer or a vendor is, as the head of its page says it. Scope first: who is out of it is not found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Customer, Vendor
from makegood.parties.selectors.visible import customers_visible_to, vendors_visible_to


@dataclass(frozen=True, kw_only=True)
class PartyHead:
    """A party: ``disputing`` says whether it may file, and is true of vendors."""

    id: int
    number: str
    name: str
    currency: str
    zone: str
    tags: tuple[str, ...] = ()
    disputing: bool = True


def customer_seen(principal: Principal, customer_id: int) -> Customer:
    """A customer with its zone. Raises NotFound for one that is not there or out of scope."""
    found = customers_visible_to(principal).select_related("zone").filter(pk=customer_id).first()
    if found is None:
        raise NotFound()
    return found


def vendor_seen(principal: Principal, vendor_id: int) -> Vendor:
    """A vendor with its zone. Raises NotFound for one that is not there or out of scope."""
    found = vendors_visible_to(principal).select_related("zone").filter(pk=vendor_id).first()
    if found is None:
        raise NotFound()
    return found


def head_of(party: Customer | Vendor) -> dict[str, Any]:
    """The fields of :class:`PartyHead`. The party comes with its zone."""
    head = {
        "id": party.pk,
        "number": party.number,
        "name": party.name,
        "currency": party.currency,
        "zone": party.zone.name,
    }
    if isinstance(party, Customer):
        head |= {"tags": tuple(party.tags), "disputing": party.dispute_permission}
    return head
