"""Forgets deliveries that ended long ago."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from makegood.kernel import clock
from makegood.webhooks.models import Attempt, Delivery
from makegood.webhooks.states import DeliveryState

KEPT_FOR = timedelta(days=30)
BATCH = 2_000


@transaction.atomic
def forget_old(*, limit: int = BATCH) -> int:
    """Delete at most ``limit`` deliveries older than 30 days that wait for nothing, with their attempts; says how many.

    Those that somebody works on are left to a later run. Refuses nothing.
    """
    over = Delivery.objects.filter(created_at__lt=clock.now() - KEPT_FOR).exclude(state=DeliveryState.PENDING)
    ids = list(over.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    Attempt.objects.filter(delivery__in=ids).delete()
    Delivery.objects.filter(pk__in=ids).delete()
    return len(ids)
