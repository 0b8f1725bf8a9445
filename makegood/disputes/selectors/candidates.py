"""The disputes that a bulk plan is made for: those that were named, or those that a filter of the queue finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from makegood.disputes.selectors.queue import QueueQuery, narrowed_to
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.kernel.money import format_money
from makegood.parties.entries import Principal

PREFIX = "dsp_"
LABEL = "D-"


@dataclass(frozen=True)
class Candidate:
    """A dispute in sight, as it stands now. Amounts in micros of ``currency``."""

    id: int
    public_id: str
    number: str
    version: int
    asked_micros: int
    currency: str
    buyer: str
    vendor: str
    reason: str

    def words(self) -> dict[str, str]:
        """What a text for many may name of each."""
        return {
            "number": self.number,
            "buyer": self.buyer,
            "reason": self.reason,
            "amount": format_money(self.asked_micros, self.currency),
        }


_FIELDS = (
    "pk",
    "public_id",
    "label",
    "lock_version",
    "amount_micros",
    "currency",
    "customer__name",
    "charge__vendor__name",
    "reason__label",
)


def candidates_of(principal: Principal, selection: Sequence[str] | QueueQuery, limit: int) -> list[Candidate]:
    """At most ``limit`` disputes in scope, the oldest first.

    A dispute is named by its public id, its number or our own id; a name that finds nothing is left out.
    """
    visible = disputes_visible_to(principal)
    if isinstance(selection, QueueQuery):
        rows = narrowed_to(principal, selection)
    else:
        own = [int(name) for name in selection if name.isascii() and name.isdigit() and len(name) < 19]
        rows = visible.filter(
            Q(public_id__in=[name for name in selection if name.startswith(PREFIX)])
            | Q(label__in=[name for name in selection if name.startswith(LABEL)])
            | Q(pk__in=own)
        )
    return [_candidate(row) for row in rows.order_by("submitted_at", "pk").values_list(*_FIELDS)[:limit]]


def candidates_among(principal: Principal, ids: Sequence[int]) -> dict[int, Candidate]:
    """Those of some disputes that are in scope, by id."""
    found = disputes_visible_to(principal).filter(pk__in=ids).values_list(*_FIELDS)
    return {one.id: one for one in map(_candidate, found)}


def _candidate(row: Any) -> Candidate:
    facts: Any = ["" if value is None else value for value in row]
    return Candidate(*facts)
