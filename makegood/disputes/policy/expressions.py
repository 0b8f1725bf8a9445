"""SQL that several rule types share: amounts of a charge, joins to its invoice, and a value per time zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from makegood.disputes.policy.base import Bound, Moment

REMAINING = "(c.billed_micros - coalesce(b.credited_micros, 0))"
"""What is left of a charge as far as who files may know. What a waiting decision holds belongs to the open dispute,
which keeps the charge from being filed on by itself; to name it would tell of the decision before it is committed."""
ASKED = f"coalesce(i.asked_micros, {REMAINING})"
OPEN_DISPUTE = "d.closed_at IS NULL AND d.stage NOT IN ('draft', 'withdrawn')"
ZONE_NAME = "(SELECT z.name FROM parties_zone z WHERE z.id = c.tz_id)"
CUSTOMER_ZONE = "(SELECT z.name FROM parties_zone z WHERE z.id = cu.zone_id)"

INVOICE = Bound("LEFT JOIN billing_invoice inv ON inv.id = c.invoice_id")
PERIOD = Bound("LEFT JOIN billing_bill_period p ON p.id = inv.bill_period_id")


def per_zone(
    place: int, moment: Moment, zone_id: str, cast: str, value: Callable[[str], Any], what: str = "cut"
) -> tuple[Bound, str]:
    """A join that brings one constant per time zone, and the expression of that constant.

    ``value`` takes a zone's name. A row without zone, or of a zone unknown so far, takes the constant of UTC.
    """
    alias, fallback = f"k{place}", f"r{place}_{what}"
    zones, values = f"r{place}_zones", f"r{place}_{what}s"
    join = Bound(
        f"LEFT JOIN unnest(%({zones})s::bigint[], %({values})s::{cast}[]) AS {alias} (tz_id, at)"
        f" ON {alias}.tz_id = {zone_id}",
        {zones: list(moment.zones), values: [value(name) for name in moment.zones.values()]},
    )
    return join, f"coalesce({alias}.at, %({fallback})s::{cast})"


def micros_of(facts: Any, name: str) -> int | None:
    """An amount among the facts as an integer; None when it is not there."""
    value = facts.get(name)
    return None if value is None else int(value)


def instant_of(value: Any) -> datetime | None:
    """An aware time of a fact, which may be its ISO text; None for nothing."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(str(value))
