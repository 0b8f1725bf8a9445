"""The reasons that programs offer, at an instant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from makegood.disputes.models import Reason
from makegood.disputes.policy.offering import day_in, is_offered


def reasons_on_offer(at: datetime, *fits: Q, **of: Any) -> list[Reason]:
    """The reasons that are on offer at ``at``, in their order; ``fits`` and ``of`` are the terms of a filter.

    Each is judged by the zone of its own program, and comes with it. The caller has scoped the program.
    """
    found = Reason.objects.filter(*fits, **of, is_active=True).select_related("program__zone", "default_finding")
    return [one for one in found.order_by("sort", "pk").distinct() if is_on_offer(one, at)]


def is_on_offer(reason: Reason, at: datetime) -> bool:
    """Whether a reason is on offer at an instant."""
    zone = reason.program.zone
    return is_offered(reason, day_in(zone.name if zone else None, at))
