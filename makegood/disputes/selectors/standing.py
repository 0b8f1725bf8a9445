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


def standing_sums(dispute_id: int) -> tuple[int, int, int, str] | None:
    """Net, tax and claw-back of all credits of one dispute that stand, as they were given, and the payout's currency.

    Micros; None where none stands. The caller has scoped the dispute.
    """
    ids = [credit for _, credit in standing_credits([dispute_id])]
    found = list(Adjustment.objects.filter(pk__in=ids))
    if not found:
        return None
    return (
        -sum(one.amount_micros for one in found),
        -sum(one.tax_micros for one in found),
        -sum(one.clawback_micros for one in found),
        found[0].payout_currency,
    )
