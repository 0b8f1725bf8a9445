"""Marks digests as read."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.notifications.models import Digest
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound


def mark_read(principal: Principal, *, digest_ids: Iterable[int]) -> list[Answer]:
    """Mark a person's own delivered digests as read; reading twice keeps the first time.

    Errors, per item: NOT_FOUND for a digest of somebody else, one that still waits, or none at all.
    """
    asked = list(digest_ids)
    with transaction.atomic():
        own = Digest.objects.filter(pk__in=asked, recipient=principal.id, flushed_at__isnull=False, count__gt=0)
        found = set(own.order_by("pk").select_for_update().values_list("pk", flat=True))
        Digest.objects.filter(pk__in=found, read_at__isnull=True).update(read_at=clock.now())
    return [
        Answer(ordinal, ok=True, id=pk) if pk in found else Answer.refused(ordinal, NotFound(), id=pk)
        for ordinal, pk in enumerate(asked)
    ]
