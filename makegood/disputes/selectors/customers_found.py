"""Finds customers by whatever somebody on the telephone can say of themselves, and tells why each was found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from makegood.billing.selectors.charges_called import phone_of
from makegood.billing.selectors.issued import bill_counts, customer_of_invoice
from makegood.billing.selectors.services_named import customers_called_by, customers_with_service
from makegood.disputes.selectors.disputed import open_counts
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.kernel.phones import mask, readable
from makegood.parties.entries import Principal
from makegood.parties.models import Customer
from makegood.parties.selectors import customers_visible_to, demand
from makegood.parties.selectors.customers_named import customers_numbered, customers_with_name
from makegood.parties.states import Verb

MOST, LONGEST = 30, 100
RECENT = 8
_DISPUTE = re.compile(r"(?:d\s*[-\u2013#]?\s*)?(\d{1,15})(?:\.\d{1,5})?", re.IGNORECASE)
_LONGEST_NUMBER = 18
_ACCOUNT_MARK = "#"


@dataclass(frozen=True)
class Reason:
    """Why a customer was found: a sentence, the time in it where it has one, and whether it names this one alone."""

    words: str
    at: datetime | None = None
    exact: bool = False


@dataclass(frozen=True)
class FoundCustomer:
    """A customer with the reasons it was found for, how many bills it has, and how many disputes are open."""

    id: int
    number: str
    name: str
    parent: str
    reasons: tuple[Reason, ...]
    bills: int
    open_disputes: int


@dataclass(frozen=True)
class Accounts:
    """What a text found; ``only`` is the id of the customer that it can mean alone, None otherwise."""

    text: str
    rows: tuple[FoundCustomer, ...] = ()
    only: int | None = None
    more: bool = False
    dispute: str = ""


@dataclass
class _Hits:
    """Reasons by customer, in the order they were found."""

    reasons: dict[int, list[Reason]] = field(default_factory=dict)

    def add(self, customer_id: int, reason: Reason) -> None:
        """Remember one more reason."""
        self.reasons.setdefault(customer_id, []).append(reason)


def accounts_called(principal: Principal, text: str) -> Accounts:
    """Customers in scope whom a text names: account number, invoice, dispute, telephone number, name.

    An exact name of one thing beats parts of names: who types a whole number is led straight to whom it belongs to.
    Raises NotPermitted.
    """
    _demand(principal)
    wanted = text.strip()[:LONGEST]
    if not wanted:
        return Accounts("")
    hits = _Hits()
    for customer_id, reason in _ways(principal, wanted):
        hits.add(customer_id, reason)
    exact = [pk for pk, reasons in hits.reasons.items() if any(one.exact for one in reasons)]
    ids = [*exact, *(pk for pk in hits.reasons if pk not in exact)]
    rows = _rows(principal, ids[:MOST], hits.reasons)
    seen = {row.id for row in rows}
    only = exact[0] if len(exact) == 1 and exact[0] in seen else rows[0].id if len(rows) == 1 else None
    return Accounts(wanted, rows, only, len(ids) > MOST)


def accounts_lately(principal: Principal) -> tuple[FoundCustomer, ...]:
    """The customers in scope with the latest disputes: where somebody who searches for nothing may go on.

    Raises NotPermitted.
    """
    _demand(principal)
    filed = disputes_visible_to(principal).exclude(stage=Stage.DRAFT).order_by("-id")
    latest = list(filed.values_list("customer_id", "label", "submitted_at")[: RECENT * 10])
    reasons: dict[int, list[Reason]] = {}
    for customer_id, label, at in latest:
        reasons.setdefault(customer_id, [Reason(f"filed {label}", at)])
    return _rows(principal, list(reasons)[:RECENT], reasons)


def _demand(principal: Principal) -> None:
    for verb in (Verb.CUSTOMER_VIEW, Verb.CHARGE_VIEW, Verb.DISPUTE_VIEW):
        demand(principal, verb)


def _ways(principal: Principal, text: str) -> Iterator[tuple[int, Reason]]:
    """Every way a text can name a customer, the surest first."""
    number = text.removeprefix(_ACCOUNT_MARK).strip()
    for customer in customers_numbered(principal, number, MOST + 1):
        is_it = customer.number.lower() == number.lower()
        words = f"account number {customer.number}" if is_it else "the account number begins so"
        yield customer.pk, Reason(words, exact=is_it)
    yield from _by_dispute(principal, text)
    if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER:
        owner = customer_of_invoice(principal, int(text))
        if owner is not None:
            yield owner, Reason(f"bill {int(text)}", exact=True)
    yield from _by_phone(principal, text)
    for customer in customers_with_name(principal, text, MOST + 1):
        is_it = customer.name.lower() == text.lower()
        yield customer.pk, Reason("the name" if is_it else "part of the name", exact=is_it)


def _by_dispute(principal: Principal, text: str) -> Iterator[tuple[int, Reason]]:
    named = _DISPUTE.fullmatch(text)
    if named is None:
        return
    seen = disputes_visible_to(principal).exclude(stage=Stage.DRAFT)
    # By its label an index finds it; what was filed with others under one number has lines, and is looked for.
    filed = seen.filter(label=f"D-{int(named[1])}")
    filed = filed if filed.exists() else seen.filter(number=int(named[1]))
    for customer_id in dict.fromkeys(filed.order_by("line").values_list("customer_id", flat=True)[:MOST]):
        yield customer_id, Reason(f"dispute D-{int(named[1])}", exact=True)


def _by_phone(principal: Principal, text: str) -> Iterator[tuple[int, Reason]]:
    """Whose service has the number, and whom it called. The caller is said as the viewer may read it."""
    for customer_id, number in customers_with_service(principal, text, MOST + 1).items():
        yield customer_id, Reason(f"service {number}", exact=True)
    shown = readable if principal.can(Verb.PHONE_VIEW) else mask
    for caller in customers_called_by(principal, text, MOST + 1):
        times = "once" if caller.calls == 1 else f"{caller.calls:,} times"
        yield caller.customer_id, Reason(f"{shown(phone_of(text))} called {times}, last", caller.last_at, exact=True)


def _rows(principal: Principal, ids: list[int], reasons: dict[int, list[Reason]]) -> tuple[FoundCustomer, ...]:
    known: dict[int, Customer] = customers_visible_to(principal).select_related("parent").in_bulk(ids)
    bills, disputed = bill_counts(principal, ids), open_counts(principal, ids)
    seen_parents = {one.parent_id for one in known.values() if one.parent_id is not None}
    visible = set(customers_visible_to(principal).filter(pk__in=seen_parents).values_list("pk", flat=True))
    return tuple(
        FoundCustomer(
            one.pk,
            one.number,
            one.name,
            one.parent.name if one.parent and one.parent_id in visible else "",
            tuple(reasons[one.pk]),
            bills.get(one.pk, 0),
            disputed.get(one.pk, 0),
        )
        for pk in ids
        if (one := known.get(pk)) is not None
    )
