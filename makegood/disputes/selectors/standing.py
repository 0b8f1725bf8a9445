"""The credits that stand: neither reversed nor replaced."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.ledger.models import Adjustment
from makegood.ledger.states import AdjustmentKind


def standing_credits(dispute_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of dispute and credit (adjustment id), the newest round of each dispute first."""
    found = Adjustment.objects.filter(
        dispute_id__in=dispute_ids, kind=AdjustmentKind.CREDIT, children__isnull=True
    ).order_by("dispute_id", "-round")
    return list(found.values_list("dispute_id", "pk"))
