"""Charges in scope by what a program asks for, with the codes behind their words.

Nothing is found by what the caller may not read: a vendor cannot feel its way to a buyer's price or name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from makegood.billing.models import Charge
from makegood.billing.selectors.facts import ChargeFacts, facts_of, with_parties
from makegood.billing.selectors.visible import charges_visible_to
from makegood.kernel import sql
from makegood.kernel.paging import Key
from makegood.kernel.phones import to_e164
from makegood.kernel.prepared import fetch_for
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand, scope_parameters
from makegood.parties.states import Verb

ORDER = (Key("occurred_at", descending=True), Key("id", descending=True))


@dataclass(frozen=True)
class ChargeFilter:
    """What a list is narrowed by; empty and None mean any. Amounts in micros, of ``currency`` where it is named."""

    customer: int | None = None
    vendor: int | None = None
    program: str = ""
    kind: str = ""
    subkind: str = ""
    external_id: str = ""
    invoice: int | None = None
    phone: str = ""
    occurred_from: datetime | None = None
    occurred_to: datetime | None = None
    billed: bool | None = None
    min_micros: int | None = None
    max_micros: int | None = None
    currency: str = ""

    @property
    def asks_of_the_buyer(self) -> bool:
        """Whether it names anything that who is paid may not read."""
        names = (self.customer, self.invoice, self.billed, self.min_micros, self.max_micros, self.currency or None)
        return any(name is not None for name in names)


@dataclass(frozen=True)
class ListedCharge:
    """The facts of a charge as the caller may read them, and the codes and ids behind them (None: not theirs)."""

    facts: ChargeFacts
    program: str
    kind: str
    subkind: str
    customer_id: int | None
    customer_number: str
    vendor_id: int | None
    vendor_number: str
    feature_id: int | None
    usage_id: int | None
    quantity: str
    unit: str


class ChargePlace(NamedTuple):
    """Whose a charge is, and what is left of it."""

    id: int
    customer_id: int
    currency: str
    remaining_micros: int


def charges_like(principal: Principal, wanted: ChargeFilter) -> QuerySet[Charge]:
    """The charges in scope that a filter names, with what their facts need. Raises NotPermitted."""
    if wanted.asks_of_the_buyer:
        demand(principal, Verb.CHARGE_VIEW)
    if wanted.vendor is not None:
        demand(principal, Verb.PAYOUT_VIEW)
    if wanted.phone:
        demand(principal, Verb.PHONE_VIEW)
    named = {
        "customer": wanted.customer,
        "vendor": wanted.vendor,
        "program__key": wanted.program or None,
        "kind": wanted.kind or None,
        "subkind": wanted.subkind or None,
        "external_id": wanted.external_id or None,
        "invoice_number": wanted.invoice,
        "occurred_at__gte": wanted.occurred_from,
        "occurred_at__lt": wanted.occurred_to,
        "billed_at__isnull": None if wanted.billed is None else not wanted.billed,
        "currency": wanted.currency or None,
        "billed_micros__gte": wanted.min_micros,
        "billed_micros__lte": wanted.max_micros,
        "caller_e164": (to_e164(wanted.phone) or wanted.phone) if wanted.phone else None,
    }
    asked = Q(**{name: value for name, value in named.items() if value is not None})
    return with_parties(charges_visible_to(principal).filter(asked))


def listed_charges(principal: Principal, charges: Iterable[Charge]) -> list[ListedCharge]:
    """Charges that came from a scoped read, with their parties at hand, as the principal may read them."""
    return [_listed(principal, charge) for charge in charges]


def _listed(principal: Principal, charge: Charge) -> ListedCharge:
    pays, is_paid = principal.can(Verb.CHARGE_VIEW), principal.can(Verb.PAYOUT_VIEW)
    vendor = charge.vendor if is_paid else None
    return ListedCharge(
        facts=facts_of(principal, charge),
        program=charge.program.key,
        kind=charge.kind,
        subkind=charge.subkind,
        customer_id=charge.customer_id if pays else None,
        customer_number=charge.customer.number if pays else "",
        vendor_id=vendor.pk if vendor else None,
        vendor_number=vendor.number if vendor else "",
        feature_id=charge.feature_id if pays else None,
        usage_id=charge.usage_id,
        quantity=f"{charge.quantity.normalize():f}" if charge.quantity is not None else "",
        unit=charge.unit,
    )


def charge_places(principal: Principal, ids: Sequence[int]) -> dict[int, ChargePlace]:
    """Where those of some charges that are in scope stand, by id."""
    params = {"ids": list(ids), **scope_parameters(principal.scope)}
    rows = fetch_for(len(ids), sql.load("billing.charge_places"), params)
    return {row[0]: ChargePlace(*row) for row in rows}


class ChargeName(NamedTuple):
    """One way to name a charge: our id; source and its id there; or an invoice with a feature or a usage record."""

    charge_id: int | None = None
    source: str | None = None
    external_id: str | None = None
    invoice: int | None = None
    feature: int | None = None
    usage: int | None = None


def charges_meant(principal: Principal, names: Sequence[ChargeName]) -> dict[int, ChargePlace]:
    """Where the charges that a list names stand, by place from 0 on; what is absent or out of scope is left out."""
    columns: list[list[Any]] = [list(column) for column in zip(*names, strict=True)] or [[]] * 6
    params = dict(zip(_NAMED_BY, columns, strict=True)) | scope_parameters(principal.scope)
    rows = fetch_for(len(names), sql.load("billing.charges_meant"), params)
    return {row[0] - 1: ChargePlace(*row[1:]) for row in rows}


_NAMED_BY = ("charge_ids", "sources", "external_ids", "invoices", "features", "usages")
