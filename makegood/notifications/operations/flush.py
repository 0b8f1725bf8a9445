"""Delivers digests: when they are due, when they are full, or when somebody asks for their own."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.notifications.models import Digest
from makegood.notifications.policy import EARLY_AT
from makegood.parties.entries import Principal


def flush_due(*, now: datetime | None = None) -> int:
    """Deliver every waiting digest that is due at ``now`` or tells of 50 items; says how many told somebody.

    One whose items cancel out is put away and tells nobody. Digests that another process works on are left
    to it. Refuses nothing.
    """
    at = now or clock.now()
    with transaction.atomic():
        due = Digest.objects.filter(Q(due_at__lte=at) | Q(count__gte=EARLY_AT), flushed_at__isnull=True)
        return len(_deliver(due.order_by("pk").select_for_update(skip_locked=True), at))


def deliver_now(principal: Principal) -> list[Answer]:
    """Deliver a person's own waiting digests at once; one answer per digest that had something to tell.

    Refuses nothing.
    """
    with transaction.atomic():
        waiting = Digest.objects.filter(recipient=principal.id, flushed_at__isnull=True, count__gt=0)
        delivered = _deliver(waiting.order_by("pk").select_for_update(), clock.now())
        return [
            Answer(ordinal, ok=True, id=digest.pk, data={"count": digest.count})
            for ordinal, digest in enumerate(delivered)
        ]


def _deliver(locked: QuerySet[Digest], at: datetime) -> list[Digest]:
    digests = list(locked)
    Digest.objects.filter(pk__in=[digest.pk for digest in digests]).update(flushed_at=at)
    return [digest for digest in digests if digest.count]
