"""Whose address it is: the customer, and the dispute of that customer, as far as the caller may know of them.

What is absent, what is somebody else's and what is no id at all answer in the same words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from makegood.api.errors import NoAccess
from makegood.api.http import Request
from makegood.disputes.selectors.addressed import Addressed, Record, dispute_on, record_on
from makegood.disputes.selectors.records import number_of
from makegood.parties.selectors import CustomerSeen, customer_in_scope

_ID = re.compile(r"[1-9][0-9]{0,15}", re.ASCII)
_LARGEST = 2**53
_SHOWN = 40


def id_of(text: str) -> int | None:
    """The number an address names; None for what is no integer below 2^53."""
    if not _ID.fullmatch(text) or int(text) >= _LARGEST:
        return None
    return int(text)


def customer(request: Request) -> CustomerSeen:
    """The customer of the address. Raises NoAccess."""
    text = request.params["customerID"]
    found = None if (pk := id_of(text)) is None else customer_in_scope(request.principal, pk)
    if found is None:
        raise NoAccess(kind="Customer", id=text[:_SHOWN])
    return found


@dataclass(frozen=True)
class Named:
    """A dispute as its address names it: a customer, and a number."""

    customer_id: int
    number: str


def named(request: Request) -> Named:
    """What the address names. Raises NoAccess for what is no address of a dispute."""
    dispute_id, customer_id = (id_of(request.params[name]) for name in ("disputeID", "customerID"))
    number = None if dispute_id is None else number_of(dispute_id)
    if number is None or customer_id is None:
        raise no_dispute(request)
    return Named(customer_id, number)


def no_dispute(request: Request) -> NoAccess:
    """Why there is nothing at the address of a dispute."""
    return NoAccess(kind="Dispute", id=request.params["disputeID"][:_SHOWN])


def dispute(request: Request) -> Addressed:
    """The dispute of the address, to act on it. Raises NoAccess."""
    place = named(request)
    found = dispute_on(request.principal, place.customer_id, place.number)
    if found is None:
        raise no_dispute(request)
    return found


def record(request: Request) -> Record:
    """The record of the dispute of the address, to show it. Raises NoAccess."""
    place = named(request)
    found = record_on(request.principal, place.customer_id, place.number)
    if found is None:
        raise no_dispute(request)
    return found
