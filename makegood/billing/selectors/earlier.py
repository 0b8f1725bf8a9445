"""The calls that the caller of a call made to the same buyer before it."""

from __future__ import annotations

from datetime import timedelta

from makegood.billing.models import Charge
from makegood.billing.selectors.facts import WITH_SHARED, ChargeFacts, facts_of
from makegood.billing.selectors.visible import charges_visible_to, standing
from makegood.parties.entries import Principal

SHOWN = 3
LOOKS_BACK = timedelta(days=30)


def earlier_calls(principal: Principal, call: Charge) -> tuple[ChargeFacts, ...]:
    """The billed calls in sight of the same caller to the same buyer in the 30 days before one, the newest 3 first.

    The caller has scoped the charge.
    """
    if not call.caller_e164:
        return ()
    since = call.occurred_at - LOOKS_BACK
    found = charges_visible_to(principal).filter(
        caller_e164=call.caller_e164,
        customer=call.customer_id,
        program=call.program_id,
        occurred_at__range=(since, call.occurred_at),
        billed_at__isnull=False,
    )
    rows = list(standing(found.exclude(pk=call.pk)).defer("raw").order_by("-occurred_at", "-pk")[:SHOWN])
    WITH_SHARED.fill(rows)
    return tuple(facts_of(principal, row) for row in rows)
