"""Services and callers by what a person says: a telephone number or circuit in any punctuation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from makegood.billing.models import BARE_NUMBER, Service
from makegood.billing.selectors.charges_called import phone_of
from makegood.billing.selectors.visible import charges_visible_to
from makegood.kernel.phones import mask, readable
from makegood.parties.entries import Principal
from makegood.parties.selectors import customers_visible_to
from makegood.parties.states import Verb

_FEWEST = 5
_NATIONAL = "1"


@dataclass(frozen=True)
class Caller:
    """A customer whom a number called: how often, and when last."""

    customer_id: int
    calls: int
    last_at: datetime


def bare(text: str) -> str:
    """Letters and digits of a number, in capitals: ``CKT-12/a`` is ``CKT12A``."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def _spellings(text: str) -> set[str]:
    """How the number may stand in a bill: as typed, with and without the country's prefix."""
    found = {bare(text)}
    if e164 := phone_of(text):
        digits = e164.removeprefix("+")
        found |= {digits, digits.removeprefix(_NATIONAL)} if digits.startswith(_NATIONAL) else {digits}
    return {one for one in found if len(one) >= _FEWEST}


def customers_with_service(principal: Principal, text: str, most: int) -> dict[int, str]:
    """The customers in scope that have a service with this number, by id, with the number as it is written."""
    spelled = _spellings(text)
    if not spelled or not principal.can(Verb.CHARGE_VIEW):
        return {}
    services = Service.objects.annotate(bare=BARE_NUMBER)
    found = services.filter(bare__in=spelled, customer__in=customers_visible_to(principal)).order_by("pk")
    return dict(found.values_list("customer_id", "number")[:most])


def customers_called_by(principal: Principal, text: str, most: int) -> list[Caller]:
    """The customers in scope whom the number called, the latest first."""
    e164 = phone_of(text)
    if e164 is None or not principal.can(Verb.CHARGE_VIEW):
        return []
    calls = charges_visible_to(principal).filter(caller_e164=e164, customer__in=customers_visible_to(principal))
    rows = calls.order_by().values_list("customer_id").annotate(Count("pk"), last=Max("occurred_at"))
    return [Caller(*row) for row in rows.order_by("-last")[:most]]


def service_number(principal: Principal, service_id: int) -> str | None:
    """The number of a service of a customer in scope; None for one that is not there or out of scope."""
    seen = Service.objects.filter(pk=service_id, customer__in=customers_visible_to(principal))
    return seen.values_list("number", flat=True).first() if principal.can(Verb.CHARGE_VIEW) else None


def number_called(principal: Principal, charge_id: int) -> tuple[str, str] | None:
    """Where a call in scope went: the number, and how the viewer may read it; None where nobody knows."""
    found = charges_visible_to(principal).filter(pk=charge_id).values_list("destination_e164", flat=True).first()
    if not found or not principal.can(Verb.CHARGE_VIEW):
        return None
    shown = readable if principal.can(Verb.PHONE_VIEW) or principal.customer_id is not None else mask
    return found, shown(found)
