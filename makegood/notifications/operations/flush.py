"""Delivers digests: when they are due, when they are full, or when somebody asks for their own."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.notifications.models import Digest
from makegood.notifications.policy import EARLY_AT
from makegood.notifications.selectors.recipients import recipients_of
from makegood.notifications.states import Template
from makegood.parties.entries import Principal


def flush_due(*, now: datetime | None = None) -> int:
    """Deliver every waiting digest that is due at ``now`` or tells of 50 items; says how many told somebody.

    Inside the quiet hours of its reader a digest goes on waiting until they end. One whose items cancel out is put
    away and tells nobody. Digests that another process works on are left to it. Refuses nothing.
    """
    at = now or clock.now()
    with transaction.atomic():
        due = Digest.objects.filter(Q(due_at__lte=at) | Q(count__gte=EARLY_AT), flushed_at__isnull=True)
        locked = list(due.order_by("pk").select_for_update(skip_locked=True))
        return len(_deliver(_outside_quiet_hours(locked, at), at))


def _outside_quiet_hours(digests: list[Digest], at: datetime) -> list[Digest]:
    """Those whose reader may be told at an instant; the others are due when the quiet hours end."""
    readers = recipients_of({digest.recipient_id for digest in digests})
    told = []
    for digest in digests:
        due_at = readers[digest.recipient_id].held(at, Template(digest.template))
        if due_at <= at:
            told.append(digest)
        elif digest.due_at < due_at:
            Digest.objects.filter(pk=digest.pk).update(due_at=due_at)
    return told


def deliver_now(principal: Principal) -> list[Answer]:
    """Deliver a person's own waiting digests at once, in quiet hours too; one answer per digest shown.

    Letters leave as well; one that falls into quiet hours waits for their end. Refuses nothing.
    """
    with transaction.atomic():
        waiting = Digest.objects.filter(recipient=principal.id, flushed_at__isnull=True, count__gt=0)
        delivered = _deliver(list(waiting.order_by("by_email", "pk").select_for_update()), clock.now())
        return [
            Answer(ordinal, ok=True, id=digest.pk, data={"count": digest.count})
            for ordinal, digest in enumerate(digest for digest in delivered if not digest.by_email)
        ]


def _deliver(digests: list[Digest], at: datetime) -> list[Digest]:
    Digest.objects.filter(pk__in=[digest.pk for digest in digests]).update(flushed_at=at)
    return [digest for digest in digests if digest.count]
