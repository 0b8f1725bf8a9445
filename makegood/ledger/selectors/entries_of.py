"""What the ledger holds about one charge or dispute. The caller has scoped the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Sum

from makegood.ledger.models import Adjustment, ChargeBalance, Entry, Hold
from makegood.ledger.states import WORDS, AccountKind, AdjustmentKind


@dataclass(frozen=True)
class PostingLine:
    """One line of an entry; debit above zero, credit below, micros of ``currency``."""

    account: str
    words: str
    currency: str
    micros: int


@dataclass(frozen=True)
class EntryLine:
    """An entry with its postings."""

    id: int
    at: datetime
    kind: str
    postings: tuple[PostingLine, ...]


def balance_of(charge_id: int) -> ChargeBalance:
    """The guard row of a disputed charge. Raises ChargeBalance.DoesNotExist."""
    return ChargeBalance.objects.get(pk=charge_id)


def adjustments_of(dispute_id: int) -> list[Adjustment]:
    """Credits, reversals and fees of a dispute, oldest first."""
    return list(Adjustment.objects.filter(dispute_id=dispute_id).order_by("id"))


def fees_of(charge_id: int) -> int:
    """What reversal fees were charged for a charge, net of tax, in micros of its currency."""
    fees = Adjustment.objects.filter(charge_id=charge_id, kind=AdjustmentKind.REVERSAL_FEE)
    return int(fees.aggregate(sum=Sum("amount_micros"))["sum"] or 0)


def charges_of_disputes(dispute_ids: Sequence[int]) -> dict[int, int]:
    """The charge of each of some disputes that were filed."""
    return dict(Hold.objects.filter(pk__in=list(dispute_ids)).values_list("pk", "charge_id"))


def disputed_charges() -> QuerySet[ChargeBalance, int]:
    """The ids of all charges that were ever disputed, for use inside another query."""
    return ChargeBalance.objects.values_list("pk", flat=True)


def payouts_changed(charge_ids: Sequence[int]) -> frozenset[int]:
    """Those of some charges whose vendor's payout differs from what it was; what was given back whole does not."""
    touched = Adjustment.objects.filter(charge_id__in=list(charge_ids)).order_by()
    changes = touched.values("charge_id").annotate(change=Sum("clawback_micros"))
    return frozenset(changes.exclude(change=0).values_list("charge_id", flat=True))


def entries_of(dispute_id: int) -> list[EntryLine]:
    """The entries of a dispute with their postings, oldest first."""
    return entry_lines([adjustment.entry_id for adjustment in adjustments_of(dispute_id)])


def entry_lines(entry_ids: Sequence[int]) -> list[EntryLine]:
    """Entries with their postings, oldest first. The caller has scoped them."""
    entries = Entry.objects.filter(pk__in=entry_ids).prefetch_related("postings__account").order_by("id")
    return [
        EntryLine(
            entry.pk,
            entry.at,
            entry.kind,
            tuple(
                PostingLine(line.account.key, WORDS[AccountKind(line.account.kind)], line.currency, line.micros)
                for line in sorted(entry.postings.all(), key=lambda posting: posting.pk)
            ),
        )
        for entry in entries
    ]
