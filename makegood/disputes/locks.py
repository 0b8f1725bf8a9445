"""Ordered locks for the verbs that use the ORM: disputes by charge, ascending, like the hot statements."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from makegood.disputes.models import Dispute


def locked_disputes(ids: Iterable[int]) -> dict[int, Dispute]:
    """The disputes by id, locked until the transaction ends. Insists on an open transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("locking needs an open transaction")
    found = Dispute.objects.select_for_update().filter(id__in=set(ids)).order_by("charge_id", "id")
    return {dispute.pk: dispute for dispute in found}
