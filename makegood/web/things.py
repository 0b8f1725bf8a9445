"""What administrators ask about: a dispute by number, a call by its id, a customer by number or name."""

from __future__ import annotations

import re

from makegood.billing.models import Charge
from makegood.billing.selectors import charges_visible_to
from makegood.billing.selectors.charges_called import charges_called
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import Stage
from makegood.parties.entries import Principal
from makegood.parties.models import Customer
from makegood.parties.selectors import customers_called
from makegood.parties.selectors.why_hidden import Thing
from makegood.parties.states import Verb

MOST = 5
_DISPUTE = re.compile(r"[dD]-?(\d{1,15}(?:\.\d{1,5})?)")
CHARGE_VERBS = (Verb.CHARGE_VIEW, Verb.PAYOUT_VIEW)


def things_called(principal: Principal, text: str) -> list[Thing]:
    """At most five things in the asker's sight with that name."""
    if found := _DISPUTE.fullmatch(text):
        return _disputes(principal, f"D-{found[1]}")
    (called,) = charges_called(principal, [text])
    charges = charges_visible_to(principal).select_related("customer", "program", "vendor")
    calls = [_charge(one) for one in charges.filter(pk__in=called.ids[:MOST]).order_by("-pk")]
    customers = [_customer(one) for one in customers_called(principal, text)]
    return [*calls, *customers][:MOST]


def _disputes(principal: Principal, label: str) -> list[Thing]:
    rows = disputes_visible_to(principal).select_related("customer", "program", "charge__vendor").filter(label=label)
    return [
        Thing(
            f"Dispute {row.label}",
            row.customer,
            (Verb.DISPUTE_VIEW,),
            row.program,
            row.charge.vendor,
            row.created_by_id if row.stage == Stage.DRAFT else None,
        )
        for row in rows[:MOST]
    ]


def _charge(row: Charge) -> Thing:
    name = f"Call {row.external_id}" if row.external_id else f"Charge {row.pk}"
    return Thing(name, row.customer, CHARGE_VERBS, row.program, row.vendor)


def _customer(row: Customer) -> Thing:
    return Thing(f"Customer {row.name} ({row.number})", row, (Verb.CUSTOMER_VIEW,), is_record=True)
