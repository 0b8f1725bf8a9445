"""Forgets answers that nobody can ask for again."""

from __future__ import annotations

from django.db import transaction

from makegood.journal.models import Command
from makegood.kernel import clock


@transaction.atomic
def forget_answered(limit: int) -> int:
    """Remove answered commands whose keys have expired, the oldest first, at most ``limit``. Gives how many.

    A command that is being answered at this moment is left for a later call.
    """
    expired = Command.objects.filter(expires_at__lte=clock.now()).order_by("expires_at")
    ids = list(expired.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    Command.objects.filter(pk__in=ids).delete()
    return len(ids)
