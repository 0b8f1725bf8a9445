"""When something last arrived."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max

from makegood.webhooks.models import Attempt, Endpoint


def last_successes(endpoints: Iterable[Endpoint]) -> dict[int, datetime]:
    """When each endpoint last answered with 2xx, by its row; the caller has scoped the endpoints."""
    arrived = Attempt.objects.filter(delivery__endpoint__in=list(endpoints), status__range=(200, 299))
    return dict(arrived.values_list("delivery__endpoint").annotate(at=Max("at")))
